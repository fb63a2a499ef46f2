import { expect, test } from "vitest";

import { SLOTS } from "../serving/slots.ts";
import { trainingRules } from "./training-rules.ts";

const rules = (mode: "strict" | "compat") => trainingRules(mode, { isRunning: async (type) => type === "xgboost" });

test("strict: Production changes by promotion alone, B not while a cycle runs, shadows at any time", async () => {
  const { earned, mayMove } = rules("strict");
  expect(earned).toEqual(["Production"]);
  expect(await Promise.all(SLOTS.map((slot) => mayMove("xgboost", slot)))).toEqual([false, false, true, true]);
  expect(await Promise.all(SLOTS.map((slot) => mayMove("feedforward_nn", slot)))).toEqual([true, true, true, true]);
});

test("compat: all four are retrained at any time, as in the reference", async () => {
  const { earned, mayMove } = rules("compat");
  expect(earned).toEqual([]);
  expect(await Promise.all(SLOTS.map((slot) => mayMove("xgboost", slot)))).toEqual([true, true, true, true]);
});
