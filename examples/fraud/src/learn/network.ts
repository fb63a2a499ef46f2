import { randomStream } from "@gauntlet/core";

import { normal } from "../chance/draw.ts";

/** One hidden layer of rectified sums, one logistic output. Row-major, as many inputs a hidden unit as there are columns. */
export interface Network {
  readonly inputs: number;
  readonly hidden: number;
  readonly first: readonly number[];
  readonly firstBias: readonly number[];
  readonly second: readonly number[];
  readonly secondBias: number;
}

export interface Example {
  readonly row: Float64Array;
  readonly fraud: boolean;
}

export interface Learning {
  readonly hidden: number;
  readonly epochs: number;
  readonly rate: number;
  /** Weight of the ridge penalty in each step. */
  readonly l2: number;
  readonly seed: number;
}

/** Mean log loss after each epoch. */
export interface Losses {
  readonly train: readonly number[];
  readonly validation: readonly number[];
}

/**
 * Learns by stochastic gradient descent with AdaGrad steps (Duchi, Hazan & Singer 2011) on the log loss. The same examples and
 * seed give the same bits. Keeps the last epoch's weights, or with `best` those of the least validation loss.
 */
export function learnNetwork(examples: readonly Example[], validation: readonly Example[], learning: Learning & { readonly best: boolean }): { readonly network: Network; readonly losses: Losses } {
  const inputs = examples[0]?.row.length ?? 0;
  const random = randomStream(learning.seed, 0);
  const work = openWork(inputs, learning, () => normal(random));
  const order = Uint32Array.from(examples.keys());
  const losses = { train: [] as number[], validation: [] as number[] };
  let kept = frozen(work);
  for (let epoch = 0; epoch < learning.epochs; epoch++) {
    shuffle(order, random);
    for (const position of order) step(work, examples[position] as Example, learning);
    const network = frozen(work);
    losses.train.push(meanLoss(network, examples));
    losses.validation.push(meanLoss(network, validation));
    if (!learning.best || losses.validation.at(-1) === Math.min(...losses.validation)) kept = network;
  }
  return { network: kept, losses };
}

/** From 0 to 1. */
export function scoreOf({ inputs, hidden, first, firstBias, second, secondBias }: Network, row: Float64Array): number {
  let sum = secondBias;
  for (let unit = 0; unit < hidden; unit++) {
    let activation = firstBias[unit] as number;
    for (let i = 0; i < inputs; i++) activation += (first[unit * inputs + i] as number) * (row[i] as number);
    if (activation > 0) sum += activation * (second[unit] as number);
  }
  return 1 / (1 + Math.exp(-sum));
}

interface Work {
  readonly inputs: number;
  readonly hidden: number;
  /** First layer, its biases, second layer, its bias. */
  readonly weights: Float64Array;
  readonly squares: Float64Array;
  readonly activations: Float64Array;
}

function openWork(inputs: number, { hidden }: Learning, draw: () => number): Work {
  const size = hidden * (inputs + 2) + 1;
  const weights = new Float64Array(size);
  for (let i = 0; i < hidden * inputs; i++) weights[i] = draw() * Math.sqrt(2 / inputs);
  for (let unit = 0; unit < hidden; unit++) weights[hidden * (inputs + 1) + unit] = draw() * Math.sqrt(2 / hidden);
  return { inputs, hidden, weights, squares: new Float64Array(size).fill(1e-8), activations: new Float64Array(hidden) };
}

function step({ inputs, hidden, weights, squares, activations }: Work, { row, fraud }: Example, { rate, l2 }: Learning): void {
  const biasAt = hidden * inputs;
  const secondAt = biasAt + hidden;
  const lastAt = secondAt + hidden;
  let sum = weights[lastAt] as number;
  for (let unit = 0; unit < hidden; unit++) {
    let activation = weights[biasAt + unit] as number;
    for (let i = 0; i < inputs; i++) activation += (weights[unit * inputs + i] as number) * (row[i] as number);
    activations[unit] = activation > 0 ? activation : 0;
    sum += (activations[unit] as number) * (weights[secondAt + unit] as number);
  }
  const error = 1 / (1 + Math.exp(-sum)) - (fraud ? 1 : 0);
  const move = (at: number, gradient: number) => {
    squares[at] = (squares[at] as number) + gradient * gradient;
    weights[at] = (weights[at] as number) - (rate * gradient) / Math.sqrt(squares[at] as number);
  };
  for (let unit = 0; unit < hidden; unit++) {
    if (activations[unit] === 0) continue;
    const out = weights[secondAt + unit] as number;
    move(secondAt + unit, error * (activations[unit] as number) + l2 * out);
    move(biasAt + unit, error * out);
    for (let i = 0; i < inputs; i++) move(unit * inputs + i, error * out * (row[i] as number) + l2 * (weights[unit * inputs + i] as number));
  }
  move(lastAt, error);
}

function frozen({ inputs, hidden, weights }: Work): Network {
  const biasAt = hidden * inputs;
  const part = (from: number, to: number) => [...weights.subarray(from, to)];
  return { inputs, hidden, first: part(0, biasAt), firstBias: part(biasAt, biasAt + hidden), second: part(biasAt + hidden, biasAt + 2 * hidden), secondBias: weights.at(-1) as number };
}

function meanLoss(network: Network, examples: readonly Example[]): number {
  let sum = 0;
  for (const { row, fraud } of examples) {
    const score = scoreOf(network, row);
    sum -= Math.log(Math.max(1e-12, fraud ? score : 1 - score));
  }
  return sum / Math.max(1, examples.length);
}

function shuffle(order: Uint32Array, random: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const held = order[i] as number;
    order[i] = order[j] as number;
    order[j] = held;
  }
}
