import type { MetricSpec } from "./evidence.ts";

/** What the fold must know of a model. Records of an epoch that is not listed add nothing. */
export interface FoldContext {
  readonly model: string;
  readonly epochs: Readonly<Record<number, EpochContext>>;
}

export interface EpochContext {
  readonly championVersion: string;
  readonly challengerVersion: string | null;
  /** Of arms that nobody is judged by, as an experiment may have. Left out: there are none. */
  readonly otherVersions?: readonly string[];
  /** Whoever holds one of these slots takes part, whatever version it is; `win` is the metric that is 1, ½ or 0. Left out: the versions above alone. */
  readonly slots?: { readonly names: readonly string[]; readonly win: string };
  readonly bucketMs: number;
  /** Whether a check joins outcomes with labels or pairs; a ratio among the metrics keeps them too. Without either duplicates can only be told by their batch. */
  readonly keepPredictions: boolean;
  readonly metrics: Readonly<Record<string, MetricSpec>>;
  /** The policy asks after the health of its evidence; a lag of null is never too long. Left out: it does not. */
  readonly health?: { readonly lagMaxMs: number | null };
  /** Outcomes served before this are refused: what tells them from outcomes that were counted may be forgotten. Left out: all are taken. */
  readonly countedFrom?: number;
}
