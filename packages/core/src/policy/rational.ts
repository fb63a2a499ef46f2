/**
 * An exact fraction of two safe integers, `of` > 0. Thresholds are fractions because floats lie at the edge:
 * 0.84 / 0.80 − 1 is 0.04999999999999982.
 */
export interface Rational {
  readonly parts: number;
  readonly of: number;
}
