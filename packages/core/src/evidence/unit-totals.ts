import type { Mode } from "../outcome/outcome.ts";
import type { Ratio } from "./statistic.ts";
import { addWide, productWide, subtractWide, wideFrom } from "./wide-integer.ts";

/** A unit as one arm has it. */
export interface UnitKey {
  readonly epoch: number;
  readonly version: string;
  readonly slot: string;
  readonly mode: Mode;
  readonly unit: string;
}

/** What one time bucket holds of a unit: [bucketStart, bucketEnd), milliseconds. Kept by the store; one row a key and bucket. */
export interface UnitTotals extends UnitKey {
  readonly model: string;
  readonly bucketStart: number;
  readonly bucketEnd: number;
  /** Outcomes. */
  readonly requests: number;
  /** Σ numerator and Σ denominator of each ratio, in thousandths. */
  readonly sums: Readonly<Record<string, UnitSum>>;
}

export type UnitSum = readonly [numerator: number, denominator: number];

/** The part of a row that a ratio is made of. */
export interface UnitBucket {
  readonly requests: number;
  readonly sum: UnitSum;
}

const ZERO = wideFrom(0);
const EMPTY: Ratio = { kind: "ratio", n: 0, requests: 0, numerator: ZERO, denominator: ZERO, numeratorSquares: ZERO, denominatorSquares: ZERO, products: ZERO };

/**
 * What each of a unit's time buckets adds to a ratio, in the order of the buckets, which is that of time. With X the sum up
 * to a bucket it adds X² less the X² of the bucket before: any prefix of buckets sums to the square of its own sum, so a
 * look at a cutoff sees what it would have seen then. The unit itself is counted in its first bucket.
 */
export function bucketRatios(buckets: readonly (UnitBucket | null)[]): readonly (Ratio | null)[] {
  let x = 0;
  let y = 0;
  let first = true;
  return buckets.map((bucket) => {
    if (bucket === null) return null;
    const [numerator, denominator] = bucket.sum;
    const ratio: Ratio = {
      kind: "ratio",
      n: first ? 1 : 0,
      requests: bucket.requests,
      numerator: wideFrom(numerator),
      denominator: wideFrom(denominator),
      // (X + x)² − X² = x(2X + x), and likewise of the product.
      numeratorSquares: productWide(numerator, 2 * x + numerator),
      denominatorSquares: productWide(denominator, 2 * y + denominator),
      products: addWide(productWide(numerator, y + denominator), productWide(denominator, x)),
    };
    first = false;
    x += numerator;
    y += denominator;
    return ratio;
  });
}

/** a − b; null is nothing. */
export function ratioDifference(a: Ratio | null, b: Ratio | null): Ratio | null {
  if (b === null) return a;
  const from = a ?? EMPTY;
  return {
    kind: "ratio",
    n: from.n - b.n,
    requests: from.requests - b.requests,
    numerator: subtractWide(from.numerator, b.numerator),
    denominator: subtractWide(from.denominator, b.denominator),
    numeratorSquares: subtractWide(from.numeratorSquares, b.numeratorSquares),
    denominatorSquares: subtractWide(from.denominatorSquares, b.denominatorSquares),
    products: subtractWide(from.products, b.products),
  };
}
