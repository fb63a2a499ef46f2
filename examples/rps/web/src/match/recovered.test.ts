import { expect, test } from "vitest";

import type { Match } from "./match.ts";
import { recovered } from "./recovered.ts";

const MATCH: Match = { gameId: "g", sessionId: "s", playerName: "Ada", opponent: "logan", rounds: [], next: { number: 1, points: { rock: 1, paper: 1.4, scissors: 1.9 } }, winner: null, sent: "paper" };
const STANDING = { scope: "game", rounds: 1, wins: 0, losses: 0, draws: 0, user_score: 0, bot_score: 0, winner: null } as const;

test.each([
  ["win", "rock", { user_score: 1.4 }],
  ["lose", "scissors", { bot_score: 1.9 }],
  ["draw", "paper", { user_score: 0.5, bot_score: 0.5 }],
] as const)("a lost answer is told from the score: %s", (result, bot, score) => {
  const match = recovered(MATCH, { ...STANDING, ...score });
  expect(match?.rounds).toMatchObject([{ number: 1, user: "paper", bot, result, guess: null, model: null }]);
  expect([match?.sent, match?.next]).toEqual([null, null]);
});

test("only where one round more was played than was seen, and a move was sent", () => {
  expect(recovered(MATCH, { ...STANDING, rounds: 0 })).toBeNull();
  expect(recovered(MATCH, { ...STANDING, rounds: 2 })).toBeNull();
  expect(recovered({ ...MATCH, sent: null }, STANDING)).toBeNull();
  expect(recovered(MATCH, { ...STANDING, bot_score: 10.3, winner: "bot" })?.winner).toBe("bot");
});
