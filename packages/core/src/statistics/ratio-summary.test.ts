import { expect, test } from "vitest";

import type { RatioMetric } from "../evidence/evidence.ts";
import { foldBatch } from "../evidence/fold-batch.ts";
import { gatherEvidence } from "../evidence/merge.ts";
import { parseRatio } from "../evidence/parse-ratio.ts";
import type { Ratio } from "../evidence/statistic.ts";
import type { Outcome } from "../outcome/outcome.ts";
import { pairSums, ratioMetric } from "./ratio-metric.ts";
import { summaryFromRatio } from "./ratio-summary.ts";

/** Edits over accepted meals, plan by plan, of forty households. */
const HOUSEHOLDS = `
  0/3 1/5 0/1 1/1, 2/2, 1/4 1/1 1/2 2/4 0/4 1/4 0/5, 0/1 0/1, 2/2, 0/5 0/5 1/5, 1/2 1/5 1/4 0/1 0/4, 1/2 1/1, 0/2 2/5 0/3 1/3 0/3, 1/3 1/5 0/5,
  1/1 1/5 1/3 1/3 0/3 0/3, 2/5 1/1, 4/5 0/3 1/5 0/1 3/5, 1/1 1/4, 4/5 0/4 0/1 1/3 3/3 3/4, 5/5 0/1 2/5 1/1, 2/4 0/1 1/2 0/1 1/4, 0/2 1/4 0/1 5/3,
  0/1 2/4 2/2 4/4 0/3, 1/2 0/1 1/5, 0/1 3/5, 1/5 0/5 0/3 1/2 0/4, 1/4 0/3 0/3, 3/3 1/1 1/2 1/2 2/4 2/2 1/2, 0/4 0/5 0/2 0/4 1/1, 0/1 1/3 3/5 3/3 1/2,
  0/1 0/3 1/4 0/3 0/2 0/2, 0/2 4/3 1/4 2/3 0/2, 0/1 0/2 0/1 0/2 0/3 0/2, 1/5 2/4, 1/4 3/5 0/1, 2/3, 0/1 0/5 1/4 0/2 1/2 1/4, 0/3 1/4 0/4, 4/5,
  1/1 3/2 0/5 1/2 0/2, 0/2 1/4 2/3 0/3 0/3 2/4 0/3, 2/1, 1/3 1/5 0/3 2/5, 3/4
`
  .split(",")
  .map((plans) => plans.trim().split(" ").map((plan) => plan.split("/").map(Number) as [number, number]));

function folded(): Ratio {
  const outcomes = HOUSEHOLDS.flatMap((plans, household) =>
    plans.map(([edits, accepted], plan): Outcome => {
      const requestId = `${household}-${plan}`;
      return { requestId, at: plan * 1000, model: "planner", version: "1", slot: "champion", mode: "live", epoch: 1, unit: `${household}`, prediction: null, metrics: { edits, accepted } };
    }),
  );
  const metrics = { edits_per_meal: parseRatio("edits / accepted", { once: false }) as RatioMetric };
  const context = { model: "planner", epochs: { 1: { championVersion: "1", challengerVersion: null, bucketMs: 1000, keepPredictions: false, metrics } } };
  const { cells } = foldBatch({ outcomes, labels: [], prior: { predictions: [], labels: [] }, context });
  return gatherEvidence(cells).find((item) => item.metric === "edits_per_meal")?.statistic as Ratio;
}

test("folded by unit and bucket, a ratio and its error are those of statsmodels with clustered covariance", () => {
  // statsmodels 0.15.0: WLS(edits/accepted, 1, weights=accepted).fit(cov_type="cluster", cov_kwds={"groups": household, "use_correction": True})
  const { n, mean, variance } = summaryFromRatio(folded()) ?? { n: 0, mean: 0, variance: 0 };
  expect(n).toBe(40);
  expect(mean).toBeCloseTo(0.3246187363834422, 14);
  expect(Math.sqrt(variance / n)).toBeCloseTo(0.03556940027491173, 14);
});

test("it agrees with the delta method on sums of doubles", () => {
  const sums = HOUSEHOLDS.map((plans) => plans.reduce(([x, y], [edits, accepted]) => [x + edits, y + accepted], [0, 0]));
  const other = ratioMetric(pairSums(sums.map(([x]) => x as number), sums.map(([, y]) => y as number)));
  const ours = summaryFromRatio(folded());
  expect(ours?.mean).toBeCloseTo(other?.mean ?? 0, 14);
  expect(ours?.variance).toBeCloseTo(other?.variance ?? 0, 12);
});

test("one unit, and a denominator of 0, give nothing; a ratio that never varies has no variance", () => {
  const wide = (low: number) => ({ high: 0, low });
  const of = (n: number, [x, y]: readonly [number, number], [xx, yy, xy]: readonly [number, number, number]): Ratio => ({ kind: "ratio", n, requests: n, numerator: wide(x), denominator: wide(y), numeratorSquares: wide(xx), denominatorSquares: wide(yy), products: wide(xy) });
  expect(summaryFromRatio(of(1, [1000, 2000], [1e6, 4e6, 2e6]))).toBeNull();
  expect(summaryFromRatio(of(3, [1000, 0], [1e6, 0, 0]))).toBeNull();
  // 2/4, 1/2, 3/6.
  expect(summaryFromRatio(of(3, [6000, 12_000], [14e6, 56e6, 28e6]))).toEqual({ n: 3, mean: 0.5, variance: 0 });
});
