import type { MonitorRules } from "../policy/monitor.ts";
import type { MonitorFigure, MonitorReading } from "./reading.ts";
import { cooldownMs, DAY_MS, responseTo } from "./responses.ts";
import type { CheckOutcome, MonitorCheck, MonitorEvent, MonitorEventKind, MonitorState, TrendPoint, TriggerCause, Withheld } from "./state.ts";

/** What a check leads to. Pure: to be saved, told and done by the caller, in this order. */
export interface MonitorStep {
  readonly state: MonitorState;
  readonly outcome: CheckOutcome;
  /** null when it was skipped. */
  readonly check: MonitorCheck | null;
  readonly events: readonly MonitorEvent[];
}

/**
 * One look at a version after its promotion. What is in the figures is judged already; this says whether they are a check
 * at all, how many in a row were bad, and whether the version is to be taken back. The order of causes is that of the
 * reference: a floor that is broken, then checks in a row, then one that is severe.
 */
export function checkMonitor(rules: MonitorRules, state: MonitorState, reading: MonitorReading): MonitorStep {
  const because = skippedBecause(rules, state, reading);
  if (because !== null) return { state, outcome: { kind: "skipped", because }, check: null, events: [] };
  const seen = judge(rules, state, reading);
  const { at, evidence, samples, figures } = reading;
  const after: MonitorState = {
    ...state,
    seen: { at, evidence },
    trend: seen.trend,
    warned: state.warned || seen.atRisk,
    triggered: seen.cause !== null && seen.isNews ? { at, cause: seen.cause, says: seen.says, completedAt: null } : state.triggered,
    responses: [...state.responses.filter((then) => Math.abs(at - then) < DAY_MS), ...(seen.isNews && rules.mode === "rollback" ? [at] : [])],
  };
  const { cause, says, withheld, isRegression, consecutive, atRisk } = seen;
  const response = rules.escalation && cause !== null ? responseTo(after.responses.length + (withheld === null ? 0 : 1)) : null;
  const outcome: MonitorCheck["outcome"] = cause === null ? { kind: "checked", isRegression, consecutive, atRisk } : { kind: "triggered", cause, says, withheld, response };
  const events = toldOf(seen, state).map((kind) => eventOf(kind, after, { rules, reading, says, response, withheld }));
  return { state: after, outcome, check: { at, watched: state.watched, evidence, samples, figures, outcome }, events };
}

interface Seen {
  readonly trend: readonly TrendPoint[];
  readonly isRegression: boolean;
  readonly consecutive: number;
  readonly atRisk: boolean;
  readonly cause: TriggerCause | null;
  readonly withheld: Withheld | null;
  /** It is to be taken back, and was not before. */
  readonly isNews: boolean;
  readonly says: string;
}

function judge(rules: MonitorRules, state: MonitorState, reading: MonitorReading): Seen {
  const point = pointOf(reading);
  const trend = [...state.trend, ...(point === null ? [] : [point])].filter(({ at }) => at <= reading.at && at >= reading.at - rules.windowMs);
  const consecutive = trailing(trend);
  const cause = causeOf(rules, reading.figures, consecutive);
  const withheld = cause === null || rules.mode === "notify" ? null : withheldBy(rules, state, reading.at);
  return {
    trend,
    isRegression: point?.isRegression ?? false,
    consecutive,
    atRisk: consecutive >= Math.max(1, rules.consecutive - 1),
    cause,
    withheld,
    isNews: cause !== null && withheld === null && state.triggered === null,
    says: cause === null ? saysOf(reading.figures) : sayCause(cause, reading.figures, trend.slice(trend.length - consecutive)),
  };
}

function toldOf({ isRegression, withheld, atRisk, isNews }: Seen, { warned }: MonitorState): readonly MonitorEventKind[] {
  const told: MonitorEventKind[] = [];
  if (isRegression || withheld !== null) told.push("regression");
  if (atRisk && !warned) told.push("at_risk");
  if (isNews) told.push("rollback_triggered");
  return told;
}

/** A version that nothing is known of yet, after another of the model, or none. */
export function beginWatching(what: Pick<MonitorState, "model" | "watched" | "from" | "to" | "since">, before: Pick<MonitorState, "responses" | "history"> | null = null): MonitorState {
  return { schema: 1, ...what, seen: null, trend: [], warned: false, triggered: null, responses: before?.responses ?? [], history: before?.history ?? [] };
}

/** What it asked for has been done. */
export function completeRollback(state: MonitorState, at: number): { readonly state: MonitorState; readonly events: readonly MonitorEvent[] } {
  if (state.triggered === null || state.triggered.completedAt !== null) return { state, events: [] };
  const { says } = state.triggered;
  const done = { watched: state.watched, from: state.from, to: state.to, at: state.triggered.at, completedAt: at, says };
  const event: MonitorEvent = { kind: "rollback_completed", ...pick(state), at, mode: "rollback", says: `Back to ${state.to ?? "what served before"}. ${says}`, samples: 0, change: null, share: null, response: null, withheld: null };
  return { state: { ...state, trend: [], warned: false, triggered: { ...state.triggered, completedAt: at }, history: [...state.history, done].slice(-HISTORY_MAX) }, events: [event] };
}

