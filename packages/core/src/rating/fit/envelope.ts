import { Failure } from "../../failure/failure.ts";
import type { Slope } from "./likelihood.ts";

/**
 * Where the factor of a symmetric matrix may be other than zero: in each row, from the first entry to the diagonal
 * (Jennings 1966; George & Liu 1981, ch. 4).
 */
export interface Envelope {
  /** Position of each variable in the order, −1 for fixed ones. */
  readonly position: Int32Array;
  readonly order: Uint32Array;
  readonly first: Uint32Array;
  /** Where row i begins in the factor, minus first[i]: its entry j is at starts[i] + j. */
  readonly starts: Float64Array;
  readonly length: number;
  /** Multiplications of a factorisation, about. */
  readonly work: number;
}

export interface Factor {
  readonly envelope: Envelope;
  /** Unit lower triangle L of A = L·D·Lᵀ. */
  readonly lower: Float64Array;
  readonly pivots: Float64Array;
}

export function envelopeOf(pattern: { readonly rows: Uint32Array; readonly cols: Uint32Array }, order: Uint32Array, size: number): Envelope {
  const position = new Int32Array(size).fill(-1);
  for (let i = 0; i < order.length; i++) position[order[i]!] = i;
  const first = Uint32Array.from(order, (_, i) => i);
  for (let e = 0; e < pattern.rows.length; e++) {
    const a = position[pattern.rows[e]!]!;
    const b = position[pattern.cols[e]!]!;
    if (a < 0 || b < 0) continue;
    const low = Math.min(a, b);
    const high = Math.max(a, b);
    if (low < first[high]!) first[high] = low;
  }
  const starts = new Float64Array(order.length);
  let length = 0;
  let work = 0;
  for (let i = 0; i < order.length; i++) {
    const width = i - first[i]!;
    starts[i] = length - first[i]!;
    length += width;
    work += (width * width) / 2;
  }
  return { position, order, first, starts, length, work };
}

/** L·D·Lᵀ of the negative Hessian, row by row. @throws Failure `invalid_input` when it is not positive definite. */
export function factorise(envelope: Envelope, pattern: { readonly rows: Uint32Array; readonly cols: Uint32Array }, slope: Slope): Factor {
  const { order, first, starts, position } = envelope;
  const lower = new Float64Array(envelope.length);
  const pivots = Float64Array.from(order, (variable) => slope.diagonal[variable]!);
  for (let e = 0; e < pattern.rows.length; e++) {
    const a = position[pattern.rows[e]!]!;
    const b = position[pattern.cols[e]!]!;
    if (a >= 0 && b >= 0) lower[starts[Math.max(a, b)]! + Math.min(a, b)]! += slope.entries[e]!;
  }
  for (let i = 0; i < order.length; i++) {
    const own = starts[i]!;
    const from = first[i]!;
    for (let j = from + 1; j < i; j++) {
      const other = starts[j]!;
      let sum = lower[own + j]!;
      for (let k = Math.max(from, first[j]!); k < j; k++) sum -= lower[own + k]! * lower[other + k]!;
      lower[own + j] = sum;
    }
    const diagonal = pivots[i]!;
    let pivot = diagonal;
    for (let j = from; j < i; j++) {
      const scaled = lower[own + j]!;
      const entry = scaled / pivots[j]!;
      pivot -= scaled * entry;
      lower[own + j] = entry;
    }
    if (!(pivot > diagonal * 1e-14)) throw noMaximum();
    pivots[i] = pivot;
  }
  return { envelope, lower, pivots };
}

export function noMaximum(): Failure {
  return new Failure("invalid_input", "the likelihood has no finite maximum: some strength, tie or seat is without bound", { fix: "add matches that go the other way, or virtual games (priorGames), or leave ties or seats out of the model" });
}

/** Solves in place; what belongs to fixed variables becomes 0. */
export function solve({ envelope, lower, pivots }: Factor, values: Float64Array): void {
  const { order, first, starts } = envelope;
  const x = Float64Array.from(order, (variable) => values[variable]!);
  for (let i = 0; i < x.length; i++) {
    const own = starts[i]!;
    let sum = x[i]!;
    for (let j = first[i]!; j < i; j++) sum -= lower[own + j]! * x[j]!;
    x[i] = sum;
  }
  for (let i = 0; i < x.length; i++) x[i]! /= pivots[i]!;
  for (let i = x.length - 1; i >= 0; i--) {
    const own = starts[i]!;
    const value = x[i]!;
    for (let j = first[i]!; j < i; j++) x[j]! -= lower[own + j]! * value;
  }
  values.fill(0);
  for (let i = 0; i < x.length; i++) values[order[i]!] = x[i]!;
}

/** The diagonal of the inverse, 0 for fixed variables, without the rest of it (Takahashi, Fagan & Chin 1973). */
export function inverseDiagonal({ envelope, lower, pivots }: Factor): Float64Array {
  const { order, starts } = envelope;
  const n = order.length;
  const inverse = new Float64Array(lower.length);
  const diagonal = new Float64Array(n);
  const below = rowsBelow(envelope);
  for (let j = n - 1; j >= 0; j--) {
    const rows = below[j]!;
    let own = 1 / pivots[j]!;
    for (const i of rows) {
      let sum = 0;
      for (const k of rows) {
        const z = k === i ? diagonal[i]! : k > i ? inverse[starts[k]! + i]! : inverse[starts[i]! + k]!;
        sum -= lower[starts[k]! + j]! * z;
      }
      inverse[starts[i]! + j] = sum;
      own -= lower[starts[i]! + j]! * sum;
    }
    diagonal[j] = own;
  }
  const result = new Float64Array(envelope.position.length);
  for (let i = 0; i < n; i++) result[order[i]!] = diagonal[i]!;
  return result;
}

function rowsBelow({ first }: Envelope): readonly Uint32Array[] {
  const lists: number[][] = Array.from(first, () => []);
  for (let i = 0; i < first.length; i++) for (let j = first[i]!; j < i; j++) lists[j]!.push(i);
  return lists.map((list) => Uint32Array.from(list));
}
