import { expect, test } from "vitest";

import type { PastRound } from "../features/feature-row.ts";
import { resultOf, type Move } from "../rules/moves.ts";
import { danWeights } from "./dan.ts";
import { LEGACY_PLAYERS } from "./legacy-players.ts";
import type { PlayerView } from "./player.ts";

/** Rock is the best move, worth 1.9, paper the middle one, scissors the lowest. */
const POINTS = [19, 14, 10] as const;
const EVEN = { user: 0, bot: 0 };

function rounds(...moves: readonly (readonly [user: Move, bot: Move])[]): readonly PastRound[] {
  return moves.map(([user, bot]) => ({ user, bot, result: resultOf(user, bot), points: POINTS }));
}

function asked(name: string, view: Partial<PlayerView> = {}): Move {
  return LEGACY_PLAYERS[name]!({ history: [], points: POINTS, score: EVEN, random: () => 0, ...view });
}

const LOST_ALL = rounds(["rock", "paper"], ["rock", "paper"], ["rock", "paper"]);
const WON_TWICE = rounds(["rock", "scissors"], ["paper", "scissors"], ["scissors", "rock"].toReversed() as [Move, Move]);

test("ace: the best at first and while it wins, then what beats its own last move", () => {
  expect(asked("ace")).toBe("rock");
  expect(asked("ace", { history: WON_TWICE })).toBe("rock");
  expect(asked("ace", { history: rounds(["scissors", "scissors"]) })).toBe("rock");
  expect(asked("ace", { history: rounds(["rock", "rock"]) })).toBe("paper");
});

test("bob: best, lowest, middle in turn; when it wins, against the bot's commonest tier", () => {
  expect([0, 1, 2, 3].map((n) => asked("bob", { history: LOST_ALL.slice(0, n) }))).toEqual(["rock", "scissors", "paper", "rock"]);
  // The bot played the lowest move most, which is scissors now: rock beats it.
  expect(asked("bob", { history: rounds(["rock", "scissors"], ["rock", "scissors"]) })).toBe("rock");
});

test("cal: beats the best, or plays it after three losses", () => {
  expect(asked("cal")).toBe("paper");
  expect(asked("cal", { history: LOST_ALL.slice(1) })).toBe("paper");
  expect(asked("cal", { history: LOST_ALL })).toBe("rock");
});

test("V20: dan's weights at 1.9 and at 1.6, and what moves them", () => {
  const view = { history: [], score: EVEN };
  expect(danWeights({ ...view, points: POINTS })).toEqual({ rock: 0.5, paper: 0.3, scissors: expect.closeTo(0.2, 12) });
  expect(danWeights({ ...view, points: [16, 12, 10] })).toEqual({ rock: expect.closeTo(0.2, 12), paper: 0.3, scissors: expect.closeTo(0.5, 12) });
  const behind = danWeights({ history: LOST_ALL, points: POINTS, score: { user: 0, bot: 30 } });
  expect(behind).toEqual({ rock: expect.closeTo(0.65, 12), paper: expect.closeTo(0.4, 12), scissors: expect.closeTo(0.3, 12) });
  expect([0, 0.51, 0.81].map((drawn) => asked("dan", { random: () => drawn }))).toEqual(["rock", "paper", "scissors"]);
});

test("edd: the best at first and after a loss, else against the bot's habit", () => {
  expect(asked("edd")).toBe("rock");
  expect(asked("edd", { history: LOST_ALL })).toBe("rock");
  expect(asked("edd", { history: rounds(["paper", "rock"], ["rock", "rock"]) })).toBe("paper");
});

test("fox: lowest when ahead, middle when level, against the rarest move when behind", () => {
  expect(asked("fox", { score: { user: 20, bot: 10 } })).toBe("scissors");
  expect(asked("fox")).toBe("paper");
  expect(asked("fox", { score: { user: 0, bot: 20 }, history: rounds(["rock", "paper"], ["rock", "paper"], ["rock", "scissors"]) })).toBe("rock");
  expect(asked("fox", { score: { user: 0, bot: 20 } })).toBe("paper");
});

test("gus: the spread of a round is compared exactly", () => {
  expect(asked("gus")).toBe("rock");
  const narrow = { points: [16, 11, 10] as const };
  expect(asked("gus", { ...narrow, random: () => 0.99 })).toBe("scissors");
  expect(asked("gus", { ...narrow, history: rounds(["rock", "rock"], ["rock", "rock"]) })).toBe("paper");
  expect(asked("gus", { ...narrow, history: rounds(["rock", "rock"], ["rock", "rock"], ["paper", "scissors"]) })).toBe("paper");
  expect(asked("gus", { history: LOST_ALL, random: () => 0.5 })).toBe("paper");
});

test("hal: the middle, or the bot's habit after three losses", () => {
  expect(asked("hal")).toBe("paper");
  expect(asked("hal", { history: rounds(["rock", "paper"], ["scissors", "rock"], ["scissors", "rock"]) })).toBe("rock");
});
