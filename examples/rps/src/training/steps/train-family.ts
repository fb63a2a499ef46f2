import { randomStream } from "@gauntlet/core";

import { predictorOf } from "../../artifact/model-folder.ts";
import { CLASSES, likeliest, logLoss, selectRows, type Dataset, type Losses } from "../../learners/dataset.ts";
import type { Model } from "../../learners/model.ts";
import { MOVES } from "../../rules/moves.ts";
import type { GameDataset } from "../data/game-dataset.ts";
import { fitRecipe, foldRecipe, roundsOf, servingDangerOf } from "../recipe/fit-recipe.ts";
import type { Recipe } from "../recipe/recipe.ts";
import { everyFifth, foldsOf, holdout, rowsOf, type GameRows } from "../split-games.ts";

export type StepName = "holdout" | "production" | "fold 1" | "fold 2" | "fold 3";

export interface StepProgress {
  readonly step: StepName;
  /** Rounds or epochs done, of so many at most: early stopping ends sooner. */
  readonly round: number;
  readonly rounds: number;
  readonly losses: Losses;
}

export interface FamilyTraining {
  readonly recipe: Recipe;
  readonly rows: GameDataset;
  /** The same seed gives the same model and figures. */
  readonly seed: number;
  readonly onProgress?: (progress: StepProgress) => void;
}

export interface Fold {
  readonly rows: number;
  readonly accuracy: number;
}

export interface TrainedFamily {
  readonly recipe: Recipe;
  /** That of the second step: it is what serves. */
  readonly model: Model;
  /** Under the documented names. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Losses of the second step, round by round. */
  readonly curve: readonly Losses[];
  /** Of the hold-out's test: what the user did, by what was foretold; in canonical order. */
  readonly confusion: readonly (readonly number[])[];
  readonly folds: readonly Fold[];
}

const FOLDS = 3;

/**
 * Three trainings with whole games kept together: the oldest three fifths of rows, tested on the newest fifth; the model that serves, of
 * four games in five; and three folds of the first's games. What a training is measured by takes no part in it: neither in
 * its scale, nor in when it ends.
 * @throws RangeError for fewer games than can be split so.
 */
export function trainFamily({ recipe, rows: { data, games }, seed, onProgress }: FamilyTraining): TrainedFamily {
  const fit = (step: StepName, own: Recipe, parts: Pick<ReturnType<typeof everyFifth>, "train" | "validation">): Fitted => {
    const curve: Losses[] = [];
    const rounds = roundsOf(own);
    const onRound = (round: number, losses: Losses): void => {
      curve.push(losses);
      onProgress?.({ step, round, rounds, losses });
    };
    const model = fitRecipe(own, { data: selectRows(data, rowsOf(parts.train)), validation: selectRows(data, rowsOf(parts.validation)), random: randomStream(seed, STREAMS[step]), onRound });
    const scored = (of: readonly GameRows[]): Scored => scoreRows(model, recipe, selectRows(data, rowsOf(of)));
    return { model, curve, scored };
  };
  const parts = holdout(games);
  const first = fit("holdout", recipe, parts);
  const test = first.scored(parts.test);
  const production = everyFifth(games);
  const second = fit("production", recipe, production);
  const folds = foldsOf(parts.train, FOLDS).map((fold, i): Fold => {
    const others = parts.train.filter((game) => !fold.includes(game));
    const { scored } = fit(`fold ${i + 1}` as StepName, foldRecipe(recipe), everyFifth(others));
    return { rows: rowsOf(fold).length, accuracy: accuracyOf(scored(fold)) };
  });
  const validated = second.scored(production.validation);
  const metrics = {
    val_acc_holdout: accuracyOf(first.scored(parts.validation)),
    test_acc_holdout: accuracyOf(test),
    test_accuracy: accuracyOf(test),
    ...Object.fromEntries(MOVES.map((move, k) => [`test_acc_${move}`, recallOf(test, k)])),
    test_log_loss: test.loss,
    train_acc_production: accuracyOf(second.scored(production.train)),
    val_acc_production: accuracyOf(validated),
    val_log_loss_production: validated.loss,
    ...foldMetrics(folds),
    rows: data.rows,
    games: games.length,
    test_rows: rowsOf(parts.test).length,
  };
  return { recipe, model: second.model, metrics, curve: second.curve, confusion: test.counts, folds };
}

const STREAMS: Readonly<Record<StepName, number>> = { holdout: 1, production: 2, "fold 1": 3, "fold 2": 4, "fold 3": 5 };

interface Fitted {
  readonly model: Model;
  readonly curve: readonly Losses[];
  readonly scored: (of: readonly GameRows[]) => Scored;
}

interface Scored {
  /** By true move, then by the likeliest one. */
  readonly counts: readonly (readonly number[])[];
  /** Mean log loss. */
  readonly loss: number;
}

function scoreRows(model: Model, recipe: Recipe, data: Dataset): Scored {
  const predict = predictorOf(model, servingDangerOf(recipe));
  const counts = MOVES.map(() => [0, 0, 0]);
  const chances = new Float64Array(data.rows * CLASSES);
  for (let row = 0; row < data.rows; row++) {
    const own = predict(data.features.subarray(row * data.columns, (row + 1) * data.columns));
    chances.set(own, row * CLASSES);
    counts[data.labels[row]!]![likeliest(own)]!++;
  }
  return { counts, loss: logLoss(chances, data.labels) };
}

function accuracyOf({ counts }: Scored): number {
  const all = counts.flat().reduce((sum, count) => sum + count, 0);
  return all === 0 ? 0 : counts.reduce((sum, row, k) => sum + row[k]!, 0) / all;
}

/** The share of rows of a move that were foretold; 0 where it never came. */
function recallOf({ counts }: Scored, move: number): number {
  const all = counts[move]!.reduce((sum, count) => sum + count, 0);
  return all === 0 ? 0 : counts[move]![move]! / all;
}

/** Mean and deviation, each fold counted by its rows. */
function foldMetrics(folds: readonly Fold[]): Readonly<Record<string, number>> {
  const rows = folds.reduce((sum, fold) => sum + fold.rows, 0);
  const mean = folds.reduce((sum, fold) => sum + fold.rows * fold.accuracy, 0) / rows;
  const variance = folds.reduce((sum, fold) => sum + fold.rows * (fold.accuracy - mean) ** 2, 0) / rows;
  return { cv_mean_acc: mean, cv_std_acc: Math.sqrt(variance), ...Object.fromEntries(folds.map(({ accuracy }, i) => [`cv_fold_${i + 1}_acc`, accuracy])) };
}
