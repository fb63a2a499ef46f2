import type { Random } from "@gauntlet/core";

import { CLASSES } from "../dataset.ts";
import { newBatchNorm, normAsLine, normBackward, normForward, type BatchNorm } from "./batch-norm.ts";
import { denseBackward, denseForward, denseSize, type Dense } from "./dense.ts";
import type { Layer, Network } from "./network.ts";

/** A network while it learns: linear, batch norm, rectifier and dropout for each hidden layer, then a linear one. */
export interface Learner {
  readonly columns: number;
  readonly parameters: Float64Array;
  readonly gradient: Float64Array;
  readonly blocks: readonly Block[];
}

interface Block {
  readonly dense: Dense;
  /** Null in the last. */
  readonly norm: BatchNorm | null;
  /** What a pass writes, kept for the next one: thousands of batches would leave as many arrays behind. */
  readonly scratch: Scratch;
}

interface Scratch {
  rows: number;
  sums: Float64Array;
  normal: Float64Array;
  /** By what each output is multiplied: 0 where the rectifier or the dropout silences it. */
  factors: Float64Array;
  valueSlopes: Float64Array;
}

function scratchOf({ dense, norm, scratch }: Block, rows: number): Scratch {
  if (scratch.rows === rows) return scratch;
  const outputs = rows * dense.outputs;
  const hidden = norm === null ? 0 : outputs;
  return Object.assign(scratch, { rows, sums: new Float64Array(outputs), normal: new Float64Array(hidden), factors: new Float64Array(hidden), valueSlopes: new Float64Array(rows * dense.inputs) });
}

export function newLearner(columns: number, { hidden }: { readonly hidden: readonly number[] }, random: Random): Learner {
  const widths = [columns, ...hidden, CLASSES];
  const blocks: Block[] = [];
  let size = 0;
  for (const [i, inputs] of widths.slice(0, -1).entries()) {
    const dense = { inputs, outputs: widths[i + 1]!, at: size };
    size += denseSize(dense);
    const norm = i === hidden.length ? null : newBatchNorm(dense.outputs, size);
    size += norm === null ? 0 : 2 * norm.width;
    const empty = new Float64Array(0);
    blocks.push({ dense, norm, scratch: { rows: 0, sums: empty, normal: empty, factors: empty, valueSlopes: empty } });
  }
  const parameters = new Float64Array(size);
  for (const { dense, norm } of blocks) {
    // Evenly within ±√(6/(inputs + outputs)) (Glorot & Bengio 2010).
    const bound = Math.sqrt(6 / (dense.inputs + dense.outputs));
    for (let i = 0; i < dense.inputs * dense.outputs; i++) parameters[dense.at + i] = (2 * random() - 1) * bound;
    if (norm !== null) parameters.fill(1, norm.at, norm.at + norm.width);
  }
  return { columns, parameters, gradient: new Float64Array(size), blocks };
}

export interface Pass {
  readonly rows: number;
  /** Margins of the classes. */
  readonly outputs: Float64Array;
  readonly steps: readonly { readonly values: Float64Array; readonly normal: Float64Array; readonly inverse: Float64Array | null; readonly factors: Float64Array }[];
}

/** Its outputs are overwritten by the next pass. */
export function passForward({ blocks, parameters }: Learner, { rows, values, dropout, random }: { readonly rows: number; readonly values: Float64Array; readonly dropout: number; readonly random: Random }): Pass {
  const steps: Pass["steps"][number][] = [];
  let current = values;
  for (const block of blocks) {
    const { dense, norm } = block;
    const { sums, normal, factors } = scratchOf(block, rows);
    denseForward(dense, parameters, { rows, values: current, sums });
    const inverse = norm === null ? null : normForward(norm, parameters, { rows, sums, normal });
    for (let i = 0; i < factors.length; i++) {
      factors[i] = sums[i]! > 0 && (dropout === 0 || random() >= dropout) ? 1 / (1 - dropout) : 0;
      sums[i]! *= factors[i]!;
    }
    steps.push({ values: current, normal, inverse, factors });
    current = sums;
  }
  return { rows, outputs: current, steps };
}

/** The gradient of the parameters, from the slopes of the outputs; overwritten by the next. */
export function passBackward({ blocks, parameters, gradient }: Learner, { rows, steps }: Pass, outputSlopes: Float64Array): Float64Array {
  gradient.fill(0);
  let slopes = outputSlopes;
  for (let at = blocks.length - 1; at >= 0; at--) {
    const { dense, norm, scratch } = blocks[at]!;
    const { values, normal, inverse, factors } = steps[at]!;
    if (norm !== null && inverse !== null) {
      for (let i = 0; i < slopes.length; i++) slopes[i]! *= factors[i]!;
      normBackward(norm, parameters, { rows, slopes, normal, inverse, gradient });
    }
    const valueSlopes = at === 0 ? null : scratch.valueSlopes;
    denseBackward(dense, parameters, { rows, values, sumSlopes: slopes, gradient, valueSlopes });
    if (valueSlopes !== null) slopes = valueSlopes;
  }
  return gradient;
}

/** The network as it serves: the batch norms are folded into the linear layers before them. */
export function settled({ columns, parameters, blocks }: Learner, scaler: { readonly mean: Float32Array; readonly scale: Float32Array }): Network {
  const layers = blocks.map(({ dense, norm }): Layer => {
    const { inputs, outputs, at } = dense;
    const line = norm === null ? null : normAsLine(norm, parameters);
    const weights = new Float32Array(inputs * outputs);
    const bias = new Float32Array(outputs);
    for (let o = 0; o < outputs; o++) {
      const factor = line?.factor[o] ?? 1;
      for (let i = 0; i < inputs; i++) weights[o * inputs + i] = parameters[at + o * inputs + i]! * factor;
      bias[o] = parameters[at + inputs * outputs + o]! * factor + (line?.shift[o] ?? 0);
    }
    return { inputs, outputs, weights, bias };
  });
  return { kind: "network", columns, ...scaler, layers };
}
