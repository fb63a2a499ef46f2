import type { Outcome } from "@gauntlet/client";

import type { FinishedGame, GameBatch } from "./game-outbox.ts";

/** What is measured of a game, and of a guess; the names that policies use. */
const WIN_METRIC = "game_score";
const ACCURACY_METRIC = "correct";

/**
 * Of each game how it ended for the version that played it: 1 a win, ½ a tie, 0 a loss; and of each round that models guess
 * whether each slot was right. Games without a model say nothing of any.
 */
export function outcomesOf(model: string, { epoch, games }: GameBatch): readonly Outcome[] {
  return games.flatMap((game) => [...endOf(game), ...guessesOf(game)].map((outcome) => ({ ...outcome, model, epoch, at: game.finishedAt, unit: game.id, prediction: null })));
}

type Told = Pick<Outcome, "requestId" | "version" | "slot" | "mode" | "metrics">;

function endOf({ id, slot, version, winner, rounds }: FinishedGame): readonly Told[] {
  // Where models were exchanged amid the game, it is nobody's.
  if (version === null || rounds.some(({ guesses }) => guesses.some((guess) => guess.slot === slot && guess.version !== version))) return [];
  return [{ requestId: id, version, slot, mode: "live", metrics: { [WIN_METRIC]: winner === "bot" ? 1 : winner === "tie" ? 0.5 : 0 } }];
}

function guessesOf({ id, slot: playing, rounds }: FinishedGame): readonly Told[] {
  return rounds.flatMap(({ number, user, guesses }) =>
    guesses.map(({ slot, version, move }) => ({ requestId: `${id}:${number}:${slot}`, version, slot, mode: slot === playing ? ("live" as const) : ("shadow" as const), metrics: { [ACCURACY_METRIC]: move === user ? 1 : 0 } })),
  );
}
