import { isoTime, type HookEvent, type LedgerNotice, type MonitorEvent, type NoticeKind, type MonitorEventKind } from "@gauntlet/core";

export type Level = "info" | "warning" | "error";

/** What every endpoint is told of an event, in its own form. */
export interface Summary {
  readonly title: string;
  readonly says: string;
  readonly level: Level;
  readonly footer: string;
  /** Plain data, for programs. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export function summaryOf(event: HookEvent): Summary {
  const { says } = event;
  if (event.kind === "test") return { title: "Gauntlet is heard", says, level: "info", footer: "Gauntlet", facts: { kind: event.kind, at: isoTime(event.at), says } };
  if (isNotice(event)) return { title: noticeTitle(event), says, level: NOTICE_LEVELS[event.kind], footer: `Gauntlet · ${event.rollout} · ledger entry ${event.entry.seq}`, facts: { ...event, at: isoTime(event.at) } };
  return { title: monitorTitle(event), says, level: event.withheld === null ? LEVELS[event.kind] : "error", footer: `Gauntlet · ${event.watched} · ${event.samples} since the promotion`, facts: monitorFacts(event) };
}

export function isNotice(event: HookEvent): event is LedgerNotice {
  return event.kind in NOTICE_LEVELS;
}

const NOTICE_LEVELS: Readonly<Record<NoticeKind, Level>> = { verdict_changed: "info", approval_wanted: "warning", promoted: "info", rolled_back: "error" };
const LEVELS: Readonly<Record<MonitorEventKind, Level>> = { regression: "warning", at_risk: "warning", rollback_triggered: "error", rollback_completed: "info" };

function noticeTitle({ kind, model, champion, challenger, verdict, reason }: LedgerNotice): string {
  const says: Readonly<Record<NoticeKind, string>> = {
    verdict_changed: `${model}: ${verdict} (${reason})`,
    approval_wanted: `${model}: an approval is wanted before ${challenger} is promoted`,
    promoted: `${model}: ${challenger} is promoted in place of ${champion}`,
    rolled_back: `${model}: ${challenger} is rolled back, ${champion} serves`,
  };
  return says[kind];
}

function monitorTitle({ kind, mode, model, from, to, withheld, response }: MonitorEvent): string {
  const held = withheld === null ? "" : ` It would be rolled back, but ${HELD[withheld]}.`;
  const asked = response === null ? "" : ` Called for: ${response.replaceAll("_", " ")}.`;
  const back = to === null ? "" : ` to ${to}`;
  const says: Readonly<Record<MonitorEventKind, string>> = {
    regression: `${model}: ${from} became worse`,
    at_risk: `${model}: ${from} is at risk of a rollback`,
    rollback_triggered: mode === "rollback" ? `${model}: ${from} is rolled back${back}` : `${model}: ${from} should be rolled back${back}`,
    rollback_completed: `${model}: ${from} was rolled back${back}`,
  };
  return `${says[kind]}${held === "" && asked === "" ? "" : `.${held}${asked}`}`.replace(/\.$/, "");
}

const HELD: Readonly<Record<NonNullable<MonitorEvent["withheld"]>, string>> = {
  cooldown: "the last rollback was too short ago",
  daily_cap: "there were as many today as are allowed",
  person_needed: "there were so many that a person must look",
};

/** The reference's names beside ours, for tools that know them. */
function monitorFacts(event: MonitorEvent): Readonly<Record<string, unknown>> {
  return {
    kind: event.kind,
    model: event.model,
    rollout: event.watched,
    triggered_at: isoTime(event.at),
    current_model_id: event.from,
    rollback_model_id: event.to,
    reason: event.says,
    elo_regression: event.change,
    games_played: event.samples,
    win_rate: event.share,
    auto_triggered: event.mode === "rollback",
    withheld: event.withheld,
    response: event.response,
  };
}
