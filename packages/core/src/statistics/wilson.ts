import { type Hits, requireHits, requireInside } from "./input.ts";
import { criticalValue } from "./normal.ts";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Wilson's score interval of a proportion (1927), without continuity correction. Asymptotic, sound for small counts too. */
export function wilson(proportion: Hits, level: number): Interval {
  requireInside("level", level);
  return scoreInterval(proportion, criticalValue(level));
}

/** The same for a critical value z, such as 1.96. */
export function scoreInterval(proportion: Hits, z: number): Interval {
  requireHits("the proportion", proportion);
  const { hits, of } = proportion;
  const share = hits / of;
  const middle = share + (z * z) / (2 * of);
  const half = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const scale = 1 + (z * z) / of;
  // At the ends the exact bound is 0 or 1; rounding must not move it.
  return { low: hits === 0 ? 0 : Math.max(0, (middle - half) / scale), high: hits === of ? 1 : Math.min(1, (middle + half) / scale) };
}
