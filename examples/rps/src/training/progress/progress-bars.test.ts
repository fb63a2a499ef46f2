import { expect, test } from "vitest";

import { recipeOf } from "../recipe/recipe.ts";
import type { TrainingTask } from "../train-tasks.ts";
import { progressBars, shareOf } from "./progress-bars.ts";

const task: TrainingTask = { recipe: recipeOf("xgboost", {}), name: "B", description: "", alias: "B", stage: null, tags: {} };
const trained = { kind: "trained", task, version: "7", runId: "r", digest: "d", metrics: { test_accuracy: 0.5 }, alias: "kept", seconds: 1.25 } as const;

test("a bar grows with every step, and never beyond its end", () => {
  const shares = (["holdout", "production", "fold 1", "fold 2", "fold 3"] as const).flatMap((step) => [0, 5, 10].map((round) => shareOf({ step, round, rounds: 10 })));
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
});

test("a terminal has a bar a model, drawn over itself; a log a line for each that ended", () => {
  const terminal: string[] = [];
  const bars = progressBars([task], { isTTY: true, write: (text) => terminal.push(text) });
  bars.progress({ task, step: "production", round: 50, rounds: 100, losses: { train: 1.2, validation: 0.91 } });
  bars.result(trained);
  expect(terminal.map((text) => text.startsWith("\u001B[1A"))).toEqual([false, true]);
  expect(terminal[0]).toMatch(/^.{3}rps_bot_xgboost B +█{9}░{15} production, 50 of 100, loss 0.910\n$/);
  expect(terminal[1]).toMatch(/version 7: 50.0 % of the newest fifth, B stays where it is, 1.3 s\n$/);
  const log: string[] = [];
  const lines = progressBars([task], { write: (text) => log.push(text) });
  lines.progress({ task, step: "holdout", round: 0, rounds: 100, losses: { train: null, validation: null } });
  lines.result({ kind: "failed", task, message: "no games", seconds: 0 });
  expect(log).toEqual([expect.stringContaining("failed: no games")]);
});
