import { expect, test } from "vitest";

import { gamesWords, moveWords, orderWords, telemetryWords, tickerWords } from "./slots.ts";

test("what a cycle of slots shows, in words", () => {
  expect(gamesWords({ games: 0, wins: 0, ties: 0 })).toBe("no games");
  expect(gamesWords({ games: 1, wins: 1, ties: 0 })).toBe("1 won, 0 tied, 0 lost of 1 game");
  expect(gamesWords({ games: 1200, wins: 700, ties: 100 })).toBe("700 won, 100 tied, 400 lost of 1,200 games");
  expect(moveWords({ slot: "B", version: "12", previousVersion: "11", sourceSlot: "shadow1", changed: true })).toBe("version 12, from shadow1");
  expect(moveWords({ slot: "B", version: "11", previousVersion: "11", sourceSlot: "B", changed: false })).toBe("the same");
  expect(orderWords({ status: "promoted", swap: true, reorderApplied: true, mode: "compat" })).toBe("The first two exchange their holders, and challengers change places by accuracy.");
  expect(orderWords({ status: "running", swap: false, reorderApplied: false, mode: "strict" })).toMatch(/nobody changes places while the cycle runs/);
  expect(orderWords({ status: "retained", swap: false, reorderApplied: false, mode: "strict" })).toMatch(/challengers keep their places/);
  expect(tickerWords({ championGames: 0, challengerGames: 1, cycles: 1 })).toBe("Since the first two changed holders last: 0 and 1 game, 1 cycle.");
  expect(telemetryWords({ z: null, p: null })).toBeNull();
  expect(telemetryWords({ z: 0.17755, p: 0.429538 })).toMatch(/z 0\.178, one-sided p 0\.4295/);
});
