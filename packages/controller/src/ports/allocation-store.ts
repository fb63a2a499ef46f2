import type { Allocation } from "@gauntlet/core";

/** Where the local serving target keeps who serves whom. Durable; readers see a whole allocation or none. */
export interface AllocationStore {
  get(model: string): Promise<Allocation | null>;
  /**
   * Writing the same allocation again is a no-op.
   * @throws Failure `stale_epoch` when the stored epoch is higher, or equal with other content.
   */
  put(allocation: Allocation): Promise<void>;
  list(): Promise<readonly Allocation[]>;
  /** Another text whenever `list` would give something else; so cheap that it can be asked every second. */
  revision(): Promise<string>;
}
