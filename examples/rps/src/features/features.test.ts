import fc from "fast-check";
import { expect, test } from "vitest";

import { playRound, scoreAfter, type Round } from "../rules/game.ts";
import { MOVES, type Move } from "../rules/moves.ts";
import { roundPoints } from "../rules/round-points.ts";
import { FEATURE_COUNT, FEATURE_NAMES } from "./feature-names.ts";
import { featureRow } from "./feature-row.ts";
import { rebuiltScores, statelessSituation } from "./stateless-situation.ts";

const GAME = played("game-1", [["rock", "scissors"], ["paper", "paper"], ["paper", "rock"], ["scissors", "rock"]]);

function played(game: string, moves: readonly (readonly [Move, Move])[]): readonly Round[] {
  const rounds: Round[] = [];
  for (const [user, bot] of moves) rounds.push(playRound(scoreAfter(rounds), { number: rounds.length + 1, points: roundPoints(game, rounds.length + 1), user, bot }));
  return rounds;
}

const named = (row: Float64Array) => Object.fromEntries(FEATURE_NAMES.map((name, i) => [name, row[i]]));

test("the contract has fifty names, each once", () => {
  expect(FEATURE_NAMES).toHaveLength(FEATURE_COUNT);
  expect(new Set(FEATURE_NAMES).size).toBe(FEATURE_COUNT);
  expect([FEATURE_NAMES[0], FEATURE_NAMES[26], FEATURE_NAMES[49]]).toEqual(["user_-1_rock", "res_-3_draw", "easy_mode"]);
});

test("V5: the row of round 5 of game-1", () => {
  const row = featureRow({ history: GAME, points: roundPoints("game-1", 5), score: scoreAfter(GAME), round: 5 });
  expect([...row]).toEqual([
    0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 2, 1, 1.5, 1, 1.3, 1.8, 1.3, 1.8, 1, 1.3, 1.8, 1, 0.25, 0.5, 0.25, 0.75, 0, 0.25, 2, 6.5, 8.5, 5, 0,
  ]);
});

test("V6: the row that the reference trains on differs, since it forgets the opening; ours is the same in both", () => {
  const last = GAME.slice(-1);
  const row = named(featureRow({ history: last, points: roundPoints("game-1", 5), score: scoreAfter(GAME), round: 5 }));
  expect(row).toMatchObject({ "user_-1_paper": 0, "user_-2_paper": 0, user_tend_rock: 0, user_tend_paper: 0, user_tend_scissors: 1, tend_favored: 1, score_diff: 2 });
  for (const lag of [2, 3]) expect([row[`points_-${lag}_rock`], row[`points_-${lag}_paper`], row[`points_-${lag}_scissors`]]).toEqual([2, 1, 1.5]);
  const ours = featureRow({ history: GAME, points: roundPoints("game-1", 5), score: scoreAfter(GAME), round: 5 });
  expect(Object.entries(named(ours)).filter(([name, value]) => row[name] !== value)).toHaveLength(17);
});

test("V17: without a game, what is not told is filled in", () => {
  const fresh = named(featureRow(statelessSituation({ users: [], bots: [] })));
  for (const [name, value] of Object.entries(fresh)) {
    const wanted = name.includes("pts_to_win") ? 10 : name.includes("pts") || name.startsWith("points_") ? 1 : name === "step_no" ? 1 : 0;
    expect([name, value]).toEqual([name, wanted]);
  }
  const one = named(featureRow(statelessSituation({ users: ["rock"], bots: ["paper"], results: ["lose"], pastPoints: [[16, 10, 11]], totals: { user: 0, bot: 10 } })));
  expect(one).toMatchObject({ "user_-3_rock": 1, "bot_-3_paper": 1, "res_-3_lose": 1, tend_favored: 1, score_diff: -1, user_pts_to_win: 10, bot_pts_to_win: 9, step_no: 2 });
  expect(() => statelessSituation({ users: ["rock"], bots: [] })).toThrow(/1 moves of the user and 0 of the bot/);
});

test("V18: scores are rebuilt round by round, and the last is what was told", () => {
  const scores = rebuiltScores(GAME, { user: 0, bot: 0 });
  expect(scores.map(({ user }) => user / 10)).toEqual([1.2, 1.7, 3.5, 0]);
  expect(scores.map(({ bot }) => bot / 10)).toEqual([0, 0.5, 0.5, 0]);
});

const moves = fc.array(fc.tuple(fc.constantFrom(...MOVES), fc.constantFrom(...MOVES)), { minLength: 1, maxLength: 30 });

test("a row knows nothing of its own round or of any later one", () => {
  fc.assert(
    fc.property(moves, moves, fc.nat(), (all, other, at) => {
      const cut = at % all.length;
      const before = played("g", all).slice(0, cut);
      const changed = played("g", [...all.slice(0, cut), ...other]);
      const situation = (rounds: readonly Round[]) => ({ history: rounds.slice(0, cut), points: roundPoints("g", cut + 1), score: scoreAfter(rounds.slice(0, cut)), round: cut + 1 });
      expect(featureRow(situation(changed))).toEqual(featureRow(situation(before)));
    }),
  );
});

test("shares sum to 1, and a caller who tells the whole game gets the row of the game", () => {
  fc.assert(
    fc.property(moves, (all) => {
      const rounds = played("g", all);
      const points = roundPoints("g", rounds.length + 1);
      const row = featureRow({ history: rounds, points, score: scoreAfter(rounds), round: rounds.length + 1 });
      expect(row[39]! + row[40]! + row[41]!).toBeCloseTo(1, 12);
      expect(row[42]! + row[43]! + row[44]!).toBeCloseTo(1, 12);
      const told = statelessSituation({ users: rounds.map(({ user }) => user), bots: rounds.map(({ bot }) => bot), results: rounds.map(({ result }) => result), pastPoints: rounds.map((round) => round.points), points });
      expect(featureRow(told)).toEqual(row);
    }),
  );
});
