import type { Hits } from "../statistics/input.ts";

/**
 * What is known of how a version came to be and of how it served. Every part may be missing: a missing part is said to
 * be missing, and is never taken for a good one.
 */
export interface AnalysisBundle {
  /** What the version learned from. */
  readonly training: Sample | null;
  /** What it was judged by before it met anybody. */
  readonly holdout: Sample | null;
  /** What it was asked while it served. */
  readonly production: Sample | null;
  readonly loss: LossCurves | null;
  readonly preprocessing: { readonly trained: Preprocessing; readonly served: Preprocessing } | null;
  /** Fixed rows, scored where the version was trained and again where it serves. */
  readonly golden: readonly GoldenRow[] | null;
  readonly artifacts: Artifacts;
  /** Recall before serving and while serving, as found positives of all positives. */
  readonly recall: { readonly offline: Hits; readonly online: Hits } | null;
  readonly configuration: Configuration;
}

/** Rows by column; every column and list has one value for each row. */
export interface Sample {
  readonly features: readonly FeatureColumn[];
  /** 1: positive. null: not known, which is not 0. */
  readonly labels: readonly (0 | 1 | null)[] | null;
  /** Of the version itself, from 0 to 1. */
  readonly scores: readonly number[] | null;
  /** A digest of each row, so that equal rows of two samples are found without the rows. */
  readonly rowHashes: readonly string[] | null;
  /** Of the first and the last row, milliseconds since the Unix epoch. */
  readonly span: { readonly from: number; readonly to: number } | null;
}

/** null: the value is missing. */
export type FeatureColumn =
  | { readonly name: string; readonly kind: "continuous"; readonly values: readonly (number | null)[] }
  | { readonly name: string; readonly kind: "categorical"; readonly values: readonly (string | null)[] };

/** One value an epoch, in order. */
export interface LossCurves {
  readonly train: readonly number[];
  readonly validation: readonly number[];
}

export interface Preprocessing {
  /** In the order in which the model reads them. */
  readonly features: readonly string[];
  /** Of each feature, when it is standardised: (x − mean) / scale. */
  readonly scaler: { readonly mean: readonly number[]; readonly scale: readonly number[] } | null;
}

export interface GoldenRow {
  readonly id: string;
  /** The score that the version gave it after its training. */
  readonly trained: number;
  readonly served: number;
  /** The score of the version it is compared with, of the same row. */
  readonly champion: number | null;
}

/** SHA-256 by path, of the same artifact in three places. */
export interface Artifacts {
  readonly training: Manifest | null;
  readonly registry: Manifest | null;
  readonly served: Manifest | null;
  /** The digests of both versions as the rollout began. */
  readonly challengerDigest: string | null;
  readonly championDigest: string | null;
}

export type Manifest = Readonly<Record<string, string>>;

export interface Configuration {
  readonly threshold: { readonly declared: number; readonly served: number } | null;
  /** Outcomes with a mature label, of those that should have one. */
  readonly labelled: { readonly champion: Hits; readonly challenger: Hits } | null;
  /** Outcomes of each arm, and the shares they were meant to have in basis points. */
  readonly split: { readonly counts: readonly number[]; readonly basisPoints: readonly number[] } | null;
}
