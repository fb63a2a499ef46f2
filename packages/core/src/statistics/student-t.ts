import { Failure } from "../failure/failure.ts";
import { logIncompleteBeta } from "./beta.ts";
import { requireAtLeast, requireInside } from "./input.ts";
import { normalQuantile } from "./normal.ts";
import { bracketFrom, solveIncreasing } from "./solve-increasing.ts";

// Student's t with `df` > 0 degrees of freedom, whole or not, by the incomplete beta function (Abramowitz & Stegun
// 26.7.1). Exact; tails are computed as themselves.

/** P(T > t). */
export function studentTSurvival(t: number, df: number): number {
  return t < 0 ? 1 - studentTTwoSided(t, df) / 2 : studentTTwoSided(t, df) / 2;
}

/** P(T ≤ t). */
export function studentTCdf(t: number, df: number): number {
  return studentTSurvival(-t, df);
}

/** P(|T| ≥ |t|). */
export function studentTTwoSided(t: number, df: number): number {
  return Math.exp(logTwoSided(t, df));
}

/** The t with P(T ≤ t) = p; ±∞ at 0 and 1. */
export function studentTQuantile(p: number, df: number): number {
  requireAtLeast("p", p, 0);
  requireAtLeast("1 − p", 1 - p, 0);
  requireDegrees(df);
  if (p === 0 || p === 1) return p === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (p === 0.5) return 0;
  const tail = p < 0.5 ? p : 1 - p;
  // Near the middle the part between 0 and t is solved for, because the tail no longer shows it.
  const distance =
    tail > 0.25
      ? (t: number): number => logBetween(t, df) - Math.log(2 * Math.abs(p - 0.5))
      : (t: number): number => Math.log(2 * tail) - logTwoSided(t, df);
  const start = Math.abs(normalQuantile(p));
  const t = solveIncreasing(distance, bracketFrom(distance, start));
  if (t > 1e150) throw new Failure("invalid_input", `the ${p} quantile of Student's t with ${df} degrees of freedom is beyond 1e150`, { fix: "ask for a less extreme quantile" });
  return p < 0.5 ? -t : t;
}

/** t > 0 of a two-sided interval of this level: 2.228 for 0.95 and 10 degrees of freedom. */
export function studentTCritical(level: number, df: number): number {
  requireInside("level", level);
  return -studentTQuantile((1 - level) / 2, df);
}

function logTwoSided(t: number, df: number): number {
  return logIncompleteBeta(shares(t, df), { a: df / 2, b: 0.5 });
}

/** ln P(|T| < t). */
function logBetween(t: number, df: number): number {
  const { x, y } = shares(t, df);
  return logIncompleteBeta({ x: y, y: x }, { a: 0.5, b: df / 2 });
}

/** df/(df + t²) and t²/(df + t²), neither of them as 1 − the other. */
function shares(t: number, df: number): { readonly x: number; readonly y: number } {
  requireDegrees(df);
  if (Number.isNaN(t)) throw new Failure("invalid_input", "t is not a number", { fix: "check where the value comes from" });
  const square = (t / df) * t;
  if (square < Number.POSITIVE_INFINITY) return { x: 1 / (1 + square), y: square / (1 + square) };
  return { x: df / t / t, y: 1 };
}

function requireDegrees(df: number): void {
  if (!(df > 0 && df < Number.POSITIVE_INFINITY)) throw new Failure("invalid_input", `Student's t has no ${df} degrees of freedom`, { fix: "give a number above 0" });
}
