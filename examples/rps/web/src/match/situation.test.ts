import { expect, test } from "vitest";

import type { Match, PlayedRound } from "./match.ts";
import { questionsOf } from "./situation.ts";

const round = (number: number, some: Partial<PlayedRound>): PlayedRound => ({
  number,
  points: { rock: 1, paper: 1.4, scissors: 1.9 },
  user: "rock",
  bot: "rock",
  result: "draw",
  userGain: 0.5,
  botGain: 0.5,
  userScore: number / 2,
  botScore: number / 2,
  guess: null,
  model: { model_type: "xgboost", model_alias: "B", model_version: "1", model_run_id: null, difficulty_mode: "normal", policy: "forrest", probability_source: "opening" },
  debug: null,
  ...some,
});

test("all twelve are asked with what was known before the round, never with the round itself", () => {
  const match: Pick<Match, "rounds"> = { rounds: [round(1, {}), round(2, { user: "paper", result: "win" }), round(3, { user: "scissors", points: { rock: 1.2, paper: 1.7, scissors: 1 } }), round(4, { user: "scissors" })] };
  const questions = questionsOf(match, 3);
  expect(questions.map(({ policy, ab_assignment: slot }) => `${policy}@${slot}`)).toHaveLength(new Set(questions.map(({ policy, ab_assignment: slot }) => `${policy}@${slot}`)).size);
  expect(questions).toHaveLength(12);
  expect(questions[1]).toEqual({
    policy: "brian",
    ab_assignment: "B",
    player_history: ["rock", "paper"],
    bot_history: ["rock", "rock"],
    result_history: ["draw", "win"],
    points_history: [match.rounds[0]!.points, match.rounds[1]!.points],
    round_values: { rock: 1.2, paper: 1.7, scissors: 1 },
    user_score: 1,
    bot_score: 1,
  });
});
