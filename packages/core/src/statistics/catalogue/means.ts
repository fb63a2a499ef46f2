import { Failure } from "../../failure/failure.ts";
import { pairedBootstrap } from "../bootstrap.ts";
import { clusteredMean } from "../clustered-mean.ts";
import { cuped } from "../cuped.ts";
import { ratingDifference } from "../rating-difference.ts";
import { ratioMetric } from "../ratio-metric.ts";
import { ratioToBaseline } from "../ratio-to-baseline.ts";
import { relativeDifference, welch } from "../welch.ts";
import { entry, type StatisticEntry } from "./entry.ts";
import { choice, count, level, number, numbers, pairs, sample } from "./field.ts";

/** Means, ratios of means, and ratios of sums. */
export const MEANS: Readonly<Record<string, StatisticEntry>> = {
  welch: entry({
    summary: "t test and interval of a difference of means with unequal variances",
    guarantee: "asymptotic",
    source: "Welch 1947; Satterthwaite 1946",
    fields: { first: sample("the first sample"), second: sample("the second sample"), margin: number("difference under the null hypothesis", 0), level: level() },
    compute: ({ first, second, margin, level }) => welch(first, second, { margin, level }),
  }),
  "relative-difference": entry({
    summary: "candidate's mean over baseline's, less 1, by the delta method",
    guarantee: "asymptotic",
    source: "delta method, with Welch's degrees of freedom",
    fields: { candidate: sample("the candidate"), baseline: sample("the baseline"), level: level() },
    compute: ({ candidate, baseline, level }) => relativeDifference(candidate, baseline, level),
    unknown: "the baseline's mean is not above 0",
  }),
  "ratio-to-baseline": entry({
    summary: "linear contrast of the candidate's mean against a bound times the baseline's, and the interval of their ratio",
    guarantee: "asymptotic",
    source: "Fieller 1954",
    fields: { candidate: sample("the candidate"), baseline: sample("the baseline"), bound: number("bound of the ratio", 1), level: level() },
    compute: ({ candidate, baseline, bound, level }) => ratioToBaseline(candidate, baseline, { bound, level }),
  }),
  "rating-difference": entry({
    summary: "confidence that two Elo ratings differ, by a rule of experience",
    guarantee: "asymptotic",
    source: "a rating service's A/B manager; 400 points a game, which is far too wide",
    fields: { firstElo: number("Elo of the first"), firstGames: count("its games"), secondElo: number("Elo of the second"), secondGames: count("its games") },
    compute: ({ firstElo, firstGames, secondElo, secondGames }) => ratingDifference({ elo: firstElo, games: firstGames }, { elo: secondElo, games: secondGames }),
  }),
  "ratio-metric": entry({
    summary: "Σx/Σy of one arm as n, mean and variance, for the tests of means",
    guarantee: "asymptotic",
    source: "delta method",
    fields: { arm: pairs("x the numerator and y the denominator of each unit") },
    compute: ({ arm }) => ratioMetric(arm),
    unknown: "the denominators sum to 0",
  }),
  "ratio-difference": entry({
    summary: "t test of the difference of two ratios of sums",
    guarantee: "asymptotic",
    source: "delta method; Welch 1947",
    fields: { first: pairs("the first arm, x over y"), second: pairs("the second arm, x over y"), level: level() },
    compute: ({ first, second, level }) => {
      const ours = ratioMetric(first);
      const theirs = ratioMetric(second);
      return ours === null || theirs === null ? null : welch(ours, theirs, { margin: 0, level });
    },
    unknown: "the denominators of an arm sum to 0",
  }),
  "clustered-mean": entry({
    summary: "mean with cluster-robust standard error, and the design effect",
    guarantee: "asymptotic",
    source: "Liang & Zeger 1986 (CR1)",
    fields: { clusters: pairs("over clusters: x the sum of a cluster's values and y their number"), squares: number("Σ of all values squared") },
    compute: ({ clusters, squares }) => clusteredMean(clusters, squares),
    unknown: "there are no values",
  }),
  cuped: entry({
    summary: "difference of means after what was known before the experiment is taken off",
    guarantee: "asymptotic",
    source: "Deng, Xu, Kohavi & Walker 2013",
    fields: { first: pairs("the first arm: x before the experiment and y in it"), second: pairs("the second arm, likewise"), level: level() },
    compute: ({ first, second, level }) => {
      const adjusted = cuped(first, second);
      return { ...adjusted, test: welch(adjusted.first, adjusted.second, { margin: 0, level }) };
    },
  }),
  "paired-bootstrap": entry({
    summary: "percentile interval of Σx/Σy or of the mean of x − y, over units that stay together",
    guarantee: "asymptotic",
    source: "Efron 1979",
    fields: {
      x: numbers("of each unit"),
      y: numbers("of each unit"),
      figure: choice("what is estimated", ["difference", "ratio"]),
      resamples: count("how many times", 2000),
      seed: count("of the random numbers", 1),
      level: level(),
    },
    compute: ({ x, y, figure, resamples, seed, level }, random) => {
      if (x.length !== y.length) throw new Failure("invalid_input", `x has ${x.length} values and y ${y.length}`, { fix: "give one y for each x" });
      return pairedBootstrap(x.length, FIGURES[figure](x, y), { resamples, level, random: random(seed) });
    },
    unknown: "the figure has no value for the sample, or for half of the resamples",
  }),
};

type Figure = (x: readonly number[], y: readonly number[]) => (drawn: Float64Array) => number | null;

const FIGURES: Readonly<Record<"difference" | "ratio", Figure>> = {
  difference: (x, y) => (drawn) => (weighted(x, drawn) - weighted(y, drawn)) / x.length,
  ratio: (x, y) => (drawn) => {
    const under = weighted(y, drawn);
    return under === 0 ? null : weighted(x, drawn) / under;
  },
};

function weighted(values: readonly number[], drawn: Float64Array): number {
  let sum = 0;
  for (const [i, value] of values.entries()) sum += value * (drawn[i] as number);
  return sum;
}
