import { isoTime, type HookEvent } from "@gauntlet/core";

import { summaryOf, type Level, type Summary } from "./summary-of.ts";

export type HookKind = "slack" | "discord" | "generic";

/** The body that each kind of endpoint takes. Names and sentences come from outside, and are never markup. */
export function bodyOf(kind: HookKind, event: HookEvent): unknown {
  const summary = summaryOf(event);
  switch (kind) {
    case "slack":
      return { attachments: [{ color: `#${COLOURS[summary.level]}`, text: slackText(messageOf(summary)), footer: slackText(summary.footer), ts: Math.floor(event.at / 1000) }] };
    case "discord":
      return {
        // Whatever a name contains, nobody is called.
        allowed_mentions: { parse: [] },
        embeds: [{ title: discordText(summary.title, 256), description: discordText(event.says, 4096), color: Number.parseInt(COLOURS[summary.level], 16), footer: { text: summary.footer.slice(0, 2048) }, timestamp: isoTime(event.at) }],
      };
    case "generic":
      return { message: messageOf(summary), level: summary.level, source: "gauntlet", event: summary.facts };
  }
}

const COLOURS: Readonly<Record<Level, string>> = { info: "36a64f", warning: "ff9800", error: "dc3545" };

function messageOf({ title, says }: Summary): string {
  return `${title}. ${says}`.trim();
}

/** Slack's three control characters; with them gone no link, mention or channel is left. */
function slackText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").slice(0, 3000);
}

function discordText(text: string, most: number): string {
  return text.replaceAll(/[\\*_~`|>#[\]()@]/g, "\\$&").slice(0, most);
}
