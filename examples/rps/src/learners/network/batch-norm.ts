/** Batch normalisation while it learns (Ioffe & Szegedy 2015): scale and shift are a part of the parameters. */
export interface BatchNorm {
  readonly width: number;
  /** Where its scales begin; its shifts come after them. */
  readonly at: number;
  /** What serving takes for the batch's own figures. */
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

const EPSILON = 1e-5;
const MOMENTUM = 0.1;

export function newBatchNorm(width: number, at: number): BatchNorm {
  return { width, at, mean: new Float64Array(width), variance: new Float64Array(width).fill(1) };
}

/** Normalises `sums` in place, keeps what the way back needs in `normal`, and returns one over each deviation. */
export function normForward({ width, at, mean, variance }: BatchNorm, parameters: Float64Array, { rows, sums, normal }: { readonly rows: number; readonly sums: Float64Array; readonly normal: Float64Array }): Float64Array {
  const inverse = new Float64Array(width);
  for (let o = 0; o < width; o++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += sums[row * width + o]!;
    const centre = sum / rows;
    let squares = 0;
    for (let row = 0; row < rows; row++) squares += (sums[row * width + o]! - centre) ** 2;
    inverse[o] = 1 / Math.sqrt(squares / rows + EPSILON);
    for (let row = 0; row < rows; row++) {
      const value = (sums[row * width + o]! - centre) * inverse[o]!;
      normal[row * width + o] = value;
      sums[row * width + o] = parameters[at + o]! * value + parameters[at + width + o]!;
    }
    mean[o] = (1 - MOMENTUM) * mean[o]! + MOMENTUM * centre;
    variance[o] = (1 - MOMENTUM) * variance[o]! + (MOMENTUM * squares) / Math.max(1, rows - 1);
  }
  return inverse;
}

/** Turns slopes of the outputs in place into those of the sums. */
export function normBackward({ width, at }: BatchNorm, parameters: Float64Array, batch: { readonly rows: number; readonly slopes: Float64Array; readonly normal: Float64Array; readonly inverse: Float64Array; readonly gradient: Float64Array }): void {
  const { rows, slopes, normal, inverse, gradient } = batch;
  for (let o = 0; o < width; o++) {
    let sum = 0;
    let product = 0;
    for (let row = 0; row < rows; row++) {
      sum += slopes[row * width + o]!;
      product += slopes[row * width + o]! * normal[row * width + o]!;
    }
    gradient[at + o]! += product;
    gradient[at + width + o]! += sum;
    const scale = (parameters[at + o]! * inverse[o]!) / rows;
    for (let row = 0; row < rows; row++) slopes[row * width + o] = scale * (rows * slopes[row * width + o]! - sum - normal[row * width + o]! * product);
  }
}

/** What serving multiplies each sum by, and adds. */
export function normAsLine({ width, at, mean, variance }: BatchNorm, parameters: Float64Array): { readonly factor: Float64Array; readonly shift: Float64Array } {
  const factor = new Float64Array(width);
  const shift = new Float64Array(width);
  for (let o = 0; o < width; o++) {
    factor[o] = parameters[at + o]! / Math.sqrt(variance[o]! + EPSILON);
    shift[o] = parameters[at + width + o]! - factor[o]! * mean[o]!;
  }
  return { factor, shift };
}
