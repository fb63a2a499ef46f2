import { isoTime, type MonitorEvent, type MonitorEventKind } from "@gauntlet/core";

export type HookKind = "slack" | "discord" | "generic";

/** The body that each kind of endpoint takes. Names and sentences come from outside, and are never markup. */
export function bodyOf(kind: HookKind, event: MonitorEvent): unknown {
  switch (kind) {
    case "slack":
      return { attachments: [{ color: `#${COLOURS[levelOf(event)]}`, text: slackText(messageOf(event)), footer: slackText(footerOf(event)), ts: Math.floor(event.at / 1000) }] };
    case "discord":
      return {
        // Whatever a name contains, nobody is called.
        allowed_mentions: { parse: [] },
        embeds: [{ title: discordText(titleOf(event), 256), description: discordText(event.says, 4096), color: Number.parseInt(COLOURS[levelOf(event)], 16), footer: { text: footerOf(event).slice(0, 2048) }, timestamp: isoTime(event.at) }],
      };
    case "generic":
      return { message: messageOf(event), level: levelOf(event), source: "gauntlet", event: factsOf(event) };
  }
}

type Level = "info" | "warning" | "error";

function levelOf({ kind, withheld }: MonitorEvent): Level {
  return withheld === null ? LEVELS[kind] : "error";
}

const LEVELS: Readonly<Record<MonitorEventKind, Level>> = { regression: "warning", at_risk: "warning", rollback_triggered: "error", rollback_completed: "info" };
const COLOURS: Readonly<Record<Level, string>> = { info: "36a64f", warning: "ff9800", error: "dc3545" };

function messageOf(event: MonitorEvent): string {
  return `${titleOf(event)}. ${event.says}`.trim();
}

function titleOf({ kind, mode, model, from, to, withheld, response }: MonitorEvent): string {
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

function footerOf({ watched, samples }: MonitorEvent): string {
  return `Gauntlet · ${watched} · ${samples} since the promotion`;
}

/** The reference's names beside ours, for tools that know them. */
function factsOf(event: MonitorEvent): Readonly<Record<string, unknown>> {
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

/** Slack's three control characters; with them gone no link, mention or channel is left. */
function slackText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").slice(0, 3000);
}

function discordText(text: string, most: number): string {
  return text.replaceAll(/[\\*_~`|>#[\]()@]/g, "\\$&").slice(0, most);
}
