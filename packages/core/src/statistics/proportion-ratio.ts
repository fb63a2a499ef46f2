import { type Hits, requireInside } from "./input.ts";
import { criticalValue } from "./normal.ts";
import { type Interval, scoreInterval } from "./wilson.ts";

/**
 * Interval of the ratio first/second of two independent proportions by the method of variance estimates recovery (Donner &
 * Zou 2012): all r at which Newcombe's interval of the contrast p₁ − r·p₂, made of the Wilson bounds of both, holds 0.
 * Asymptotic, and sound for small counts. null when the second has no hit: the ratio is then unbounded.
 */
export function proportionRatio(first: Hits, second: Hits, level: number): Interval | null {
  requireInside("level", level);
  const z = criticalValue(level);
  const a = scoreInterval(first, z);
  const b = scoreInterval(second, z);
  if (second.hits === 0) return null;
  const p = first.hits / first.of;
  const q = second.hits / second.of;
  const product = p * q;
  const root = (x: number, y: number) => Math.sqrt(Math.max(0, product * product - x * y));
  const below = { first: a.low * (2 * p - a.low), second: b.high * (2 * q - b.high) };
  const above = { first: a.high * (2 * p - a.high), second: b.low * (2 * q - b.low) };
  const lower = product + root(below.first, below.second);
  return {
    // Written so that nothing cancels, and no bound of the baseline above twice its share turns the sign.
    low: lower === 0 ? 0 : below.first / lower,
    high: (product + root(above.first, above.second)) / above.second,
  };
}
