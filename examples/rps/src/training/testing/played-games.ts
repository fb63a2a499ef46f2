import { randomStream } from "@gauntlet/core";

import { playGame } from "../../games/play-game.ts";
import { LEGACY_PLAYERS } from "../../players/legacy-players.ts";
import { MOVES } from "../../rules/moves.ts";
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
