/**
 * Sufficient statistics. Each kind is a commutative monoid under `merge`, exactly: all numbers are integers,
 * so no order of arrival and no grouping changes a bit (I9). Deltas may be negative, when a label is corrected.
 */
export type Statistic = Count | Rate | Moments | Histogram | Confusion | Paired | Ratio;

export interface Count {
  readonly kind: "count";
  readonly n: number;
}

/** `hits` of `n` units had the property. */
export interface Rate {
  readonly kind: "rate";
  readonly n: number;
  readonly hits: number;
}

/** An integer of up to 2^105 as `high`·2^52 + `low`, with 0 ≤ low < 2^52: sums of squares outgrow a double. */
export interface WideInteger {
  readonly high: number;
  readonly low: number;
}

/** Σx and Σx² of values in thousandths of the metric's unit (integers, so that sums are exact). */
export interface Moments {
  readonly kind: "moments";
  readonly n: number;
  readonly sum: WideInteger;
  readonly squares: WideInteger;
}

/**
 * Counts per logarithmic bucket: bucket i holds values in (γ^(i−1), γ^i], γ = 1.02, so that any quantile is known
 * within 1 %. `buckets` is sorted by index and holds no zero counts; `zeros` counts values ≤ γ^−1000 (0 included).
 */
export interface Histogram {
  readonly kind: "histogram";
  readonly n: number;
  readonly zeros: number;
  readonly buckets: readonly (readonly [index: number, count: number])[];
}

/** Predictions of one version against the truth. */
export interface Confusion {
  readonly kind: "confusion";
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly falseNegative: number;
  readonly trueNegative: number;
}

/**
 * Requests that both versions answered and that have a label. `cells` has 8 counts, indexed
 * truth·4 + champion·2 + challenger; they give McNemar, both recalls and both precisions.
 */
export interface Paired {
  readonly kind: "paired";
  readonly cells: readonly [number, number, number, number, number, number, number, number];
}

/**
 * A ratio of sums over the units of one arm: Σx/Σy and what its clustered variance needs. x and y of a unit are integers in
 * thousandths; over time buckets the squares telescope, so that those of any prefix of buckets are Σ over units of the
 * squares of their sums up to there. `n` counts a unit in its first bucket; `requests` are the unit's outcomes.
 */
export interface Ratio {
  readonly kind: "ratio";
  readonly n: number;
  readonly requests: number;
  /** Σx, Σy. */
  readonly numerator: WideInteger;
  readonly denominator: WideInteger;
  /** Σx², Σy², Σxy over units, in millionths. */
  readonly numeratorSquares: WideInteger;
  readonly denominatorSquares: WideInteger;
  readonly products: WideInteger;
}
