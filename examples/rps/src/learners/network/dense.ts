/** A linear layer while it learns: its parameters are a part of one long vector, weights output after output, then bias. */
export interface Dense {
  readonly inputs: number;
  readonly outputs: number;
  /** Where its parameters begin. */
  readonly at: number;
}

export function denseSize({ inputs, outputs }: Dense): number {
  return (inputs + 1) * outputs;
}

/** Outputs or rows that are summed side by side: one sum alone would wait for its own last addition at every step. */
const ABREAST = 4;

/** Sums for each row of a batch. */
export function denseForward({ inputs, outputs, at }: Dense, parameters: Float64Array, batch: { readonly rows: number; readonly values: Float64Array; readonly sums: Float64Array }): void {
  const { rows, values, sums } = batch;
  const biasAt = at + inputs * outputs;
  let o = 0;
  for (; o + ABREAST <= outputs; o += ABREAST) {
    const first = at + o * inputs;
    const [second, third, fourth] = [first + inputs, first + 2 * inputs, first + 3 * inputs];
    for (let row = 0; row < rows; row++) {
      const from = row * inputs;
      let a = parameters[biasAt + o]!;
      let b = parameters[biasAt + o + 1]!;
      let c = parameters[biasAt + o + 2]!;
      let d = parameters[biasAt + o + 3]!;
      for (let i = 0; i < inputs; i++) {
        const value = values[from + i]!;
        a += parameters[first + i]! * value;
        b += parameters[second + i]! * value;
        c += parameters[third + i]! * value;
        d += parameters[fourth + i]! * value;
      }
      const to = row * outputs + o;
      sums[to] = a;
      sums[to + 1] = b;
      sums[to + 2] = c;
      sums[to + 3] = d;
    }
  }
  for (; o < outputs; o++) {
    const weightsAt = at + o * inputs;
    for (let row = 0; row < rows; row++) {
      let sum = parameters[biasAt + o]!;
      for (let i = 0; i < inputs; i++) sum += parameters[weightsAt + i]! * values[row * inputs + i]!;
      sums[row * outputs + o] = sum;
    }
  }
}

interface Backward {
  readonly rows: number;
  readonly values: Float64Array;
  readonly sumSlopes: Float64Array;
  readonly gradient: Float64Array;
  readonly valueSlopes: Float64Array | null;
}

/** Adds to the gradient what the slopes of the sums say, and writes the slopes of the values where they are asked for. */
export function denseBackward(dense: Dense, parameters: Float64Array, batch: Backward): void {
  addGradient(dense, batch);
  if (batch.valueSlopes !== null) writeValueSlopes(dense, parameters, { ...batch, valueSlopes: batch.valueSlopes });
}

function addGradient({ inputs, outputs, at }: Dense, { rows, values, sumSlopes, gradient }: Backward): void {
  const biasAt = at + inputs * outputs;
  for (let o = 0; o < outputs; o++) {
    const weightsAt = at + o * inputs;
    let row = 0;
    for (; row + ABREAST <= rows; row += ABREAST) {
      const a = sumSlopes[row * outputs + o]!;
      const b = sumSlopes[(row + 1) * outputs + o]!;
      const c = sumSlopes[(row + 2) * outputs + o]!;
      const d = sumSlopes[(row + 3) * outputs + o]!;
      const first = row * inputs;
      const [second, third, fourth] = [first + inputs, first + 2 * inputs, first + 3 * inputs];
      gradient[biasAt + o]! += a + b + (c + d);
      for (let i = 0; i < inputs; i++) gradient[weightsAt + i]! += a * values[first + i]! + b * values[second + i]! + (c * values[third + i]! + d * values[fourth + i]!);
    }
    for (; row < rows; row++) {
      const slope = sumSlopes[row * outputs + o]!;
      gradient[biasAt + o]! += slope;
      for (let i = 0; i < inputs; i++) gradient[weightsAt + i]! += slope * values[row * inputs + i]!;
    }
  }
}

function writeValueSlopes({ inputs, outputs, at }: Dense, parameters: Float64Array, { rows, sumSlopes, valueSlopes }: Backward & { readonly valueSlopes: Float64Array }): void {
  valueSlopes.fill(0, 0, rows * inputs);
  for (let row = 0; row < rows; row++) {
    const to = row * inputs;
    let o = 0;
    for (; o + ABREAST <= outputs; o += ABREAST) {
      const from = row * outputs + o;
      const a = sumSlopes[from]!;
      const b = sumSlopes[from + 1]!;
      const c = sumSlopes[from + 2]!;
      const d = sumSlopes[from + 3]!;
      const first = at + o * inputs;
      const [second, third, fourth] = [first + inputs, first + 2 * inputs, first + 3 * inputs];
      for (let i = 0; i < inputs; i++) valueSlopes[to + i]! += a * parameters[first + i]! + b * parameters[second + i]! + (c * parameters[third + i]! + d * parameters[fourth + i]!);
    }
    for (; o < outputs; o++) {
      const slope = sumSlopes[row * outputs + o]!;
      for (let i = 0; i < inputs; i++) valueSlopes[to + i]! += slope * parameters[at + o * inputs + i]!;
    }
  }
}
