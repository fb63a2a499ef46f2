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

/** Sums for each row of a batch. */
export function denseForward({ inputs, outputs, at }: Dense, parameters: Float64Array, batch: { readonly rows: number; readonly values: Float64Array; readonly sums: Float64Array }): void {
  const { rows, values, sums } = batch;
  const biasAt = at + inputs * outputs;
  for (let row = 0; row < rows; row++) {
    const from = row * inputs;
    for (let o = 0; o < outputs; o++) {
      const weightsAt = at + o * inputs;
      let sum = parameters[biasAt + o]!;
      for (let i = 0; i < inputs; i++) sum += parameters[weightsAt + i]! * values[from + i]!;
      sums[row * outputs + o] = sum;
    }
  }
}

/** Adds to the gradient what the slopes of the sums say, and writes the slopes of the values where they are asked for. */
export function denseBackward(
  { inputs, outputs, at }: Dense,
  parameters: Float64Array,
  batch: { readonly rows: number; readonly values: Float64Array; readonly sumSlopes: Float64Array; readonly gradient: Float64Array; readonly valueSlopes: Float64Array | null },
): void {
  const { rows, values, sumSlopes, gradient, valueSlopes } = batch;
  const biasAt = at + inputs * outputs;
  valueSlopes?.fill(0, 0, rows * inputs);
  for (let row = 0; row < rows; row++) {
    const from = row * inputs;
    for (let o = 0; o < outputs; o++) {
      const slope = sumSlopes[row * outputs + o]!;
      if (slope === 0) continue;
      const weightsAt = at + o * inputs;
      gradient[biasAt + o]! += slope;
      for (let i = 0; i < inputs; i++) gradient[weightsAt + i]! += slope * values[from + i]!;
      if (valueSlopes === null) continue;
      for (let i = 0; i < inputs; i++) valueSlopes[from + i]! += slope * parameters[weightsAt + i]!;
    }
  }
}
