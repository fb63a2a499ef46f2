import type { Fleet } from "@gauntlet/client";
import { expect, test } from "vitest";

import { worldClock } from "../clock/world-clock.ts";
import { nameInRound, roundOf } from "./round-of.ts";

const holding = (...names: readonly string[]) => ({ models: { list: async () => ({ models: names.map((model) => ({ model })) }) as unknown as Fleet } });

test("a round is the first of which no model is there yet", async () => {
  const modelsOf = (round: number) => ["a", "b"].map((name) => nameInRound(name, round));
  expect(modelsOf(2)).toEqual(["a-round-2", "b-round-2"]);
  expect(await roundOf(holding("other"), modelsOf)).toBe(1);
  expect(await roundOf(holding("b"), modelsOf)).toBe(2);
  expect(await roundOf(holding("a", "b", "a-round-2"), modelsOf)).toBe(3);
});

test("a world's clock stands still until it is moved, and never goes back", () => {
  const clock = worldClock(1000);
  clock.moveTo(5000);
  clock.moveTo(2000);
  expect(clock.now()).toBe(5000);
});
