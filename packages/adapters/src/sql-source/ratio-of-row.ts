import { wideToBigInt, type EvidenceCell, type Ratio, type WideInteger } from "@gauntlet/core";

import { unavailable } from "../source/unavailable.ts";

/** Reads the columns of a row; each fails with the row and the column of what can't be meant. */
export interface RatioColumns {
  count(column: string): number;
  /** From 0 up, rounded to so many places. */
  amount(column: string, places: number): WideInteger;
}

/** The columns of a ratio, each what one time bucket adds. */
export const RATIO_COLUMNS = ["n", "requests", "sum", "denominator", "sum_squares", "denominator_squares", "products"] as const;

export function ratioOfRow(columns: RatioColumns): Ratio {
  return {
    kind: "ratio",
    n: columns.count("n"),
    requests: columns.count("requests"),
    numerator: columns.amount("sum", 3),
    denominator: columns.amount("denominator", 3),
    numeratorSquares: columns.amount("sum_squares", 6),
    denominatorSquares: columns.amount("denominator_squares", 6),
    products: columns.amount("products", 6),
  };
}

interface Sums {
  n: bigint;
  x: bigint;
  y: bigint;
  xx: bigint;
  yy: bigint;
  xy: bigint;
}

/**
 * By Cauchy and Schwarz n·ΣX² ≥ (ΣX)² and ΣX²·ΣY² ≥ (ΣXY)² over the units of an arm, in all of its buckets together. Sums of
 * each bucket taken as if its units were new, or of requests instead of units, break it.
 * @throws Failure `evidence_unavailable`
 */
export function requireUnits(source: string, cells: readonly EvidenceCell[]): void {
  const arms = new Map<string, Sums>();
  for (const { metric, version, slot, statistic } of cells) {
    if (statistic.kind !== "ratio") continue;
    const key = `metric "${metric}" of version ${version} in slot "${slot}"`;
    const sums = arms.get(key) ?? { n: 0n, x: 0n, y: 0n, xx: 0n, yy: 0n, xy: 0n };
    sums.n += BigInt(statistic.n);
    sums.x += wideToBigInt(statistic.numerator);
    sums.y += wideToBigInt(statistic.denominator);
    sums.xx += wideToBigInt(statistic.numeratorSquares);
    sums.yy += wideToBigInt(statistic.denominatorSquares);
    sums.xy += wideToBigInt(statistic.products);
    arms.set(key, sums);
  }
  for (const [key, { n, x, y, xx, yy, xy }] of arms) {
    // Each bucket was rounded to a thousandth or a millionth; a part in a million is more than that.
    const holds = (large: bigint, small: bigint): boolean => large + large / 1_000_000n + 1_000_000n >= small;
    if (holds(n * xx, x * x) && holds(n * yy, y * y) && holds(xx * yy, xy * xy)) continue;
    throw unavailable(source, `the sums of ${key} can't be of ${n} units`, { fix: "count each unit once, in its first bucket, and take squares and products of the totals of units, as the guide shows" });
  }
}
