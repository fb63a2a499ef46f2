import type { Allocation } from "@gauntlet/core";

/**
 * What routes requests to versions. `apply` is idempotent and refuses the past: an allocation with an epoch lower than
 * the one in force fails with `stale_epoch`. `traffic_refused` means that it did not happen and will not by trying again;
 * `traffic_unavailable` means it may or may not have happened.
 */
export interface TrafficTarget {
  /** What is in force now, read from the target itself; null when it knows nothing of the model. */
  read(model: string): Promise<Allocation | null>;
  apply(allocation: Allocation): Promise<void>;
}
