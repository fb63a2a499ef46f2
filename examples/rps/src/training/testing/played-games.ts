import { randomStream } from "@gauntlet/core";

import { playGame } from "../../games/play-game.ts";
import { LEGACY_PLAYERS } from "../../players/legacy-players.ts";
import { winnerOf } from "../../rules/game.ts";
import { MOVES } from "../../rules/moves.ts";
import type { GameStore } from "../../store/game-store.ts";
import { gameDataset, type GameDataset } from "../data/game-dataset.ts";
import type { TrainingGame } from "../training-game.ts";

/** Games of players of fixed habits, one after another, against a bot that moves at random; a minute apart. */
export function playedGames(count: number, { seed, players = Object.keys(LEGACY_PLAYERS), name = (player) => player, from = Date.UTC(2026, 0, 1) }: { readonly seed: number; readonly players?: readonly string[]; readonly name?: (player: string) => string; readonly from?: number }): readonly TrainingGame[] {
  const random = randomStream(seed, 1);
  const bot = () => MOVES[Math.floor(random() * 3)]!;
  return Array.from({ length: count }, (_, i) => {
    const player = players[i % players.length]!;
    const startedAt = from + i * 60_000;
    const { id, rounds } = playGame(`game-${seed}-${i}`, { user: LEGACY_PLAYERS[player]!, bot, random });
    return { id, playerName: name(player), policy: "brian", isTest: false, startedAt, rounds: rounds.map((round) => ({ ...round, playedAt: startedAt + round.number * 1000 })) };
  });
}

/** Every round after the opening of some games. */
export function datasetOfAll(games: readonly TrainingGame[]): GameDataset {
  return gameDataset({ games: games.map((game) => ({ game, from: 1 })) }, "whole");
}

/** The same games as the app would have written them down. */
export async function storeGames(store: Pick<GameStore, "addGame" | "addRound">, games: readonly TrainingGame[]): Promise<void> {
  for (const { id, playerName, policy, isTest, startedAt, rounds } of games) {
    await store.addGame({ id, sessionId: id, playerName, policy, alias: "Production", startedAt: startedAt ?? 0, opening: "razor", openingMoves: [], isTest });
    for (const [i, round] of rounds.entries()) {
      const winner = winnerOf({ user: round.userScore, bot: round.botScore });
      if (!(await store.addRound(id, round, { at: round.playedAt ?? 0, winner, version: null, history: rounds.slice(0, i), guesses: [] }))) throw new Error(`round ${round.number} of ${id} was not written`);
    }
  }
}
