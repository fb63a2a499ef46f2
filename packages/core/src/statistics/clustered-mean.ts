import { requireCounts } from "./input.ts";
import { type PairSums, ratioMetric } from "./ratio-metric.ts";
import { summaryFromSums, type Summary } from "./summary.ts";

export interface ClusteredMean {
  /** n is the number of clusters, and `variance`/n the cluster-robust variance of the mean. */
  readonly summary: Summary;
  readonly standardError: number;
  /** Cluster-robust variance of the mean over the one that takes values for independent; null when the latter is 0. */
  readonly designEffect: number | null;
}

/**
 * The mean of values that come in clusters, such as several requests of a customer. `clusters` are the sums over clusters
 * of x, the sum of a cluster's values, and y, their number; `squares` is Σ of all values squared. Asymptotic in the number
 * of clusters. null without values.
 */
export function clusteredMean(clusters: PairSums, squares: number): ClusteredMean | null {
  requireCounts({ "the number of values (y)": clusters.y });
  const summary = ratioMetric(clusters);
  if (summary === null) return null;
  const robust = summary.variance / summary.n;
  const plain = summaryFromSums({ n: clusters.y, sum: clusters.x, squares });
  return { summary, standardError: Math.sqrt(robust), designEffect: plain.variance === 0 ? null : robust / (plain.variance / plain.n) };
}
