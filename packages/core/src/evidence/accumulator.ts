import { Failure } from "../failure/failure.ts";
import type { MetricKind } from "./evidence.ts";
import { bucketOf, HISTOGRAM_VALUE_MAX } from "./histogram.ts";
import type { Histogram, Moments, Rate, Statistic } from "./statistic.ts";
import { addWide, squareWide, WIDE_UNIT, wideFrom } from "./wide-integer.ts";

/**
 * Folds the values of one metric within one batch, in place. `add` trusts its caller to have asked `valueProblem`
 * before; `freeze` gives the statistic and leaves the accumulator as it was.
 */
export interface Accumulator {
  readonly add: (value: number) => void;
  readonly freeze: () => Statistic;
}

/** The largest |value| of a moments metric, in its unit: its thousandths squared fit WideInteger 2^25 times. */
export const MOMENTS_VALUE_MAX = 1_000_000_000;

/** Below it, a square is exact in a double beside a `low`. */
const SMALL = 2 ** 26;

export function accumulator(kind: MetricKind): Accumulator {
  switch (kind) {
    case "rate":
      return rateAccumulator();
    case "moments":
      return momentsAccumulator();
    case "histogram":
      return histogramAccumulator();
    default:
      throw new Failure("internal", `there is no metric kind ${String(kind satisfies never)}`);
  }
}

/** Why `value` can't be folded into a metric of this kind; null when it can. */
export function valueProblem(kind: MetricKind, value: number): string | null {
  if (!Number.isFinite(value)) return `${value} is not a finite number`;
  switch (kind) {
    case "rate":
      return value === 0 || value === 1 ? null : `a rate takes 0 or 1, not ${value}`;
    case "moments":
      return Math.abs(value) <= MOMENTS_VALUE_MAX ? null : `${value} is beyond ±${MOMENTS_VALUE_MAX}`;
    case "histogram":
      return value >= 0 && value <= HISTOGRAM_VALUE_MAX ? null : `a histogram takes 0 … 1e15, not ${value}`;
    default:
      throw new Failure("internal", `there is no metric kind ${String(kind satisfies never)}`);
  }
}

function rateAccumulator(): { add(value: number): void; freeze(): Rate } {
  let n = 0;
  let hits = 0;
  return {
    add(value) {
      n++;
      hits += value;
    },
    freeze: () => ({ kind: "rate", n, hits }),
  };
}

/** Carries only when `low` overflows: a few additions per value. */
function momentsAccumulator(): { add(value: number): void; freeze(): Moments } {
  let n = 0;
  let sum = 0;
  let sumHigh = 0;
  let squares = 0;
  let squaresHigh = 0;
  return {
    add(value) {
      const thousandths = Math.round(value * 1000);
      n++;
      sum += thousandths;
      if (sum >= WIDE_UNIT || sum <= -WIDE_UNIT) {
        const carry = Math.floor(sum / WIDE_UNIT);
        sumHigh += carry;
        sum -= carry * WIDE_UNIT;
      }
      if (thousandths < SMALL && thousandths > -SMALL) {
        squares += thousandths * thousandths;
      } else {
        const square = squareWide(thousandths);
        squaresHigh += square.high;
        squares += square.low;
      }
      if (squares >= WIDE_UNIT) {
        squares -= WIDE_UNIT;
        squaresHigh++;
      }
    },
    freeze: () => ({
      kind: "moments",
      n,
      sum: addWide({ high: sumHigh, low: 0 }, wideFrom(sum)),
      squares: { high: squaresHigh, low: squares },
    }),
  };
}

/** Counts lie in a window of indices that grows to both sides, so that a cell of few values stays small. */
function histogramAccumulator(): { add(value: number): void; freeze(): Histogram } {
  let n = 0;
  let zeros = 0;
  let first = 0;
  let counts = new Float64Array(0);
  return {
    add(value) {
      n++;
      const index = bucketOf(value);
      if (index === null) {
        zeros++;
        return;
      }
      let position = index - first;
      if (position < 0 || position >= counts.length) {
        ({ first, counts } = widened(first, counts, index));
        position = index - first;
      }
      (counts[position] as number)++;
    },
    freeze() {
      const buckets: [number, number][] = [];
      for (let position = 0; position < counts.length; position++) {
        const count = counts[position] as number;
        if (count !== 0) buckets.push([first + position, count]);
      }
      return { kind: "histogram", n, zeros, buckets };
    },
  };
}

const WINDOW = 64;

function widened(first: number, counts: Float64Array<ArrayBuffer>, index: number): { first: number; counts: Float64Array<ArrayBuffer> } {
  if (counts.length === 0) return { first: index - WINDOW / 2, counts: new Float64Array(WINDOW) };
  const from = Math.min(first, index - WINDOW);
  const to = Math.max(first + counts.length, index + WINDOW);
  const wider = new Float64Array(to - from);
  wider.set(counts, first - from);
  return { first: from, counts: wider };
}
