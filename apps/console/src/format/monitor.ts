import type { MonitorCheckView, MonitorDetail, MonitorView } from "@gauntlet/contract";

import type { Chart } from "./evidence.ts";
import { checkTitle } from "./check.ts";
import { count, decimal } from "./number.ts";
import { due, duration } from "./time.ts";

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
  const { mode, to, since, until, consecutive, consecutiveMax, rollbacks, rollbacksMax, cooldownUntil } = monitor;
  return [
    { name: "Checks in a row", value: `${count(consecutive)}${consecutiveMax === null ? "" : ` of ${count(consecutiveMax)}`} showed a regression` },
    { name: "Watched", value: `for ${duration(now - since)}${until === null ? "" : `, ends ${due(until, now)}`}` },
    { name: "Then", value: mode === "notify" ? "hooks are told; nothing is rolled back" : `back to ${to === null ? "what served before" : `version ${to}`}` },
    { name: "Rollbacks", value: `${count(rollbacks.length)}${rollbacksMax === null ? "" : ` of ${count(rollbacksMax)}`} within 24 hours` },
    ...(cooldownUntil === null ? [] : [{ name: "Cooldown", value: cooldownUntil > now ? `the next one may come ${due(cooldownUntil, now)}` : "over" }]),
  ];
}

/** The change of each figure that has one, over its checks, against what it may lose; oldest first. */
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
  const changes = seen.map(({ figure }) => figure?.change ?? null);
  const bounds = seen.map(({ figure }) => (figure?.change == null || figure.standardError === null ? { low: null, high: null } : { low: figure.change - Z * figure.standardError, high: figure.change + Z * figure.standardError }));
  const limit = seen.findLast(({ figure }) => figure?.limit != null)?.figure?.limit ?? null;
  const say = sayOf(id);
  const values = [...changes, ...bounds.flatMap(({ low, high }) => [low, high]), limit, 0].filter((value) => value !== null);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const margin = (most - least) * 0.1 || 1;
  const [from, to] = [seen[0]?.at ?? 0, seen.at(-1)?.at ?? 0];
  return {
    id,
    title: `${titleOf(id)}: change since the promotion`,
    at: seen.map(({ at }) => at),
    lines: [{ name: "change", tone: "--challenger", values: changes }],
    ribbons: bounds.some(({ low }) => low !== null) ? [{ name: "95 %", look: "filled", low: bounds.map(({ low }) => low), high: bounds.map(({ high }) => high) }] : [],
    levels: [{ at: 0, name: "as before", kind: "equal" }, ...(limit === null ? [] : [{ at: limit, name: `may lose ${say(Math.abs(limit))}`, kind: "limit" as const }])],
    moments: [],
    range: [least - margin, most + margin],
    span: [from, Math.max(to, from + 1)],
    say,
    axis: (value) => decimal(value, Math.abs(most - least) < 2 ? 3 : 0, []),
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
