import type { Bins } from "./bins.ts";

export interface Gradients {
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** Sums of first and second derivatives by bin, for the columns that a tree may split by: pairs, column after column. */
export type Histogram = Float64Array;

/** The columns of a tree, and where the sums of each begin in its histograms. */
export interface HistogramPlan {
  /** Those that have a cut at all. */
  readonly columns: readonly number[];
  readonly starts: Uint32Array;
  readonly length: number;
}

export function histogramPlan({ cuts }: Bins, columns: Uint32Array): HistogramPlan {
  const cut = [...columns].filter((column) => cuts[column]!.length > 0);
  const starts = new Uint32Array(cut.length);
  let length = 0;
  for (const [i, column] of cut.entries()) {
    starts[i] = length;
    length += (cuts[column]!.length + 1) * 2;
  }
  return { columns: cut, starts, length };
}

/** Of some rows, whose sums over all of them are known. */
export function histogramOf(bins: Bins, gradients: Gradients, { plan, rows, total }: { readonly plan: HistogramPlan; readonly rows: Uint32Array; readonly total: { readonly gradient: number; readonly hessian: number } }): Histogram {
  const sums = new Float64Array(plan.length);
  const all = bins.codes.length / bins.cuts.length;
  for (const [i, column] of plan.columns.entries()) {
    const codes = bins.codes.subarray(column * all, (column + 1) * all);
    if (bins.cuts[column]!.length === 1) addTwoBins(sums, plan.starts[i]!, { codes, rows, gradients, total });
    else addBins(sums, plan.starts[i]!, { codes, rows, gradients });
  }
  return sums;
}

interface Column {
  readonly codes: Uint8Array;
  readonly rows: Uint32Array;
  readonly gradients: Gradients;
}

function addBins(sums: Histogram, at: number, { codes, rows, gradients: { first, second } }: Column): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const to = at + codes[row]! * 2;
    sums[to]! += first[row]!;
    sums[to + 1]! += second[row]!;
  }
}

/** More than half of the columns are 0 or 1: only the ones are summed, two rows abreast, and the zeros are the rest. */
function addTwoBins(sums: Histogram, at: number, { codes, rows, gradients: { first, second }, total }: Column & { readonly total: { readonly gradient: number; readonly hessian: number } }): void {
  let [gradient, hessian, otherGradient, otherHessian] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 2 <= rows.length; i += 2) {
    const row = rows[i]!;
    const other = rows[i + 1]!;
    const code = codes[row]!;
    const otherCode = codes[other]!;
    gradient += code * first[row]!;
    hessian += code * second[row]!;
    otherGradient += otherCode * first[other]!;
    otherHessian += otherCode * second[other]!;
  }
  if (i < rows.length) {
    gradient += codes[rows[i]!]! * first[rows[i]!]!;
    hessian += codes[rows[i]!]! * second[rows[i]!]!;
  }
  sums[at + 2] = gradient + otherGradient;
  sums[at + 3] = hessian + otherHessian;
  sums[at] = total.gradient - sums[at + 2]!;
  sums[at + 1] = total.hessian - sums[at + 3]!;
}

/** That of a node's other child: what one has is what the other lacks. */
export function histogramRest(parent: Histogram, child: Histogram): Histogram {
  const rest = new Float64Array(parent.length);
  for (let i = 0; i < rest.length; i++) rest[i] = parent[i]! - child[i]!;
  return rest;
}
