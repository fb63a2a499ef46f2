import { type Hits, requireInside } from "./input.ts";
import { criticalValue } from "./normal.ts";
import { type Interval, scoreInterval } from "./wilson.ts";

export interface Difference extends Interval {
  readonly difference: number;
}

/**
 * Interval of first − second for two independent proportions: Newcombe's hybrid score method (1998, method 10), which
 * adds the distances to the Wilson bounds in squares. Asymptotic.
 */
export function newcombe(first: Hits, second: Hits, level: number): Difference {
  return squareAndAdd({ first, second, correlation: 0 }, level);
}

/**
 * The same for proportions of known correlation (Newcombe 1998, paired data, method 10; Zou & Donner 2008, MOVER).
 */
export function squareAndAdd(compared: { readonly first: Hits; readonly second: Hits; readonly correlation: number }, level: number): Difference {
  const { first, second, correlation } = compared;
  requireInside("level", level);
  const z = criticalValue(level);
  const a = scoreInterval(first, z);
  const b = scoreInterval(second, z);
  const p = first.hits / first.of;
  const q = second.hits / second.of;
  const down = combined([p - a.low, b.high - q], correlation);
  const up = combined([a.high - p, q - b.low], correlation);
  return { difference: p - q, low: Math.max(-1, p - q - down), high: Math.min(1, p - q + up) };
}

function combined([x, y]: readonly [number, number], correlation: number): number {
  return Math.sqrt(Math.max(0, x * x - 2 * correlation * x * y + y * y));
}
