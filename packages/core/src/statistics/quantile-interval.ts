import { type QuantileOrder, valueAtRank } from "../evidence/histogram.ts";
import type { Histogram } from "../evidence/statistic.ts";
import { binomialCdf } from "./binomial.ts";
import { requireInside } from "./input.ts";
import { criticalValue } from "./normal.ts";
import { logBinomialMass } from "./saddle-point.ts";
import type { Interval } from "./wilson.ts";

/**
 * Distribution-free interval of a quantile by order statistics: from the largest rank l with P(B < l) ≤ α/2 to the
 * smallest rank u with P(B ≥ u) ≤ α/2, B ~ Binomial(n, q) (David & Nagaraja 2003, §7.1). Exact: it covers with at least
 * `level` for independent values of any distribution. `low` is the lower bound of its bucket and `high` the upper one, so
 * the buckets only widen it. null when n is too small for either rank to exist.
 */
export function quantileInterval(histogram: Histogram, q: QuantileOrder, level: number): Interval | null {
  const share = typeof q === "number" ? q : q.parts / q.of;
  requireInside("q", share);
  requireInside("level", level);
  const { n } = histogram;
  if (n <= 0) return null;
  const tail = (1 - level) / 2;
  const lower = rankBelow({ n, share, tail });
  // P(B ≥ u) of B is P(n − B ≤ n − u) of its mirror image.
  const upper = n + 1 - rankBelow({ n, share: 1 - share, tail });
  if (lower < 1 || upper > n) return null;
  return { low: valueAtRank(histogram, lower).low, high: valueAtRank(histogram, upper).high };
}

/** The largest l with P(B ≤ l − 1) ≤ tail; 0 when even P(B = 0) is more. */
function rankBelow({ n, share, tail }: { readonly n: number; readonly share: number; readonly tail: number }): number {
  const guess = Math.floor(n * share - criticalValue(1 - 2 * tail) * Math.sqrt(n * share * (1 - share)));
  let at = Math.min(Math.max(guess, 0), n - 1);
  let below = binomialCdf(at, n, share);
  let mass = Math.exp(logBinomialMass(at, n - at, { p: share, q: 1 - share }));
  while (below > tail && at >= 0) {
    below -= mass;
    mass *= (at * (1 - share)) / ((n - at + 1) * share);
    at--;
  }
  if (at < 0) return 0;
  // P(B ≤ n) is 1, so that n is the last rank there can be; beyond it the masses would no longer grow either.
  while (at < n - 1) {
    mass *= ((n - at) * share) / ((at + 1) * (1 - share));
    if (below + mass > tail) return at + 1;
    below += mass;
    at++;
  }
  return n;
}
