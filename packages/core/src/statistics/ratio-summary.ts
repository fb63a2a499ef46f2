import { wideToBigInt } from "../evidence/wide-integer.ts";
import type { Ratio } from "../evidence/statistic.ts";
import { requireSummary, type Summary } from "./summary.ts";

/**
 * Of clustered evidence: Σx/Σy over units as a summary, whose variance over n is that of the ratio by the delta method,
 * n/(n − 1)·Σ(x − R·y)²/(Σy)² (the ratio estimator, Cochran 1977, §6.4; the same as CR1 of Liang & Zeger 1986). The sums are
 * exact up to the last division. Asymptotic in the number of units. null with fewer than two units, or when Σy is 0.
 */
export function summaryFromRatio({ n, numerator, denominator, numeratorSquares, denominatorSquares, products }: Ratio): Summary | null {
  const [x, y] = [wideToBigInt(numerator), wideToBigInt(denominator)];
  if (n < 2 || y === 0n) return null;
  const [xx, yy, xy] = [wideToBigInt(numeratorSquares), wideToBigInt(denominatorSquares), wideToBigInt(products)];
  // Σ(x − R·y)² times (Σy)².
  const spread = xx * y * y - 2n * x * y * xy + x * x * yy;
  const squared = y * y;
  const summary = { n, mean: divide(x, y), variance: divide(spread < 0n ? 0n : spread, squared * squared) * (n / (n - 1)) * n };
  requireSummary("the ratio", summary);
  return summary;
}

const DIGITS = 10n ** 30n;

/** The quotient of integers that doubles may not hold. */
function divide(parts: bigint, of: bigint): number {
  if (parts !== 0n && (parts < 0n ? -parts : parts) < of / DIGITS) return 0;
  const whole = parts / of;
  return Number(whole) + Number(((parts - whole * of) * DIGITS) / of) / 1e30;
}
