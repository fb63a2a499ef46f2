import type { MonitorCheckView, MonitorDetail, MonitorView } from "@gauntlet/contract";

import type { Chart } from "./evidence.ts";
import { checkTitle } from "./check.ts";
import { count, decimal } from "./number.ts";
import { ago, due, duration } from "./time.ts";

type Figure = MonitorCheckView["figures"][number];

export const MONITOR_WORDS: Readonly<Record<MonitorView["status"], { readonly word: string; readonly icon: "pass" | "warn" | "fail" | "hold" | "rollback" | "none"; readonly tone: "good" | "warn" | "bad" | "calm" }>> = {
  waiting: { word: "nothing to judge yet", icon: "none", tone: "calm" },
  healthy: { word: "holds what it promised", icon: "pass", tone: "good" },
  regressed: { word: "worse than it was", icon: "warn", tone: "warn" },
  at_risk: { word: "at risk: the next such check takes it back", icon: "warn", tone: "warn" },
  withheld: { word: "would be rolled back, and may not be yet", icon: "hold", tone: "bad" },
  triggered: { word: "a rollback was called for", icon: "fail", tone: "bad" },
  rolled_back: { word: "rolled back", icon: "rollback", tone: "bad" },
  over: { word: "not watched any more", icon: "none", tone: "calm" },
};

export const FIGURE_WORDS: Readonly<Record<Figure["status"], { readonly word: string; readonly mark: "pass" | "warn" | "fail" | "unavailable" }>> = {
  healthy: { word: "healthy", mark: "pass" },
  regressed: { word: "regressed", mark: "warn" },
  severe: { word: "far worse", mark: "fail" },
  unknown: { word: "not known", mark: "unavailable" },
};

/** What stands beside the status: how many checks in a row, and what limits the next rollback. */
export function monitorFacts({ now, monitor }: Pick<MonitorDetail, "now" | "monitor">): readonly { readonly name: string; readonly value: string }[] {
  const { mode, status, to, since, until, consecutive, consecutiveMax, rollbacks, rollbacksMax, cooldownUntil } = monitor;
  const back = to === null ? "what served before" : `version ${to}`;
  const isOver = status === "rolled_back" || status === "over";
  return [
    ...(isOver ? [] : [{ name: "Checks in a row", value: `${count(consecutive)}${consecutiveMax === null ? "" : ` of ${count(consecutiveMax)}`} showed a regression` }]),
    { name: isOver ? "Promoted" : "Watched", value: isOver ? ago(since, now) : `for ${duration(now - since)}${until === null ? "" : `, ends ${due(until, now)}`}` },
    ...(status === "over" ? [] : [{ name: status === "rolled_back" ? "Went" : "Then", value: mode === "notify" ? "hooks are told; nothing is rolled back" : `back to ${back}` }]),
    { name: "Rollbacks", value: `${count(rollbacks.length)}${rollbacksMax === null ? "" : ` of ${count(rollbacksMax)}`} within 24 hours` },
    ...(cooldownUntil === null ? [] : [{ name: "Cooldown", value: `the next one may come ${due(cooldownUntil, now)}` }]),
  ];
}

/** Each figure over its checks, oldest first: how much it changed against what it may lose, or itself against its floor. */
export function monitorCharts(checks: readonly MonitorCheckView[]): readonly Chart[] {
  const oldestFirst = checks.toReversed();
  const ids = [...new Set(oldestFirst.flatMap((check) => check.figures.flatMap((figure) => (figure.change === null ? [] : [figure.id]))))];
  return ids.map((id) => chartOf(id, oldestFirst.map((check) => ({ at: check.at, figure: check.figures.find((figure) => figure.id === id) ?? null }))));
}

interface Seen {
  readonly at: number;
  readonly figure: Figure | null;
}

const Z = 1.96;

function chartOf(id: string, seen: readonly Seen[]): Chart {
  const newest = seen.findLast(({ figure }) => figure !== null)?.figure;
  const isFloor = newest?.role === "floor";
  const say = sayOf(id);
  const values = seen.map(({ figure }) => (isFloor ? figure?.value : figure?.change) ?? null);
  const bounds = seen.map(({ figure }) => (isFloor || figure?.change == null || figure.standardError === null ? { low: null, high: null } : { low: figure.change - Z * figure.standardError, high: figure.change + Z * figure.standardError }));
  const limit = (isFloor ? newest.baseline : newest?.limit) ?? null;
  const levels: Chart["levels"] = [
    ...(isFloor ? [] : [{ at: 0, name: "as before", kind: "equal" as const }]),
    ...(limit === null ? [] : [{ at: limit, name: isFloor ? `at least ${say(limit)}` : `may lose ${say(Math.abs(limit))}`, kind: "limit" as const }]),
  ];
  const drawn = [...values, ...bounds.flatMap(({ low, high }) => [low, high]), ...levels.map(({ at }) => at)].filter((value) => value !== null);
  const [least, most] = [Math.min(...drawn), Math.max(...drawn)];
  const margin = (most - least) * 0.1 || Math.abs(most) * 0.1 || 1;
  const from = seen[0]?.at ?? 0;
  return {
    id,
    title: isFloor ? `${titleOf(id)}, against its floor` : `${titleOf(id)}: change since the promotion`,
    at: seen.map(({ at }) => at),
    lines: [{ name: isFloor ? "now" : "change", tone: "--challenger", values }],
    ribbons: bounds.some(({ low }) => low !== null) ? [{ name: "95 %", look: "filled", low: bounds.map(({ low }) => low), high: bounds.map(({ high }) => high) }] : [],
    levels,
    moments: [],
    range: [least - margin, most + margin],
    span: [from, Math.max(seen.at(-1)?.at ?? 0, from + 1)],
    say,
    axis: (value) => decimal(value, most - least < 2 ? 2 : 0, []),
  };
}

function sayOf(id: string): (value: number) => string {
  return id === "rating" ? (value) => `${decimal(value, 1, [])} Elo` : (value) => decimal(value, 3);
}

export function titleOf(id: string): string {
  return checkTitle({ id });
}

/** What a check came to. */
export function outcomeWords({ outcome }: Pick<MonitorCheckView, "outcome">): string {
  if (outcome.kind === "checked") return outcome.isRegression ? `regression, ${count(outcome.consecutive)} in a row${outcome.atRisk ? ": at risk" : ""}` : "no regression";
  return outcome.withheld === null ? `rollback called for: ${CAUSE_WORDS[outcome.cause]}` : `rollback withheld: ${WITHHELD_WORDS[outcome.withheld]}`;
}

type Triggered = Extract<MonitorCheckView["outcome"], { kind: "triggered" }>;

const CAUSE_WORDS: Readonly<Record<Triggered["cause"], string>> = { floor: "below what is allowed at all", consecutive: "too many regressions in a row", severe: "far worse, and surely so" };

const WITHHELD_WORDS: Readonly<Record<NonNullable<Triggered["withheld"]>, string>> = { cooldown: "the last one was too short ago", daily_cap: "there were enough within 24 hours", person_needed: "a person is needed" };
