import type { Moments, Rate } from "../evidence/statistic.ts";
import { wideToBigInt } from "../evidence/wide-integer.ts";
import type { Comparison } from "../policy/policy-base.ts";
import { toNumber, type Rational } from "../policy/rational.ts";
import type { CheckResult } from "./decision.ts";
import { formatFigure, formatPercent } from "./format.ts";
import type { Bounds } from "./sequences.ts";

/**
 * Where the compared quantity must lie: the difference challenger − champion, or, relative, 1 + difference/|champion|, which
 * is their ratio as long as the champion's figure is above 0.
 */
export function allowedBy({ better, ask, margin, basis }: Comparison): CheckResult["allowed"] {
  const origin = basis === "relative" ? 1 : 0;
  const size = toNumber(margin);
  if (ask === "within") return { low: origin - size, high: origin + size };
  const step = ask === "improveBy" ? size : -size;
  return better === "higher" ? { low: origin + step, high: null } : { low: null, high: origin - step };
}

/** pass: the whole interval is allowed. fail: none of it. Without an interval nothing is shown. */
export function statusOf({ low, high }: CheckResult["allowed"], bounds: Bounds | null): "pass" | "fail" | "unproven" {
  if (bounds === null) return "unproven";
  if ((low !== null && bounds.high < low) || (high !== null && bounds.low > high)) return "fail";
  return (low === null || bounds.low >= low) && (high === null || bounds.high <= high) ? "pass" : "unproven";
}

/** An exact figure; `of` is above 0. */
export interface ExactFigure {
  readonly parts: bigint;
  readonly of: bigint;
}

/** Is the point what is asked for? On integers, because floats lie at the edge. */
export function meetsComparison(comparison: Comparison, champion: ExactFigure, challenger: ExactFigure): boolean {
  const { margin, basis } = comparison;
  const change = (challenger.parts * champion.of - champion.parts * challenger.of) * BigInt(margin.of);
  const size = basis === "relative" ? (champion.parts < 0n ? -champion.parts : champion.parts) * challenger.of : champion.of * challenger.of;
  const step = BigInt(margin.parts) * size;
  if (comparison.ask === "within") return change >= -step && change <= step;
  const least = comparison.ask === "improveBy" ? step : -step;
  return (comparison.better === "higher" ? change : -change) >= least;
}

/** Is the point within absolute bounds? On integers too. */
export function meetsBounds({ atLeast, atMost }: { readonly atLeast: Rational | null; readonly atMost: Rational | null }, figure: ExactFigure): boolean {
  const above = (bound: Rational) => figure.parts * BigInt(bound.of) - BigInt(bound.parts) * figure.of;
  return (atLeast === null || above(atLeast) >= 0n) && (atMost === null || above(atMost) <= 0n);
}

export function exactRate({ hits, n }: Rate): ExactFigure {
  return { parts: BigInt(hits), of: BigInt(n) };
}

/** Moments hold thousandths of the metric's unit. */
export function exactMean({ n, sum }: Moments): ExactFigure {
  return { parts: wideToBigInt(sum), of: BigInt(n) * 1000n };
}

/** A number as it is written, in decimals: 0.9 is 9/10, which meets "at least 0.9". */
export function exactDecimal(value: number): ExactFigure {
  const [digits = "0", exponent = "0"] = value.toExponential().split("e");
  const [whole = "0", tail = ""] = digits.split(".");
  const power = Number(exponent) - tail.length;
  const parts = BigInt(`${whole}${tail}`);
  return power >= 0 ? { parts: parts * 10n ** BigInt(power), of: 1n } : { parts, of: 10n ** BigInt(-power) };
}

/** "at least 5 % higher is asked for" */
export function sayAsked({ better, ask, margin, basis }: Comparison, points: boolean): string {
  const size = toNumber(margin);
  const amount = basis === "relative" ? formatPercent(size) : points ? formatPercent(size).replace("%", "pp") : formatFigure(size);
  if (ask === "within") return `no more than ${amount} to either side is allowed`;
  const worse = better === "higher" ? "lower" : "higher";
  return ask === "improveBy" ? `at least ${amount} ${better} is asked for` : `at most ${amount} ${worse} is allowed`;
}

/** "+3.4 %" of a ratio, "−0.2 pp" or a plain number of a difference. */
export function sayChange(value: number, { basis }: Pick<Comparison, "basis">, points: boolean): string {
  const change = basis === "relative" ? value - 1 : value;
  const text = basis === "relative" ? formatPercent(change) : points ? formatPercent(change).replace("%", "pp") : formatFigure(change);
  return change > 0 ? `+${text}` : text;
}
