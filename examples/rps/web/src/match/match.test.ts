import { expect, test } from "vitest";

import type { PlayAnswer } from "../../../src/http/shapes.ts";
import { afterRound, guessedRight, richest, scoreOf, type Match } from "./match.ts";

const EMPTY: Match = { gameId: "g", sessionId: "s", playerName: "Ada", opponent: "brian", rounds: [], next: { number: 1, points: { rock: 1, paper: 1.4, scissors: 1.9 } }, winner: null, sent: null };
const MODEL: PlayAnswer["model_info"] = { model_type: "feedforward_nn", model_alias: "B", model_version: "3", model_run_id: "0123abcd", difficulty_mode: "normal", policy: "brian", probability_source: "model" };

function answer(some: Partial<PlayAnswer>): PlayAnswer {
  return {
    game_id: "g",
    round: 1,
    user_move: "paper",
    player_move: "paper",
    bot_move: "rock",
    result: "win",
    user_delta: 1.4,
    bot_delta: 0,
    user_score: 1.4,
    bot_score: 0,
    round_points: { rock: 1, paper: 1.4, scissors: 1.9 },
    finished: false,
    winner: null,
    scores: { player: 1, bot: 0, ties: 0 },
    policy: "brian",
    difficulty_mode: "normal",
    model_info: MODEL,
    ab_assignment: { alias: "B", model_key: "feedforward_nn@B", is_variant: true },
    guess: null,
    debug: null,
    message: "",
    ...some,
  };
}

test("rounds add up to a match; the points of the next one are asked for anew", () => {
  const first = afterRound(EMPTY, answer({}));
  expect([first.next, first.winner, scoreOf(first)]).toEqual([null, null, { user: 1.4, bot: 0 }]);
  const last = afterRound(first, answer({ round: 2, user_score: 10.2, bot_score: 10.1, winner: "user" }));
  expect([last.rounds.map(({ number }) => number), last.winner]).toEqual([[1, 2], "user"]);
});

test("a guess counts as right when its move was played; rounds without one don't count", () => {
  const probabilities = { rock: 0.2, paper: 0.5, scissors: 0.3 };
  const match = [answer({}), answer({ round: 4, guess: { move: "paper", probabilities } }), answer({ round: 5, user_move: "rock", guess: { move: "paper", probabilities } })].reduce(afterRound, EMPTY);
  expect(guessedRight(match)).toEqual({ right: 1, of: 2 });
  expect(richest(match.rounds[0]!.points)).toBe("scissors");
});
