import type { Random } from "@gauntlet/core";

import { classWeights, CLASSES, logLoss, softmaxInPlace, type Dataset, type Training } from "../dataset.ts";
import { addDangerSlope } from "../danger.ts";
import { binColumns } from "./bins.ts";
import { growTree, type TreeRule } from "./grow-tree.ts";
import { treeMargin, type Tree } from "./tree.ts";

export interface BoostedTrees {
  readonly kind: "trees";
  readonly columns: number;
  /** Round after round, a tree for each class. */
  readonly trees: readonly Tree[];
}

export interface TreesRule extends TreeRule {
  readonly rounds: number;
  /** The share of rows that a round sees. */
  readonly subsample: number;
  /** The share of columns that a tree may split by. */
  readonly columnsByTree: number;
  /** Rows of a rare class count for more, so that all classes count alike. */
  readonly balanced: boolean;
  /** Rounds without a better validation before it ends and what came after the best is dropped; null: all rounds are kept. */
  readonly patience: number | null;
  readonly lambdaDanger: number;
}

/** The defaults of the reference's first family. */
export const TREES_RULE: TreesRule = { rounds: 300, learningRate: 0.05, depth: 3, minChildWeight: 2, subsample: 0.8, columnsByTree: 0.7, lambda: 2, alpha: 0.1, gamma: 0, balanced: false, patience: null, lambdaDanger: 0 };

/** Added to every margin before the first tree; it cancels in the softmax, and is written into the file. */
export const BASE_SCORE = 0.5;

/**
 * Softmax of sums of trees, grown one after another on what the ones before leave over. Deterministic but for `random`.
 * With a validation and a patience it ends early, and keeps the trees up to the best round.
 */
export function trainTrees(data: Dataset, rule: TreesRule, { random, onRound, validation }: Training & { readonly validation?: Dataset }): BoostedTrees {
  const bins = binColumns(data);
  const fit = marginsOf(data);
  const check = validation === undefined ? null : marginsOf(validation);
  const weights = rule.balanced ? classWeights(data.labels) : [1, 1, 1];
  const trees: Tree[] = [];
  const first = new Float64Array(data.rows);
  const second = new Float64Array(data.rows);
  let best = { loss: Infinity, rounds: 0 };
  const look = (round: number): boolean => {
    const losses = { train: lossOf(fit), validation: check === null ? null : lossOf(check) };
    onRound?.(round, losses);
    if (rule.patience === null || losses.validation === null) return false;
    if (losses.validation < best.loss) best = { loss: losses.validation, rounds: round };
    return round - best.rounds >= rule.patience;
  };
  let round = 0;
  for (; round < rule.rounds && !look(round); round++) {
    const slopes = slopesOf(fit.chances, data.labels, rule.lambdaDanger);
    const rows = sampleOf(data.rows, rule.subsample, random);
    for (let k = 0; k < CLASSES; k++) {
      for (let row = 0; row < data.rows; row++) {
        const weight = weights[data.labels[row]!]!;
        const p = fit.chances[row * CLASSES + k]!;
        first[row] = weight * slopes[row * CLASSES + k]!;
        // The bound of the second derivative that softmax boosting usually takes: twice the diagonal.
        second[row] = Math.max(weight * 2 * p * (1 - p), 1e-16);
      }
      const columns = sampleOf(data.columns, rule.columnsByTree, random);
      const tree = growTree(bins, { first, second }, { rows, columns, rule });
      trees.push(tree);
      addMargins(fit, tree, k);
      if (check !== null) addMargins(check, tree, k);
    }
  }
  if (rule.patience === null || check === null) return { kind: "trees", columns: data.columns, trees };
  const last = lossOf(check);
  const kept = last < best.loss ? round : Math.max(1, best.rounds);
  return { kind: "trees", columns: data.columns, trees: trees.slice(0, kept * CLASSES) };
}

interface Margins {
  readonly data: Dataset;
  readonly margins: Float64Array;
  readonly chances: Float64Array;
}

function marginsOf(data: Dataset): Margins {
  return { data, margins: new Float64Array(data.rows * CLASSES).fill(BASE_SCORE), chances: new Float64Array(data.rows * CLASSES) };
}

function addMargins({ data, margins }: Margins, tree: Tree, k: number): void {
  for (let row = 0; row < data.rows; row++) margins[row * CLASSES + k]! += treeMargin(tree, data.features, row * data.columns);
}

/** Of the margins as they are, whose chances it leaves behind. */
function lossOf({ data, margins, chances }: Margins): number {
  chances.set(margins);
  for (let row = 0; row < data.rows; row++) softmaxInPlace(chances, row * CLASSES);
  return logLoss(chances, data.labels);
}

/** Chances of the three classes for the row of `features` that begins at `from`. */
export function predictTrees({ trees }: BoostedTrees, features: Float32Array, from = 0): Float64Array {
  const margins = new Float64Array(CLASSES).fill(BASE_SCORE);
  for (let i = 0; i < trees.length; i++) margins[i % CLASSES]! += treeMargin(trees[i]!, features, from);
  softmaxInPlace(margins, 0);
  return margins;
}

/** First derivatives of the loss by the margins. */
function slopesOf(chances: Float64Array, labels: Uint8Array, lambda: number): Float64Array {
  const slopes = chances.slice();
  for (const [row, label] of labels.entries()) {
    slopes[row * CLASSES + label]! -= 1;
    if (lambda > 0) addDangerSlope(slopes, { chances, from: row * CLASSES, label, lambda });
  }
  return slopes;
}

/** A share of the positions 0 … n−1, at least one, in ascending order. */
function sampleOf(n: number, share: number, random: Random): Uint32Array {
  const all = Uint32Array.from({ length: n }, (_, i) => i);
  const wanted = Math.max(1, Math.min(n, Math.round(n * share)));
  for (let i = 0; i < wanted; i++) {
    const j = i + Math.floor(random() * (n - i));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.subarray(0, wanted).toSorted();
}
