import { toNumber } from "../../policy/rational.ts";
import { fisherExact } from "../../statistics/fisher.ts";
import { meanContrast } from "../../statistics/mean-contrast.ts";
import { criticalValue, normalQuantile } from "../../statistics/normal.ts";
import { proportionRatio } from "../../statistics/proportion-ratio.ts";
import { quantileInterval } from "../../statistics/quantile-interval.ts";
import { fieller } from "../../statistics/ratio-to-baseline.ts";
import { riskRatio } from "../../statistics/risk-ratio.ts";
import { studentTSurvival } from "../../statistics/student-t.ts";
import type { Summary } from "../../statistics/summary.ts";
import type { Guarantee } from "../decision.ts";
import type { Bounds } from "../sequences.ts";
import type { Measured, MeasuredMean, MeasuredQuantile, MeasuredRate } from "./figure.ts";

/** Two figures of one kind, and which way is good. */
export interface Pair<M extends Measured = Measured> {
  readonly champion: M;
  readonly challenger: M;
  readonly better: "higher" | "lower";
}

/** What a fixed look says of challenger against champion, beside the points. */
export interface Contrast {
  /** One-sided p that the challenger is worse than the champion; null where only an interval says it. */
  readonly worseP: number | null;
  /** Is it, at alpha? */
  readonly worse: boolean;
  /** Of 1 + (challenger − champion)/|champion|, at 1 − alpha; null when the data give none. */
  readonly ratio: Bounds | null;
  /** By how much the figures of two arms with no difference would lie apart to the bad side, but for a chance of alpha. */
  readonly noise: number | null;
  readonly method: string;
  readonly guarantee: Guarantee;
}

/** One judgement of a fixed amount of data: rates by Fisher and Katz, means and ratios by Welch and Fieller, quantiles by order statistics. */
export function contrastOf(pair: Pair, alpha: number): Contrast {
  const { champion, challenger, better } = pair;
  if (champion.kind === "rate" && challenger.kind === "rate") return rates({ champion, challenger, better }, alpha);
  if (champion.kind === "quantile" && challenger.kind === "quantile") return quantiles({ champion, challenger, better }, alpha);
  return means({ champion: champion as MeasuredMean, challenger: challenger as MeasuredMean, better }, alpha);
}

function rates({ champion, challenger, better }: Pair<MeasuredRate>, alpha: number): Contrast {
  const [a, b] = [champion.rate, challenger.rate];
  const table = { a: b.hits, b: b.n - b.hits, c: a.hits, d: a.n - a.hits };
  const worseP = better === "lower" ? fisherExact(table).greater : fisherExact(table).less;
  const [first, second] = [{ hits: b.hits, of: b.n }, { hits: a.hits, of: a.n }];
  const interval = riskRatio(first, second, 1 - alpha)?.interval ?? (a.hits === 0 ? null : proportionRatio(first, second, 1 - alpha));
  return {
    worseP,
    worse: worseP < alpha,
    ratio: interval !== null && Number.isFinite(interval.high) ? interval : null,
    noise: noiseOf(champion.value * (1 - champion.value), pairSize(champion, challenger), alpha),
    method: "Fisher exact, one-sided; log-normal interval of the ratio of the rates (Katz)",
    guarantee: "asymptotic",
  };
}

function means({ champion, challenger, better }: Pair<MeasuredMean>, alpha: number): Contrast {
  const method = "Welch's contrast, one-sided; Fieller's interval of the ratio";
  const [a, b] = [champion.summary, challenger.summary];
  if (a === null || b === null) return { worseP: null, worse: false, ratio: null, noise: null, method, guarantee: "asymptotic" };
  const { value, variance, df } = meanContrast(b, a, 1);
  const worseP = df === null ? null : studentTSurvival((better === "lower" ? value : -value) / Math.sqrt(variance), df);
  const ratio = changeOf(a, fieller(b, a, criticalValue(1 - alpha)));
  return { worseP, worse: worseP !== null && worseP < alpha, ratio, noise: noiseOf(a.variance, pairSize(champion, challenger), alpha), method, guarantee: "asymptotic" };
}

/** 1 + (challenger − champion)/|champion|, which is their ratio while the champion's mean is above 0. */
export function changeOf({ mean }: Pick<Summary, "mean">, ratio: Bounds | null): Bounds | null {
  return ratio === null || mean > 0 ? ratio : { low: 2 - ratio.high, high: 2 - ratio.low };
}

/** Each arm's interval has half of alpha, so that bounds that lie apart are a difference at alpha. */
function quantiles({ champion, challenger, better }: Pair<MeasuredQuantile>, alpha: number): Contrast {
  const method = "order statistics of both quantiles";
  const q = champion.quantile;
  const [a, b] = [quantileInterval(champion.histogram, q, 1 - alpha), quantileInterval(challenger.histogram, q, 1 - alpha)];
  const wide = [quantileInterval(champion.histogram, q, 1 - alpha / 2), quantileInterval(challenger.histogram, q, 1 - alpha / 2)] as const;
  if (a === null || b === null) return { worseP: null, worse: false, ratio: null, noise: null, method, guarantee: "exact" };
  const [first, second] = wide;
  return {
    worseP: null,
    worse: better === "lower" ? b.low > a.high : b.high < a.low,
    ratio: first === null || second === null || first.low === 0 ? null : { low: second.low / first.high, high: second.high / first.low },
    // The arms err independently, so their half-widths add as errors do; buckets are no noise.
    noise: Math.hypot(halfOf(champion, a), halfOf(challenger, b)) * (-normalQuantile(alpha) / criticalValue(1 - alpha)),
    method: `${method}, of ${toNumber(q)}`,
    guarantee: "exact",
  };
}

/** Values are known to a bucket, which is not an error of sampling. */
function halfOf({ value }: MeasuredQuantile, { low, high }: Bounds): number {
  return Math.max(0, (high - low) / 2 - value * 0.01);
}

function pairSize(champion: Measured, challenger: Measured): number {
  return 1 / champion.n + 1 / challenger.n;
}

/** z_α·√(σ²(1/n₁ + 1/n₂)), with the champion's variance for both: no difference is what is asked about. */
function noiseOf(variance: number, pairs: number, alpha: number): number {
  return -normalQuantile(alpha) * Math.sqrt(variance * pairs);
}
