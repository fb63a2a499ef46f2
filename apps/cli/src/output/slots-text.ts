import type { SlotsRuling } from "@gauntlet/core";

import { table } from "./table.ts";
import { figure } from "./words.ts";

/** Who has which slot afterwards, by what accuracy, and how long it is since the first two changed holders. */
export function slotsText({ assignments, accuracies, reorderApplied, tickers, z, p }: SlotsRuling): string {
  const rows = assignments.map(({ slot, version, previousVersion, sourceSlot, changed }) => {
    const { accuracy = null, correct = 0, predictions = 0 } = accuracies.find((known) => known.slot === sourceSlot) ?? {};
    return [slot, version ?? "–", changed ? `${previousVersion ?? "nobody"}, now from ${sourceSlot}` : "unchanged", figure(accuracy, "share"), `${correct} / ${predictions}`];
  });
  const since = `Since the latest swap: ${tickers.championGames} and ${tickers.challengerGames} games of the first two slots, ${tickers.cycles} ${tickers.cycles === 1 ? "cycle" : "cycles"}.`;
  const telemetry = z === null || p === null ? [] : [`Telemetry, by which nothing goes: z ${Number(z.toPrecision(4))}, p ${Number(p.toPrecision(4))}.`];
  return [table(["SLOT", "VERSION", "BEFORE", "ACCURACY", "RIGHT / PREDICTED"], rows), "", `Challengers ${reorderApplied ? "change places" : "keep their places"}.`, since, ...telemetry].join("\n");
}
