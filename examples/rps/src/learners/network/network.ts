import { CLASSES, softmaxInPlace } from "../dataset.ts";

/** Linear layers with rectifiers between them, and a softmax. Without a hidden layer it is a multinomial logistic model. */
export interface Network {
  readonly kind: "network";
  readonly columns: number;
  /** Taken from each column before the first layer, and by what the rest is divided. */
  readonly mean: Float32Array;
  readonly scale: Float32Array;
  readonly layers: readonly Layer[];
}

export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** Output after output. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** Chances of the three classes for the row of `features` that begins at `from`. */
export function predictNetwork({ columns, mean, scale, layers }: Network, features: Float32Array, from = 0): Float64Array {
  let values = new Float64Array(columns);
  for (let i = 0; i < columns; i++) values[i] = (features[from + i]! - mean[i]!) / scale[i]!;
  for (const [at, { inputs, outputs, weights, bias }] of layers.entries()) {
    const next = new Float64Array(outputs);
    for (let o = 0; o < outputs; o++) {
      let sum = bias[o]!;
      for (let i = 0; i < inputs; i++) sum += weights[o * inputs + i]! * values[i]!;
      next[o] = at === layers.length - 1 ? sum : Math.max(0, sum);
    }
    values = next;
  }
  if (values.length !== CLASSES) throw new RangeError(`the last layer has ${values.length} outputs, not ${CLASSES}`);
  softmaxInPlace(values, 0);
  return values;
}
