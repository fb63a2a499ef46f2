import { expect, test } from "vitest";

import type { Api } from "../api/open-api.ts";
import { worldClock } from "../clock/world-clock.ts";
import { nameInRound, roundOf } from "./round-of.ts";

function apiWith(...models: readonly string[]): Api {
  return { get: async <T>() => ({ models: models.map((model) => ({ model })) }) as T, post: async () => Promise.reject(new Error("nothing is posted")), close: async () => undefined };
}

test("a round is the first of which no model is there yet", async () => {
  const modelsOf = (round: number) => ["a", "b"].map((name) => nameInRound(name, round));
  expect(modelsOf(2)).toEqual(["a-round-2", "b-round-2"]);
  expect(await roundOf(apiWith("other"), modelsOf)).toBe(1);
  expect(await roundOf(apiWith("b"), modelsOf)).toBe(2);
  expect(await roundOf(apiWith("a", "b", "a-round-2"), modelsOf)).toBe(3);
});

test("a world's clock stands still until it is moved, and never goes back", () => {
  const clock = worldClock(1000);
  clock.moveTo(5000);
  clock.moveTo(2000);
  expect(clock.now()).toBe(5000);
});
