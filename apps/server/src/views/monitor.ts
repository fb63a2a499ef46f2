import type { BaselinesReport, MonitorDetail, MonitorList, MonitorView, ParticipantReport } from "@gauntlet/contract";
import type { BaselinesResult, ChainHead, Hook, ParticipantCheck, ParticipantResult, Store, StoredMonitor } from "@gauntlet/controller";
import { cooldownMs, Failure, isoTime, trailing, type MonitorCheck, type MonitorRules, type TrendPoint } from "@gauntlet/core";

import { deliveryView } from "./hooks.ts";

type Reads = { readonly store: Pick<Store, "monitor" | "ledger" | "deliveries">; readonly now: number };

/** Every model that is or was watched, and every participant that was asked about. */
export async function monitorListView({ store, now }: Reads, hooks: ReadonlyMap<string, Hook>): Promise<MonitorList> {
  const [stored, heads] = await Promise.all([store.monitor.all(), store.ledger.heads()]);
  const monitors = await Promise.all(stored.map(async (one) => viewOf(one, { now, heads, newest: (await store.monitor.checks(one.subject, 1))[0] ?? null })));
  return { now, monitors, hooks: [...hooks.values()].map(({ name, events }) => ({ name, events: [...events] })) };
}

/** @throws Failure `not_found` */
export async function monitorDetailView({ store, now }: Reads, subject: string, limit: number): Promise<MonitorDetail> {
  const stored = await store.monitor.read(subject);
  if (stored === null) throw new Failure("not_found", `nothing was ever watched as "${subject}"`, { fix: "list what is: GET /v1/monitor" });
  const [heads, checks, deliveries] = await Promise.all([store.ledger.heads(), store.monitor.checks(subject, limit), store.deliveries.list(subject, limit)]);
  return { now, monitor: viewOf(stored, { now, heads, newest: checks[0] ?? null }), checks: checks.map((check) => ({ ...check, figures: [...check.figures] })), deliveries: deliveries.map(deliveryView) };
}

interface Around {
  readonly now: number;
  readonly heads: readonly ChainHead[];
  readonly newest: MonitorCheck | null;
}

function viewOf({ subject, state }: StoredMonitor, { now, heads, newest }: Around): MonitorView {
  const kind = subject.startsWith("model:") ? "model" : "participant";
  const rules = kind === "model" ? rulesFor(state, heads) : null;
  const until = rules?.watchMs == null ? null : state.since + rules.watchMs;
  const own = newest?.watched === state.watched ? newest : null;
  const isOver = kind === "model" && (rules === null || (until !== null && now > until));
  return {
    subject,
    kind,
    model: state.model,
    watched: state.watched,
    from: state.from,
    to: state.to,
    since: state.since,
    until: isOver ? null : until,
    mode: kind === "participant" ? "notify" : (rules?.mode ?? null),
    status: statusOf({ stored: state, own, isOver }),
    checks: state.trend.length,
    consecutive: trailing(state.trend),
    lastCheckAt: state.seen?.at ?? null,
    change: state.trend.at(-1)?.change ?? null,
    averageChange: averageOf(state.trend),
    says: own === null ? null : saysOf(own),
    triggered: state.triggered,
    history: [...state.history],
    ...limitsOf(rules, state, now),
  };
}

function limitsOf(rules: MonitorRules | null, state: StoredMonitor["state"], now: number): Pick<MonitorView, "consecutiveMax" | "rollbacks" | "rollbacksMax" | "cooldownUntil"> {
  const rollbacks = state.responses.filter((at) => Math.abs(now - at) < DAY_MS);
  return {
    consecutiveMax: rules?.consecutive ?? null,
    rollbacks,
    rollbacksMax: rules === null || rules.escalation ? null : rules.perDayMax,
    cooldownUntil: cooldownUntil(rules, rollbacks, now),
  };
}

const DAY_MS = 86_400_000;

/** Of the policy that promoted it; null once it does not serve any more. */
function rulesFor({ model, watched }: StoredMonitor["state"], heads: readonly ChainHead[]): MonitorRules | null {
  const rollout = heads.find(({ chain }) => chain === model)?.state?.rollout ?? null;
  return rollout !== null && rollout.id === watched && rollout.status === "promoted" ? (rollout.policy.monitor ?? null) : null;
}

function statusOf({ stored, own, isOver }: { readonly stored: StoredMonitor["state"]; readonly own: MonitorCheck | null; readonly isOver: boolean }): MonitorView["status"] {
  if (stored.triggered?.completedAt != null) return "rolled_back";
  if (isOver) return "over";
  if (own === null) return "waiting";
  const { outcome } = own;
  if (outcome.kind === "triggered") return outcome.withheld === null ? "triggered" : "withheld";
  return outcome.atRisk ? "at_risk" : outcome.isRegression ? "regressed" : "healthy";
}

function cooldownUntil(rules: MonitorRules | null, responses: readonly number[], now: number): number | null {
  const newest = responses.at(-1);
  if (rules === null || newest === undefined) return null;
  const until = newest + cooldownMs(rules, responses.length);
  return until > now ? until : null;
}

function saysOf({ outcome, figures }: MonitorCheck): string {
  if (outcome.kind === "triggered") return outcome.says;
  return (figures.find(({ status }) => status === "regressed" || status === "severe") ?? figures.find(({ status }) => status !== "unknown"))?.says ?? "";
}

/** In the words of the reference. Where nothing is new, the newest check still answers. */
export function participantReportView(asked: ParticipantCheck, { check, outcome, facts, state }: ParticipantResult, now: number): ParticipantReport {
  const isAnswer = outcome.kind !== "skipped" || outcome.because === "no_new_evidence";
  const triggered = isAnswer && check?.outcome.kind === "triggered" ? { check, says: check.outcome.says } : null;
  return {
    should_rollback: triggered !== null,
    new_evidence: outcome.kind !== "skipped",
    event: triggered === null ? null : rollbackEvent(asked, triggered),
    status: {
      model_id: asked.participant,
      checks: state.trend.length,
      avg_regression: averageOf(state.trend),
      consecutive_regressions: trailing(state.trend),
      at_risk: triggered !== null || (check?.outcome.kind === "checked" && check.outcome.atRisk),
    },
    says: check === null ? `Nothing to judge yet: ${facts.service?.games ?? 0} matches by ${isoTime(now)}.` : saysOf(check),
    figures: [...(check?.figures ?? [])],
  };
}

function rollbackEvent({ participant, previous, board, numPlayers }: ParticipantCheck, { check, says }: { readonly check: MonitorCheck; readonly says: string }): ParticipantReport["event"] {
  const figure = (id: string) => check.figures.find((one) => one.id === id);
  return {
    triggered_at: isoTime(check.at),
    current_model_id: participant,
    rollback_model_id: previous,
    reason: says,
    elo_regression: figure("rating")?.change ?? null,
    games_played: check.samples,
    win_rate: figure("win-rate")?.value ?? null,
    auto_triggered: true,
    board_type: board,
    num_players: numPlayers,
  };
}

function averageOf(trend: readonly TrendPoint[]): number | null {
  const changes = trend.flatMap(({ change }) => (change === null ? [] : [change]));
  return changes.length === 0 ? null : changes.reduce((sum, change) => sum + change, 0) / changes.length;
}

export function baselinesReportView(participant: string, { comparisons, summary, averageDifference }: BaselinesResult): BaselinesReport {
  return { model_id: participant, summary, avg_diff: averageDifference, baselines: comparisons.map(({ baseline, difference, standardError, isRegression }) => ({ baseline_id: baseline, elo_diff: difference, standard_error: standardError, is_regression: isRegression })) };
}
