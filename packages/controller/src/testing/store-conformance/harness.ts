import type { Store } from "../../ports/store.ts";

/** A store under test, empty at first. */
export interface StoreHarness {
  readonly store: Store;
  /** Closes the store that is open and opens the same data again, as a restart does. */
  reopen(): Promise<Store>;
  /** A second store over the same data at the same time, as another process has; null when the adapter allows one only. */
  readonly another: (() => Promise<Store>) | null;
  /** Closes every store that was opened and removes the data. */
  close(): Promise<void>;
}

export type StoreCheck = (harness: StoreHarness) => Promise<void>;

/** Two stores over the same data where the adapter allows that; the one store twice where it doesn't. */
export async function twoStores(harness: StoreHarness): Promise<readonly [Store, Store]> {
  return [harness.store, harness.another === null ? harness.store : await harness.another()];
}
