import { expect } from "vitest";
import type { Lease } from "../../ports/lease-store.ts";
import type { Store } from "../../ports/store.ts";
import { twoStores } from "./harness.ts";
import type { StoreCheck } from "./harness.ts";

const name = "controller";

function acquire(store: Store, holder: string, now: number): Promise<Lease | null> {
  return store.leases.acquire({ name, holder, now, ttlMs: 100 });
}

export const leaseChecks: Readonly<Record<string, StoreCheck>> = {
  "a free lease is taken; nobody else gets it until it expires": async ({ store }) => {
    const first = await acquire(store, "a", 1_000);
    expect(first).toEqual({ name, holder: "a", token: 1, expiresAt: 1_100 });
    expect(await acquire(store, "b", 1_050)).toBeNull();
    expect(await acquire(store, "b", 1_099)).toBeNull();
    expect(await acquire(store, "b", 1_100)).toEqual({ name, holder: "b", token: 2, expiresAt: 1_200 });
  },
  "its holder extends it, and the token stays": async ({ store }) => {
    await acquire(store, "a", 1_000);
    expect(await acquire(store, "a", 1_090)).toEqual({ name, holder: "a", token: 1, expiresAt: 1_190 });
    expect(await acquire(store, "b", 1_150)).toBeNull();
  },
  "a holder who slept past the end takes it anew, with another token": async ({ store }) => {
    await acquire(store, "a", 1_000);
    expect((await acquire(store, "a", 1_100))?.token).toBe(2);
  },
  "a lease that was given back is free at once, and its token still grows": async ({ store }) => {
    const lease = (await acquire(store, "a", 1_000)) as Lease;
    await store.leases.release(lease);
    await store.leases.release(lease);
    expect((await acquire(store, "b", 1_001))?.token).toBe(2);
  },
  "giving back with an old token does nothing": async ({ store }) => {
    const slept = (await acquire(store, "a", 1_000)) as Lease;
    await acquire(store, "b", 2_000);
    await store.leases.release(slept);
    await store.leases.release({ ...slept, name: "never taken" });
    expect(await acquire(store, "a", 2_050)).toBeNull();
  },
  "the token is remembered over a restart": async (harness) => {
    const lease = (await acquire(harness.store, "a", 1_000)) as Lease;
    await harness.store.leases.release(lease);
    const store = await harness.reopen();
    expect((await acquire(store, "a", 1_000))?.token).toBe(2);
  },
  "leases of other names are independent": async ({ store }) => {
    await acquire(store, "a", 1_000);
    expect(await store.leases.acquire({ name: "other", holder: "b", now: 1_000, ttlMs: 5 })).toEqual({ name: "other", holder: "b", token: 1, expiresAt: 1_005 });
  },
  "of concurrent callers exactly one gets it": async (harness) => {
    const stores = await twoStores(harness);
    for (const round of [1, 2, 3]) {
      const leases = await Promise.all(Array.from({ length: 10 }, (_, index) => acquire(stores[index % 2] as Store, `holder ${index}`, round * 1_000)));
      expect(leases.filter((lease) => lease !== null).map(({ token }) => token)).toEqual([round]);
    }
  },
};
