import type { Dataset } from "../dataset.ts";

/** Columns cut into at most 256 bins each, so that a split is looked for among bins and not among rows. */
export interface Bins {
  /** Column after column, the bin of each row. */
  readonly codes: Uint8Array;
  /** Of each column, the cuts in ascending order: bin b holds values from cut b−1 up to below cut b. */
  readonly cuts: readonly Float32Array[];
}

const CUTS_MAX = 255;

/** Cuts half-way between neighbouring values; where there are too many of them, at evenly spaced ranks. */
export function binColumns({ rows, columns, features }: Dataset): Bins {
  const codes = new Uint8Array(rows * columns);
  const cuts: Float32Array[] = [];
  const values = new Float32Array(rows);
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) values[row] = features[row * columns + column]!;
    const own = cutsOf(values.toSorted());
    cuts.push(own);
    for (let row = 0; row < rows; row++) codes[column * rows + row] = binOf(own, values[row]!);
  }
  return { codes, cuts };
}

function cutsOf(sorted: Float32Array): Float32Array {
  const between: number[] = [];
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i]! > sorted[i - 1]!) between.push(Math.fround((sorted[i]! + sorted[i - 1]!) / 2));
  }
  if (between.length <= CUTS_MAX) return Float32Array.from(new Set(between));
  return Float32Array.from(new Set(Array.from({ length: CUTS_MAX }, (_, i) => between[Math.floor(((i + 1) * between.length) / (CUTS_MAX + 1))]!)));
}

/** How many cuts are at most `value`. */
function binOf(cuts: Float32Array, value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cuts[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
