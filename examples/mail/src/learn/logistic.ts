import { DIMENSIONS } from "../features/hash-features.ts";
import type { Features } from "../features/hash-features.ts";
import { randomSource } from "../random/random-source.ts";

/** A mail to learn from: its features and its truth. */
export interface Example {
  readonly features: Features;
  readonly spam: boolean;
}

export interface Learning {
  readonly epochs: number;
  /** Step of AdaGrad before it is divided by the root of the squared gradients. */
  readonly rate: number;
  /** Weight of the ridge penalty in each step, on the weights the example touches. */
  readonly l2: number;
  readonly seed: number;
}

/** What the world's versions are learnt with: chosen once, on training mails, and the same for both. */
export const LEARNING: Learning = { epochs: 20, rate: 0.5, l2: 1e-5, seed: 2002 };

/** Weights by feature index, and the bias that is added to every score. */
export interface Weights {
  readonly weights: Float32Array;
  readonly bias: number;
}

/**
 * Logistic regression by stochastic gradient descent with AdaGrad steps (Duchi, Hazan and Singer, 2011): minimises the
 * log loss with an L2 penalty, over seeded shuffles. The same examples in the same order give the same bits.
 */
export function learnLogistic(examples: readonly Example[], learning: Learning): Weights {
  const weights = new Float64Array(DIMENSIONS);
  const squares = new Float64Array(DIMENSIONS).fill(1e-8);
  let bias = 0;
  let biasSquares = 1e-8;
  const random = randomSource(learning.seed, "shuffle");
  const order = Uint32Array.from(examples.keys());
  for (let epoch = 0; epoch < learning.epochs; epoch++) {
    shuffle(order, random);
    for (const position of order) {
      const { features, spam } = examples[position]!;
      const error = probability({ weights, bias }, features) - (spam ? 1 : 0);
      biasSquares += error * error;
      bias -= (learning.rate * error) / Math.sqrt(biasSquares);
      for (let i = 0; i < features.indices.length; i++) {
        const index = features.indices[i]!;
        const gradient = error * features.values[i]! + learning.l2 * weights[index]!;
        squares[index]! += gradient * gradient;
        weights[index]! -= (learning.rate * gradient) / Math.sqrt(squares[index]!);
      }
    }
  }
  return { weights: Float32Array.from(weights), bias: Math.fround(bias) };
}

/** Probability of spam: the logistic function of the weighted sum. */
export function probability(model: { readonly weights: Float32Array | Float64Array; readonly bias: number }, features: Features): number {
  const { weights } = model;
  let sum = model.bias;
  for (let i = 0; i < features.indices.length; i++) sum += weights[features.indices[i]!]! * features.values[i]!;
  return 1 / (1 + Math.exp(-sum));
}

function shuffle(order: Uint32Array, random: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
}
