import { randomStream } from "@gauntlet/core";
import { expect, test } from "vitest";

import { featureRow } from "../../features/feature-row.ts";
import { FEATURE_COUNT, FEATURE_NAMES } from "../../features/feature-names.ts";
import { playGame } from "../../games/play-game.ts";
import { LEGACY_PLAYERS } from "../../players/legacy-players.ts";
import { BOT_POLICIES } from "../../policies/bot-policy.ts";
import { playRound, scoreAfter, type Round } from "../../rules/game.ts";
import { MOVES } from "../../rules/moves.ts";
import { roundPoints } from "../../rules/round-points.ts";
import { chooseMove } from "../../service/choose-move.ts";
import type { TrainingGame } from "../training-game.ts";
import { gameDataset, rowOfRound } from "./game-dataset.ts";

const GAMES = 1000;

/** Games as they are served, and the rows by which a model was asked in them, by game and round. */
function servedGames(): { readonly games: readonly TrainingGame[]; readonly asked: ReadonlyMap<string, Float32Array> } {
  const random = randomStream(7, 1);
  const players = Object.values(LEGACY_PLAYERS);
  const asked = new Map<string, Float32Array>();
  const games = Array.from({ length: GAMES }, (_, i): TrainingGame => {
    const id = `parity-${i}`;
    const model = { version: "1", runId: "r", predict: () => [random(), random(), random()] };
    const { rounds } = playGame(id, {
      user: players[i % players.length]!,
      random,
      bot: (view) => {
        const choice = chooseMove(BOT_POLICIES[0]!, model, { ...view, random });
        asked.set(`${id}#${view.round}`, choice.features);
        return choice.move;
      },
    });
    return { id, playerName: "somebody", policy: "brian", isTest: false, startedAt: i, rounds: rounds.map((round) => ({ ...round, playedAt: null })) };
  });
  return { games, asked };
}

const { games, asked } = servedGames();

test("I27: training and serving rows are equal, for every round of a thousand games", () => {
  const { data, games: rowsOfGames } = gameDataset({ games: games.map((game) => ({ game, from: 1 })) }, "whole");
  expect(data.rows).toBe(asked.size);
  let unequal = 0;
  for (const [i, { game, rows }] of rowsOfGames.entries()) {
    expect(game).toBe(games[i]!.id);
    for (const [at, row] of rows.entries()) {
      const served = asked.get(`${game}#${at + 4}`)!;
      for (let c = 0; c < FEATURE_COUNT; c++) if (data.features[row * FEATURE_COUNT + c] !== served[c]) unequal++;
    }
  }
  expect(unequal).toBe(0);
  const labels = games.flatMap(({ rounds }) => rounds.slice(3).map(({ user }) => MOVES.indexOf(user)));
  expect([...data.labels]).toEqual(labels);
});

test("I27: no round of them sees its own move, nor what came after it", () => {
  const other = (round: Round): Round => ({ ...round, user: MOVES[(MOVES.indexOf(round.user) + 1) % 3]!, bot: MOVES[(MOVES.indexOf(round.bot) + 2) % 3]!, result: "draw", userScore: 99, botScore: 99 });
  for (const { rounds } of games) {
    for (const round of rounds.slice(3)) {
      const changed = rounds.map((one) => (one.number < round.number ? one : other(one)));
      if (!same(rowOfRound(changed, round, "whole"), rowOfRound(rounds, round, "whole"))) throw new Error(`round ${round.number} knows its future`);
    }
  }
});

function same(a: Float64Array, b: Float64Array): boolean {
  return a.every((value, i) => value === b[i]);
}

test("V6: compat builds the row as the reference trains it, 17 columns off, and loses each game's first", () => {
  const rounds: Round[] = [];
  for (const [user, bot] of [["rock", "scissors"], ["paper", "paper"], ["paper", "rock"], ["scissors", "rock"], ["rock", "rock"]] as const) rounds.push(playRound(scoreAfter(rounds), { number: rounds.length + 1, points: roundPoints("game-1", rounds.length + 1), user, bot }));
  const compat = rowOfRound(rounds, rounds[4]!, "without_opening");
  const named = Object.fromEntries(FEATURE_NAMES.map((name, i) => [name, compat[i]]));
  expect(named).toMatchObject({ "user_-1_paper": 0, "user_-2_paper": 0, user_tend_rock: 0, user_tend_paper: 0, user_tend_scissors: 1, tend_favored: 1, score_diff: 2 });
  for (const lag of [2, 3]) expect(MOVES.map((move) => named[`points_-${lag}_${move}`])).toEqual([2, 1, 1.5]);
  const served = featureRow({ history: rounds.slice(0, 4), points: roundPoints("game-1", 5), score: scoreAfter(rounds.slice(0, 4)), round: 5 });
  expect([...served].filter((value, i) => value !== compat[i])).toHaveLength(17);
  const game: TrainingGame = { id: "game-1", playerName: "p", policy: "brian", isTest: false, startedAt: 0, rounds: rounds.map((round) => ({ ...round, playedAt: null })) };
  const { data } = gameDataset({ games: [{ game, from: 1 }] }, "without_opening");
  expect([data.rows, ...data.features]).toEqual([1, ...Float32Array.from(compat)]);
});
