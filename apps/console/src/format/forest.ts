import type { CheckResult } from "@gauntlet/core";

import { allowedWords, basisOf, checkTitle, intervalWords, quantity } from "./check.ts";

/**
 * One row of the forest plot. All positions are parts of the row's own scale, 0 … 1, because a ratio, a latency and
 * an error rate share no axis.
 */
export interface ForestRow {
  readonly id: string;
  readonly title: string;
  readonly status: CheckResult["status"];
  readonly estimate: number;
  readonly estimateWords: string;
  readonly interval: { readonly low: number; readonly high: number; readonly cutLow: boolean; readonly cutHigh: boolean } | null;
  /** null: no limit. */
  readonly allowed: { readonly low: number; readonly high: number } | null;
  readonly bounds: readonly { readonly at: number; readonly words: string }[];
  /** Where both versions are equal: 1 for a ratio, 0 for a difference; null for a level. */
  readonly equal: number | null;
  readonly words: string;
}

const MARGIN = 0.12;
/** How far an estimate may stretch the scale, in widths of what the row is about. */
const STRETCH_MAX = 10;

/** The checks that have an estimate and something to compare it with: a limit, or the point where both are equal. */
export function forestRows(checks: readonly CheckResult[]): readonly ForestRow[] {
  return checks.flatMap((check) => {
    const { estimate, allowed } = check;
    return estimate === null || !Number.isFinite(estimate) || (allowed.low === null && allowed.high === null && equalAt(check) === null) ? [] : [rowOf(check, estimate)];
  });
}

function rowOf(check: CheckResult, estimate: number): ForestRow {
  const say = (value: number) => quantity(value, check.unit, basisOf(check));
  const equal = equalAt(check);
  const bounds = [check.allowed.low, check.allowed.high].filter((bound) => bound !== null);
  const scale = scaleOf(check, estimate, [...bounds, ...(equal === null ? naturalEnd(check) : [equal])]);
  return {
    id: check.id,
    title: checkTitle(check),
    status: check.status,
    estimate: inside(scale(estimate)),
    estimateWords: say(estimate),
    interval: intervalOf(check, scale),
    allowed: bounds.length === 0 ? null : { low: check.allowed.low === null ? 0 : scale(check.allowed.low), high: check.allowed.high === null ? 1 : scale(check.allowed.high) },
    bounds: bounds.map((bound) => ({ at: scale(bound), words: say(bound) })),
    equal: equal === null ? null : scale(equal),
    words: `${checkTitle(check)}: ${say(estimate)}, interval ${intervalWords(check) ?? "none"}, ${allowedWords(check) === null ? "no limit" : `allowed ${allowedWords(check)}`}.`,
  };
}

function equalAt(check: CheckResult): number | null {
  if (check.unit === "ratio") return 1;
  return basisOf(check) === "difference" ? 0 : null;
}

/** A level is seen against the end of its own scale: a latency against 0, a coverage against all. */
function naturalEnd(check: CheckResult): readonly number[] {
  if (check.allowed.high !== null) return [0];
  return check.unit === "share" ? [1] : [];
}

/** Limits are always in sight; what lies absurdly far away is cut, with an arrow, instead of flattening the row. */
function scaleOf(check: CheckResult, estimate: number, anchors: readonly number[]): (value: number) => number {
  const wanted = [estimate, ...(check.interval === null ? [] : [check.interval.low, check.interval.high])].filter(Number.isFinite);
  const lowest = Math.min(...anchors);
  const highest = Math.max(...anchors);
  // With a single anchor the row is about its size, or about the interval when the limit is zero.
  const width = highest - lowest || Math.abs(highest) * 0.5 || Math.max(...wanted.map(Math.abs)) || 1;
  const low = Math.max(Math.min(lowest, ...wanted), lowest - STRETCH_MAX * width);
  const high = Math.min(Math.max(highest, ...wanted), highest + STRETCH_MAX * width);
  const span = high - low || width;
  return (value) => MARGIN + ((value - low) / span) * (1 - 2 * MARGIN);
}

function intervalOf({ interval }: CheckResult, scale: (value: number) => number): ForestRow["interval"] {
  if (interval === null) return null;
  const low = scale(interval.low);
  const high = scale(interval.high);
  return { low: inside(low), high: inside(high), cutLow: low < 0, cutHigh: high > 1 };
}

function inside(position: number): number {
  return Math.min(1, Math.max(0, position));
}
