import { accumulator, valueProblem } from "../../evidence/accumulator.ts";
import type { Histogram } from "../../evidence/statistic.ts";
import { Failure } from "../../failure/failure.ts";
import { kolmogorovSmirnov, kolmogorovSmirnovOneSample } from "../kolmogorov-smirnov.ts";
import { mannWhitney } from "../mann-whitney.ts";
import { quantileInterval } from "../quantile-interval.ts";
import { compareQuantiles } from "../quantile-ratio.ts";
import { entry, type StatisticEntry } from "./entry.ts";
import { level, numbers, share } from "./field.ts";

const first = numbers("the first sample");
const second = numbers("the second sample");
const q = share("which quantile, such as 0.95");

/** Whole samples: ranks, distribution functions, quantiles. */
export const SAMPLES: Readonly<Record<string, StatisticEntry>> = {
  "mann-whitney": entry({
    summary: "rank test of two samples, exact with ties and asymptotic with continuity correction",
    guarantee: "exact",
    source: "Wilcoxon 1945; Mann & Whitney 1947; permutation distribution given the ties. The asymptotic figures are asymptotic",
    fields: { first, second },
    compute: (input) => mannWhitney(input.first, input.second),
  }),
  "kolmogorov-smirnov": entry({
    summary: "largest distance of two samples' distribution functions, exact with ties, and its limit",
    guarantee: "exact",
    source: "Hodges 1957; Schröer & Trenkler 1995; Kolmogorov 1933, Stephens 1970 for the asymptotic figures",
    fields: { first, second },
    compute: (input) => kolmogorovSmirnov(input.first, input.second),
  }),
  "kolmogorov-smirnov-one": entry({
    summary: "largest distance of a sample's distribution function from a continuous one",
    guarantee: "exact",
    source: "Durbin 1973; Marsaglia, Tsang & Wang 2003; asymptotic above 500 values",
    fields: { positions: numbers("the values put through the distribution's function, each from 0 to 1") },
    compute: ({ positions }) => kolmogorovSmirnovOneSample(positions),
  }),
  "quantile-interval": entry({
    summary: "distribution-free interval of a quantile, on logarithmic buckets",
    guarantee: "exact",
    source: "order statistics (David & Nagaraja 2003, §7.1)",
    fields: { values: numbers("from 0 up"), q, level: level() },
    compute: (input) => quantileInterval(histogramOf(input.values, "values"), input.q, input.level),
    unknown: "there are too few values for this quantile and level",
  }),
  "quantile-ratio": entry({
    summary: "ratio and difference of a quantile of two samples, on logarithmic buckets",
    guarantee: "exact",
    source: "order statistics, combined by Bonferroni",
    fields: { candidate: numbers("from 0 up"), baseline: numbers("from 0 up"), q, level: level() },
    compute: (input) => compareQuantiles(histogramOf(input.candidate, "candidate"), histogramOf(input.baseline, "baseline"), input),
    unknown: "a sample has too few values for this quantile and level",
  }),
};

function histogramOf(values: readonly number[], name: string): Histogram {
  const into = accumulator("histogram");
  for (const [i, value] of values.entries()) {
    const problem = valueProblem("histogram", value);
    if (problem !== null) throw new Failure("invalid_input", `${name}[${i}]: ${problem}`, { fix: "leave the value out, or measure in another unit" });
    into.add(value);
  }
  return into.freeze() as Histogram;
}
