import { expect, test } from "vitest";

import { MODEL_TYPES } from "../../artifact/model-types.ts";
import { recipeOf } from "../recipe/recipe.ts";
import { rowsOf, type GameRows } from "../split-games.ts";
import { datasetOfAll, playedGames } from "../testing/played-games.ts";
import type { GameDataset } from "../data/game-dataset.ts";
import { trainFamily } from "./train-family.ts";

const SMALL = { xgboost: { n_estimators: 20 }, feedforward_nn: { epochs: 20, hidden_dims: [16], dropout: 0.1 }, multinomial_logistic: { epochs: 12, l2: 0.01 } } as const;

test.each(MODEL_TYPES)("%s: figures under the documented names; the same seed gives the same model", (type) => {
  const rows = datasetOfAll(playedGames(40, { seed: 31, players: ["cal"] }));
  const steps = new Set<string>();
  const recipe = recipeOf(type, SMALL[type]);
  const trained = trainFamily({ recipe, rows, seed: 5, onProgress: ({ step, round, rounds }) => { if (round < rounds) steps.add(step); } });
  expect([...steps]).toEqual(["holdout", "production", "fold 1", "fold 2", "fold 3"]);
  expect(Object.keys(trained.metrics)).toEqual(expect.arrayContaining(["val_acc_holdout", "test_acc_holdout", "test_accuracy", "test_acc_rock", "test_acc_paper", "test_acc_scissors", "train_acc_production", "val_acc_production", "cv_mean_acc", "cv_std_acc", "cv_fold_1_acc", "cv_fold_2_acc", "cv_fold_3_acc"]));
  // Cal nearly always beats the most valuable move.
  expect(trained.metrics["test_accuracy"]).toBeGreaterThan(type === "xgboost" ? 0.85 : 0.6);
  const tested = trained.confusion.flat().reduce((sum, count) => sum + count, 0);
  expect(trained.metrics["test_accuracy"]).toBeCloseTo(trained.confusion.reduce((sum, row, k) => sum + row[k]!, 0) / tested, 12);
  const weighted = trained.folds.reduce((sum, fold) => sum + fold.rows * fold.accuracy, 0) / trained.folds.reduce((sum, fold) => sum + fold.rows, 0);
  expect(trained.metrics["cv_mean_acc"]).toBeCloseTo(weighted, 12);
  expect(trainFamily({ recipe, rows, seed: 5 })).toEqual(trained);
});

/** The same rows, with other labels in some of them. */
function relabelled({ data, games }: GameDataset, chosen: readonly GameRows[]): GameDataset {
  const labels = data.labels.slice();
  const features = data.features.slice();
  for (const row of rowsOf(chosen)) {
    labels[row] = (labels[row]! + 1) % 3;
    for (let c = 0; c < data.columns; c++) features[row * data.columns + c]! += 7;
  }
  return { data: { ...data, labels, features }, games };
}

test("I28: nothing leaks: what a step is tested on changes neither its model nor the other figures", () => {
  const rows = datasetOfAll(playedGames(30, { seed: 32 }));
  const recipe = recipeOf("multinomial_logistic", SMALL.multinomial_logistic);
  const before = trainFamily({ recipe, rows, seed: 5 });
  // The newest fifth is the test of the first step, and no fold's.
  const newest = rows.games.slice(-4);
  const after = trainFamily({ recipe, rows: relabelled(rows, newest), seed: 5 });
  expect(after.metrics["val_acc_holdout"]).toBe(before.metrics["val_acc_holdout"]);
  expect(after.folds).toEqual(before.folds);
  expect(after.metrics["test_accuracy"]).not.toBe(before.metrics["test_accuracy"]);
});

test("I28: a fold's own games take no part in the training that it measures", () => {
  // A habit that no feature tells: labels by the game's number. Whoever has seen a fold's games could know them by heart.
  const { data, games } = datasetOfAll(playedGames(60, { seed: 33 }));
  const labels = data.labels.slice();
  const features = data.features.slice();
  for (const [i, { rows }] of games.entries()) {
    for (const row of rows) {
      labels[row] = (i * 7 + Math.floor(i / 3)) % 3;
      features.fill(0, row * data.columns, (row + 1) * data.columns);
      features[row * data.columns + (i % data.columns)] = 1 + Math.floor(i / data.columns);
    }
  }
  const { metrics } = trainFamily({ recipe: recipeOf("xgboost", { n_estimators: 60, early_stopping_rounds: null, min_child_weight: 0.5 }), rows: { data: { ...data, labels, features }, games }, seed: 5 });
  expect(metrics["train_acc_production"]).toBeGreaterThan(0.9);
  expect(metrics["cv_mean_acc"]).toBeLessThan(0.55);
  expect(metrics["test_accuracy"]).toBeLessThan(0.6);
});

test("too few games are refused", () => {
  expect(() => trainFamily({ recipe: recipeOf("xgboost", {}), rows: datasetOfAll(playedGames(2, { seed: 34 })), seed: 1 })).toThrow(/2 games/);
});
