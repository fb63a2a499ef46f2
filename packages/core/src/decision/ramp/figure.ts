import { histogramQuantile } from "../../evidence/histogram.ts";
import type { Histogram, Rate } from "../../evidence/statistic.ts";
import { wideToBigInt } from "../../evidence/wide-integer.ts";
import type { RampFigure } from "../../policy/ramp-policy.ts";
import type { Rational } from "../../policy/rational.ts";
import { summaryFromRatio } from "../../statistics/ratio-summary.ts";
import { summaryFromMoments, type Summary } from "../../statistics/summary.ts";
import type { ArmFigures } from "../arms.ts";
import { exactDecimal, exactMean, exactRate, type ExactFigure } from "../comparison.ts";

/** A figure of one arm: what it is exactly, and what is known of its error. */
export type Measured = MeasuredRate | MeasuredMean | MeasuredQuantile;

interface MeasuredBase {
  readonly value: number;
  readonly exact: ExactFigure;
  /** Observations; units, of a ratio. */
  readonly n: number;
}

export interface MeasuredRate extends MeasuredBase {
  readonly kind: "rate";
  readonly rate: Rate;
}

export interface MeasuredMean extends MeasuredBase {
  readonly kind: "mean";
  /** Of a ratio, clustered by unit; null of fewer than two observations. */
  readonly summary: Summary | null;
}

export interface MeasuredQuantile extends MeasuredBase {
  readonly kind: "quantile";
  readonly histogram: Histogram;
  readonly quantile: Rational;
}

/** null where there is nothing to compute it from: no observation, or a denominator of 0. */
export function measure(arm: ArmFigures, metric: string, figure: RampFigure): Measured | null {
  switch (figure.kind) {
    case "rate":
      return measureRate(arm.rate(metric));
    case "mean": {
      const moments = arm.moments(metric);
      if (moments === null || moments.n <= 0) return null;
      const exact = exactMean(moments);
      return { kind: "mean", value: Number(wideToBigInt(moments.sum)) / moments.n / 1000, exact, n: moments.n, summary: moments.n < 2 ? null : summaryFromMoments(moments) };
    }
    case "ratio": {
      const ratio = arm.ratio(metric);
      if (ratio === null || ratio.n <= 0) return null;
      const exact = { parts: wideToBigInt(ratio.numerator), of: wideToBigInt(ratio.denominator) };
      return exact.of <= 0n ? null : { kind: "mean", value: Number(exact.parts) / Number(exact.of), exact, n: ratio.n, summary: summaryFromRatio(ratio) };
    }
    case "quantile":
      return measureQuantile(arm.histogram(metric), figure.quantile);
  }
}

function measureRate(rate: Rate | null): MeasuredRate | null {
  return rate === null || rate.n <= 0 ? null : { kind: "rate", value: rate.hits / rate.n, exact: exactRate(rate), n: rate.n, rate };
}

export function measureQuantile(histogram: Histogram | null, quantile: Rational): MeasuredQuantile | null {
  if (histogram === null || histogram.n <= 0) return null;
  const value = histogramQuantile(histogram, quantile);
  return { kind: "quantile", value, exact: exactDecimal(value), n: histogram.n, histogram, quantile };
}
