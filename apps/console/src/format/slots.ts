import type { SlotsProgress } from "@gauntlet/contract";

import { count, counted, decimal } from "./number.ts";

/** 12 won, 1 tied, 7 lost of 20 games. */
export function gamesWords({ games, wins, ties }: SlotsProgress["counts"]["champion"]): string {
  return games === 0 ? "no games" : `${count(wins)} won, ${count(ties)} tied, ${count(games - wins - ties)} lost of ${counted(games, "game", "games")}`;
}

/** Who has a slot after the decision. */
export function moveWords({ version, sourceSlot, changed }: SlotsProgress["assignments"][number]): string {
  return changed ? `version ${version ?? "none"}, from ${sourceSlot}` : "the same";
}

/** What becomes of the challengers: beside the verdict, never in its place. */
export function orderWords({ status, swap, reorderApplied, mode }: Pick<SlotsProgress, "status" | "swap" | "reorderApplied" | "mode">): string {
  if (status === "rolled_back") return "Those who held the slots before the cycle got them back.";
  const first = swap ? "The first two exchange their holders" : "The first two keep their holders";
  if (reorderApplied) return `${first}, and challengers change places by accuracy.`;
  return `${first}${status === "running" && mode === "strict" ? ", and nobody changes places while the cycle runs" : ", and challengers keep their places"}.`;
}

export function tickerWords({ championGames, challengerGames, cycles }: SlotsProgress["tickers"]): string {
  return `Since the first two changed holders last: ${count(championGames)} and ${counted(challengerGames, "game", "games")}, ${counted(cycles, "cycle", "cycles")}.`;
}

/** null where z can't be had. */
export function telemetryWords({ z, p }: Pick<SlotsProgress, "z" | "p">): string | null {
  return z === null || p === null ? null : `Telemetry, by which nothing goes: z ${decimal(z, 3)}, one-sided p ${decimal(p, 4)}.`;
}