const HISTORY_MAX = 50;

/** Checks in a row, up to the newest, that showed a regression. */
export function trailing(trend: readonly TrendPoint[]): number {
  const lastGood = trend.findLastIndex(({ isRegression }) => !isRegression);
  return trend.length - 1 - lastGood;
}

/** What needs no reading to be skipped; null when it must be read. An instant in the future is of a clock that was ahead. */
export function skippedUnread(rules: MonitorRules, { seen, triggered }: MonitorState, at: number): "already_triggered" | "not_due" | null {
  if (triggered !== null && rules.mode === "rollback") return "already_triggered";
  return seen !== null && at >= seen.at && at - seen.at < rules.everyMs ? "not_due" : null;
}

function skippedBecause(rules: MonitorRules, state: MonitorState, { at, evidence, samples, figures }: MonitorReading): Extract<CheckOutcome, { kind: "skipped" }>["because"] | null {
  const unread = skippedUnread(rules, state, at);
  if (unread !== null) return unread;
  const { seen } = state;
  if (seen !== null && evidence <= seen.evidence) return "no_new_evidence";
  if (samples < rules.minSamples) return "too_few";
  return figures.every(({ status }) => status === "unknown") ? "nothing_known" : null;
}

/** null when no trend is known. */
function pointOf({ at, figures }: MonitorReading): TrendPoint | null {
  const known = figures.filter(({ role, status }) => role === "trend" && status !== "unknown");
  const worst = worstOf(known);
  return worst === null ? null : { at, isRegression: isBad(worst), change: worst.change };
}

function worstOf(figures: readonly MonitorFigure[]): MonitorFigure | null {
  return figures.find(({ status }) => status === "severe") ?? figures.find(({ status }) => status === "regressed") ?? figures[0] ?? null;
}

function isBad({ status }: MonitorFigure): boolean {
  return status === "regressed" || status === "severe";
}

function causeOf(rules: MonitorRules, figures: readonly MonitorFigure[], consecutive: number): TriggerCause | null {
  if (figures.some((figure) => figure.role === "floor" && isBad(figure))) return "floor";
  if (consecutive >= rules.consecutive) return "consecutive";
  return figures.some(({ role, status }) => role === "trend" && status === "severe") ? "severe" : null;
}

/** A clock that was set back says nothing about how long ago a rollback was, so its distance counts. */
function withheldBy(rules: MonitorRules, { responses }: MonitorState, at: number): Withheld | null {
  const recent = responses.filter((then) => Math.abs(at - then) < DAY_MS);
  if (rules.escalation && responseTo(recent.length + 1) === "escalate_human") return "person_needed";
  const newest = recent.at(-1);
  if (newest !== undefined && Math.abs(at - newest) < cooldownMs(rules, recent.length)) return "cooldown";
  // The ladder takes the place of the cap, which would keep its upper rungs out of reach.
  return !rules.escalation && rules.perDayMax !== null && recent.length >= rules.perDayMax ? "daily_cap" : null;
}

function sayCause(cause: TriggerCause, figures: readonly MonitorFigure[], row: readonly TrendPoint[]): string {
  if (cause === "floor") return figures.find((figure) => figure.role === "floor" && isBad(figure))?.says ?? "";
  const detail = saysOf(figures);
  if (cause === "severe") return `At once, because it is severe: ${detail}`;
  const changes = row.flatMap(({ change }) => (change === null ? [] : [change]));
  const average = changes.length === row.length && row.length > 0 ? `, ${(changes.reduce((sum, change) => sum + change, 0) / changes.length).toFixed(1)} on average` : "";
  return `${row.length} checks in a row showed a regression${average}. ${detail}`;
}

function saysOf(figures: readonly MonitorFigure[]): string {
  return (worstOf(figures.filter(({ role, status }) => role === "trend" && status !== "unknown")) ?? figures[0])?.says ?? "";
}

interface EventSource extends Pick<MonitorEvent, "says" | "response" | "withheld"> {
  readonly rules: MonitorRules;
  readonly reading: MonitorReading;
}

function eventOf(kind: MonitorEventKind, state: MonitorState, { rules, reading, says, response, withheld }: EventSource): MonitorEvent {
  const change = worstOf(reading.figures.filter(({ role, status }) => role === "trend" && status !== "unknown"))?.change ?? null;
  const share = reading.figures.find(({ role }) => role === "floor")?.value ?? null;
  return { kind, ...pick(state), at: reading.at, mode: rules.mode, says, samples: reading.samples, change, share, response, withheld };
}

function pick({ model, watched, from, to }: MonitorState): Pick<MonitorEvent, "model" | "watched" | "from" | "to"> {
  return { model, watched, from, to };
}
