/** The size of the bucket space; every unit falls into one bucket 0 … BUCKETS−1. */
export const BUCKETS = 100_000;

/** Buckets per basis point: shares are integers of 1/10,000, so that they sum exactly. */
export const BUCKETS_PER_BASIS_POINT = 10;

/** The one hash there is beside MurmurHash3: that of experiments whose units were first assigned by the planner. */
export type BucketHash = "sha256";

/** Half-open: `from` is inside, `to` is not. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** One live version and the buckets it owns. */
export interface Arm {
  readonly slot: string;
  readonly version: string;
  readonly ranges: readonly Range[];
}

/** Who serves whom. Every change of it bumps the epoch, which is never used twice for a model. */
export interface Allocation {
  readonly model: string;
  readonly epoch: number;
  /** Mixed into the bucket hash; new for every rollout, so that successive experiments are independent. No ":" inside. */
  readonly seed: string;
  /** How units are bucketed; see `bucketOf`. Absent: MurmurHash3. It never changes while the seed stays. */
  readonly hash?: BucketHash;
  readonly arms: readonly Arm[];
  /** True: every request is also answered, without acting, by the arms that did not serve it. */
  readonly shadow: boolean;
}
