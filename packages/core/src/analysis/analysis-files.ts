import type { Hits } from "../statistics/input.ts";
import type { GoldenRow, LossCurves, Manifest, Preprocessing, Sample } from "./bundle.ts";

/** Where a run keeps what an analysis reads: what its training knew, and what was logged while it served. */
export const ANALYSIS_PATHS = {
  trainingSample: "gauntlet/training/sample.json",
  holdout: "gauntlet/training/holdout.json",
  preprocessing: "gauntlet/training/preprocessing.json",
  golden: "gauntlet/training/golden.json",
  manifest: "gauntlet/training/manifest.json",
  loss: "gauntlet/training/loss.json",
  servedSample: "gauntlet/serving/sample.json",
  servedPreprocessing: "gauntlet/serving/preprocessing.json",
  servedGolden: "gauntlet/serving/golden.json",
  servedManifest: "gauntlet/serving/manifest.json",
  servedThreshold: "gauntlet/serving/threshold.json",
} as const;

export type AnalysisFile = keyof typeof ANALYSIS_PATHS;

/** The parsed files of one run, and what else its registry says; null: there is none. */
export interface AnalysisFiles {
  readonly trainingSample: Sample | null;
  readonly holdout: Sample | null;
  readonly preprocessing: Preprocessing | null;
  readonly golden: readonly ScoredRow[] | null;
  readonly manifest: Manifest | null;
  readonly loss: LossCurves | null;
  readonly servedSample: Sample | null;
  readonly servedPreprocessing: Preprocessing | null;
  readonly servedGolden: readonly ServedRow[] | null;
  readonly servedManifest: Manifest | null;
  readonly servedThreshold: number | null;
  /** What the registry itself holds of the files that `manifest` lists. */
  readonly registryManifest: Manifest | null;
  /** Found positives of all positives, from the run's metrics `true_positives` and `false_negatives`. */
  readonly offlineRecall: Hits | null;
}

export interface ScoredRow {
  readonly id: string;
  readonly score: number;
}

export interface ServedRow extends ScoredRow {
  /** What the champion's server says of the same row; null: it was not asked. */
  readonly champion: number | null;
}

/** The rows that both sides scored. A row that only one has is no evidence of anything. */
export function goldenRows(trained: readonly ScoredRow[] | null, served: readonly ServedRow[] | null): readonly GoldenRow[] | null {
  if (trained === null || served === null) return null;
  const before = new Map(trained.map(({ id, score }) => [id, score]));
  return served.flatMap(({ id, score, champion }) => {
    const known = before.get(id);
    return known === undefined ? [] : [{ id, trained: known, served: score, champion }];
  });
}
