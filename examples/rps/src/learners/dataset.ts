import type { Random } from "@gauntlet/core";

/** Rows to learn from: columns side by side, and the class of each row. */
export interface Dataset {
  readonly rows: number;
  readonly columns: number;
  /** Row after row. */
  readonly features: Float32Array;
  /** 0, 1 or 2. */
  readonly labels: Uint8Array;
}

export const CLASSES = 3;

/** With what a learner is trained beside its data and its rule. */
export interface Training {
  readonly random: Random;
  /** Told before each round or epoch, from 0. */
  readonly onRound?: (round: number, losses: Losses) => void;
}

/** Mean log losses of what has been learned so far. */
export interface Losses {
  /** Null before the first epoch of a network; then that of its passes, dropout and all. */
  readonly train: number | null;
  /** Null without a validation. */
  readonly validation: number | null;
}

/** @throws RangeError for rows of different lengths, or a class that is none. */
export function datasetOf(rows: readonly ArrayLike<number>[], labels: readonly number[]): Dataset {
  const columns = rows[0]?.length ?? 0;
  if (rows.length !== labels.length) throw new RangeError(`${rows.length} rows and ${labels.length} labels`);
  const features = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries()) {
    if (row.length !== columns) throw new RangeError(`row ${i} has ${row.length} columns, the first ${columns}`);
    features.set(row, i * columns);
  }
  const wrong = labels.findIndex((label) => !Number.isInteger(label) || label < 0 || label >= CLASSES);
  if (wrong >= 0) throw new RangeError(`row ${wrong} is of class ${labels[wrong]}; there are ${CLASSES}`);
  return { rows: rows.length, columns, features, labels: Uint8Array.from(labels) };
}

/** Some rows of a dataset, in the order they are named. */
export function selectRows(data: Dataset, chosen: ArrayLike<number>): Dataset {
  const features = new Float32Array(chosen.length * data.columns);
  const labels = new Uint8Array(chosen.length);
  for (let i = 0; i < chosen.length; i++) {
    const row = chosen[i]!;
    features.set(data.features.subarray(row * data.columns, (row + 1) * data.columns), i * data.columns);
    labels[i] = data.labels[row]!;
  }
  return { rows: chosen.length, columns: data.columns, features, labels };
}

/** Writes e to each value, over their sum; the greatest is taken away first, so that nothing overflows. */
export function softmaxInPlace(values: Float64Array, from: number): void {
  let most = -Infinity;
  for (let k = 0; k < CLASSES; k++) most = Math.max(most, values[from + k]!);
  let sum = 0;
  for (let k = 0; k < CLASSES; k++) sum += values[from + k] = Math.exp(values[from + k]! - most);
  for (let k = 0; k < CLASSES; k++) values[from + k]! /= sum;
}

/** The share of rows whose likeliest class is the right one; of equals the first. */
export function accuracy(probabilities: Float64Array, labels: Uint8Array): number {
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (likeliest(probabilities, i * CLASSES) === labels[i]) right++;
  return labels.length === 0 ? 0 : right / labels.length;
}

/** The class of the greatest chance; of equals the first. */
export function likeliest(probabilities: ArrayLike<number>, from = 0): number {
  let best = 0;
  for (let k = 1; k < CLASSES; k++) if (probabilities[from + k]! > probabilities[from + best]!) best = k;
  return best;
}

/** Mean of −ln of the chance given to what happened. */
export function logLoss(probabilities: Float64Array, labels: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) sum -= Math.log(Math.max(1e-15, probabilities[i * CLASSES + labels[i]!]!));
  return labels.length === 0 ? 0 : sum / labels.length;
}

/** n/(3·n_k), as "balanced" usually means; a class that isn't there counts for nothing. */
export function classWeights(labels: Uint8Array): readonly number[] {
  return Array.from({ length: CLASSES }, (_, k) => {
    const count = labels.reduce((sum, label) => sum + (label === k ? 1 : 0), 0);
    return count === 0 ? 0 : labels.length / (CLASSES * count);
  });
}
