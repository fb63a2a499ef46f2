import type { CheckResult } from "@gauntlet/core";

import { count, decimal, milliseconds, millisecondsMore, percent, percentagePoints, plain, times } from "./number.ts";

/** Whether a check judges one version's value, or how far the challenger is from the champion. */
export type Basis = "level" | "difference";

/**
 * The shape of a check does not say which it is. Shares are differences wherever versions are compared, and levels
 * where validity is judged; the numbers themselves overrule that: a difference is challenger minus champion.
 */
export function basisOf(check: Pick<CheckResult, "unit" | "purpose" | "champion" | "challenger" | "estimate">): Basis {
  const { champion, challenger, estimate } = check;
  if (check.unit === "ratio" || check.purpose === "validity") return "level";
  const usual: Basis = check.unit === "share" ? "difference" : "level";
  // A bound of the challenger alone, whatever the champion's value.
  if (estimate !== null && champion === null && estimate === challenger) return "level";
  if (estimate === null || champion === null || challenger === null) return usual;
  const close = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(champion), Math.abs(challenger), 1e-12);
  const asDifference = close(estimate, challenger - champion);
  const asLevel = close(estimate, challenger);
  if (asDifference === asLevel) return usual;
  return asDifference ? "difference" : "level";
}

/** A value of the compared quantity as people read it. */
export function quantity(value: number, unit: CheckResult["unit"], basis: Basis): string {
  switch (unit) {
    case "ratio":
      return times(value);
    case "share":
      return basis === "difference" ? percentagePoints(value) : percent(value, 2);
    case "ms":
      return basis === "difference" ? millisecondsMore(value) : milliseconds(value);
    case "count":
      return count(value);
    case "elo":
      return `${basis === "difference" && value > 0 ? "+" : ""}${decimal(value, 1, [])} Elo`;
    case "plain":
      return plain(value);
    default:
      return `${value}`;
  }
}

/** One version's own value: recalls behind a ratio are shares, so that its sides are percentages unless the check says otherwise. */
export function sideValue(check: Pick<CheckResult, "unit" | "sideUnit">, value: number | null): string {
  if (value === null) return "–";
  if (check.sideUnit !== undefined) return quantity(value, check.sideUnit, "level");
  return quantity(value, check.unit === "ratio" && value >= 0 && value <= 1 ? "share" : check.unit, "level");
}

/** "at least 1.05×", "between −1.00 pp and +1.00 pp", or null without a bound. */
export function allowedWords(check: CheckResult): string | null {
  const { low, high } = check.allowed;
  const say = (value: number) => quantity(value, check.unit, basisOf(check));
  if (low !== null && high !== null) return `between ${say(low)} and ${say(high)}`;
  if (low !== null) return `at least ${say(low)}`;
  if (high !== null) return `at most ${say(high)}`;
  return null;
}

/** "1.012× to 1.094× (95 %)" */
export function intervalWords(check: CheckResult): string | null {
  if (check.interval === null) return null;
  const say = (value: number) => quantity(value, check.unit, basisOf(check));
  return `${say(check.interval.low)} to ${say(check.interval.high)} (${percent(check.interval.level, 2)})`;
}

/** recall-superiority → Recall superiority, harm-latency_ms → Harm: latency. The unit stands with the figures. */
export function checkTitle(check: Pick<CheckResult, "id">): string {
  const text = check.id
    .replace(/^harm-/, "harm: ")
    .replace(/_ms(?=-|$)/, "")
    .replace(/-sprt$/, " SPRT")
    .replaceAll(/[-_]/g, " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
