import type { Random } from "@gauntlet/core";

import { addDangerSlope } from "../danger.ts";
import { classWeights, CLASSES, logLoss, softmaxInPlace, type Dataset, type Training } from "../dataset.ts";
import { adam } from "./adam.ts";
import { newLearner, passBackward, passForward, settled, type Learner } from "./learner.ts";
import { predictNetwork, type Network } from "./network.ts";
import { standardScale } from "./standard-scale.ts";

export interface NetworkRule {
  /** Widths of the hidden layers; none makes a multinomial logistic model. */
  readonly hidden: readonly number[];
  readonly dropout: number;
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  /** Of the squares of all parameters, halved. */
  readonly weightDecay: number;
  /** Rows of a rare class count for more, so that all classes count alike. */
  readonly balanced: boolean;
  /** Epochs without a better validation before the rate is halved; null: never. */
  readonly plateau: number | null;
  /** Epochs without a better validation before it ends. */
  readonly patience: number;
  readonly lambdaDanger: number;
}

/** The defaults of the reference's second family, with the best weights kept and validated at every epoch. */
export const NETWORK_RULE: NetworkRule = { hidden: [64, 32], dropout: 0.3, epochs: 200, batch: 64, learningRate: 3e-3, weightDecay: 1e-4, balanced: false, plateau: 7, patience: 15, lambdaDanger: 0 };

/** Those of the third: a penalty of 1 on the squares is a weight decay of 2. */
export const LOGISTIC_RULE: NetworkRule = { hidden: [], dropout: 0, epochs: 100, batch: 64, learningRate: 5e-3, weightDecay: 2, balanced: true, plateau: null, patience: 25, lambdaDanger: 0 };

const IMPROVEMENT_MIN = 1e-6;

/** Learns from `data`, and keeps what did best on `validation`. Deterministic but for `random`. */
export function trainNetwork({ data, validation }: { readonly data: Dataset; readonly validation: Dataset }, rule: NetworkRule, { random, onRound }: Training): Network {
  const scaler = standardScale(data);
  const learner = newLearner(data.columns, rule, random);
  const optimiser = adam(learner.parameters.length, rule);
  const weights = rule.balanced ? classWeights(data.labels) : [1, 1, 1];
  let best = settled(learner, scaler);
  let bestLoss = Infinity;
  let since = 0;
  let train: number | null = null;
  const buffers = { values: new Float64Array(rule.batch * data.columns), slopes: new Float64Array(rule.batch * CLASSES) };
  for (let epoch = 0; epoch < rule.epochs; epoch++) {
    const now = settled(learner, scaler);
    const loss = lossOf(now, validation);
    onRound?.(epoch, { train, validation: loss });
    if (loss < bestLoss - IMPROVEMENT_MIN) {
      best = now;
      bestLoss = loss;
      since = 0;
    } else if (++since >= rule.patience) break;
    else if (rule.plateau !== null && since % rule.plateau === 0) optimiser.learningRate /= 2;
    const order = shuffled(data.rows, random);
    let sum = 0;
    for (let at = 0; at < order.length; at += rule.batch) {
      const batch = { rows: order.subarray(at, at + rule.batch), data, scaler, weights, buffers };
      // A batch of one has no deviation to be normalised by.
      if (batch.rows.length < 2) continue;
      const { gradient, loss: own } = gradientOf(learner, { ...batch, rule, random });
      optimiser.step(learner.parameters, gradient);
      sum += own;
    }
    train = sum / data.rows;
  }
  const last = settled(learner, scaler);
  return lossOf(last, validation) < bestLoss - IMPROVEMENT_MIN ? last : best;
}

interface Batch {
  readonly rows: Uint32Array;
  readonly data: Dataset;
  readonly scaler: ReturnType<typeof standardScale>;
  readonly weights: readonly number[];
  /** Written anew for every batch. */
  readonly buffers: { readonly values: Float64Array; readonly slopes: Float64Array };
  readonly rule: NetworkRule;
  readonly random: Random;
}

/** The gradient of the mean loss of a batch, and the sum of its rows' log losses. */
function gradientOf(learner: Learner, { rows, data, scaler, weights, buffers: { values, slopes }, rule, random }: Batch): { readonly gradient: Float64Array; readonly loss: number } {
  for (const [i, row] of rows.entries()) {
    for (let c = 0; c < data.columns; c++) values[i * data.columns + c] = (data.features[row * data.columns + c]! - scaler.mean[c]!) / scaler.scale[c]!;
  }
  const pass = passForward(learner, { rows: rows.length, values, dropout: rule.dropout, random });
  const chances = pass.outputs;
  let total = 0;
  let loss = 0;
  for (const row of rows) total += weights[data.labels[row]!]!;
  for (const [i, row] of rows.entries()) {
    const label = data.labels[row]!;
    const from = i * CLASSES;
    softmaxInPlace(chances, from);
    loss -= Math.log(Math.max(1e-15, chances[from + label]!));
    for (let k = 0; k < CLASSES; k++) slopes[from + k] = (chances[from + k]! - (k === label ? 1 : 0)) * weights[label]!;
    if (rule.lambdaDanger > 0) addDangerSlope(slopes, { chances, from, label, lambda: rule.lambdaDanger });
    for (let k = 0; k < CLASSES; k++) slopes[from + k]! /= total;
  }
  return { gradient: passBackward(learner, pass, slopes), loss };
}

function lossOf(network: Network, data: Dataset): number {
  const chances = new Float64Array(data.rows * CLASSES);
  for (let row = 0; row < data.rows; row++) chances.set(predictNetwork(network, data.features, row * data.columns), row * CLASSES);
  return logLoss(chances, data.labels);
}

function shuffled(n: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
