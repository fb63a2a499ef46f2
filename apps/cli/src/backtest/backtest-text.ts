import type { Backtest, Turn } from "@gauntlet/core";

import { table } from "../output/table.ts";
import { paint, time, verdictWord } from "../output/words.ts";

/** One rollout: what happened and what would have, side by side, and on the way to it. */
export function backtestText(backtest: Backtest, colour: boolean): string {
  const { happened, would, difference, turns, notes } = backtest;
  const row = (what: string, turn: Turn) => [what, verdictWord(turn.verdict, colour), turn.reason, turn.day.toFixed(1), time(turn.at), String(turn.exposed)];
  return [
    `${backtest.rolloutId}: version ${backtest.challenger} against ${backtest.champion}, judged ${backtest.from === "cells" ? "at every time bucket" : "at the recorded decisions"}`,
    table(["", "VERDICT", "REASON", "DAY", "AT", "EXPOSED"], [row(`happened (${backtest.recordedPolicy})`, happened), row(`would (${backtest.policy})`, would)]),
    paint(colour, difference.verdict ? "yellow" : "green", inWords(difference)),
    `${backtest.policy}: ${would.sentence}`,
    `On the way: ${turns.map((turn) => `day ${turn.day.toFixed(1)} ${turn.verdict} (${turn.reason})`).join(" → ")}`,
    ...notes.map((note) => `Note: ${note}`),
  ].join("\n");
}

function inWords({ verdict, reason, days, exposed }: Backtest["difference"]): string {
  const same = verdict ? "Another verdict" : reason ? "The same verdict for another reason" : "The same verdict";
  const when = days === 0 ? "at the same time" : `${Math.abs(days).toFixed(1)} days ${days > 0 ? "later" : "earlier"}`;
  const served = exposed === 0 ? "as many requests" : `${Math.abs(exposed)} ${exposed > 0 ? "more" : "fewer"} requests`;
  return `${same}, ${when}, ${served} served by the challenger.`;
}
