import type { Bins } from "./bins.ts";
import type { Tree } from "./tree.ts";

export interface TreeRule {
  readonly depth: number;
  readonly learningRate: number;
  /** The least sum of second derivatives in a leaf. */
  readonly minChildWeight: number;
  readonly lambda: number;
  readonly alpha: number;
  readonly gamma: number;
}

export interface Gradients {
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** What is known of the rows of a node. */
interface Node {
  readonly rows: Uint32Array;
  readonly gradient: number;
  readonly hessian: number;
  readonly parent: number;
  readonly depth: number;
}

interface Split {
  readonly column: number;
  /** Rows of bins up to this one go left. */
  readonly bin: number;
  readonly gain: number;
  readonly gradient: number;
  readonly hessian: number;
}

const BINS_MAX = 256;
/** Gains below this are rounding. */
const GAIN_MIN = 1e-6;

/**
 * One regression tree on first and second derivatives, split by split where the regularised gain is greatest (Chen &
 * Guestrin 2016, "XGBoost", eq. 7, with the soft threshold of an L1 penalty), over histograms of bins.
 */
export function growTree(bins: Bins, gradients: Gradients, { rows, columns, rule }: { readonly rows: Uint32Array; readonly columns: Uint32Array; readonly rule: TreeRule }): Tree {
  const nodes: Node[] = [rootOf(rows, gradients)];
  const splits: (Split | null)[] = [];
  const children: [number, number][] = [];
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at]!;
    const split = node.depth < rule.depth ? bestSplit(bins, gradients, { node, columns, rule }) : null;
    splits.push(split);
    children.push([-1, -1]);
    if (split === null) continue;
    const [left, right] = partition(bins, node.rows, split);
    children[at] = [nodes.length, nodes.length + 1];
    nodes.push({ rows: left, gradient: split.gradient, hessian: split.hessian, parent: at, depth: node.depth + 1 });
    nodes.push({ rows: right, gradient: node.gradient - split.gradient, hessian: node.hessian - split.hessian, parent: at, depth: node.depth + 1 });
  }
  const weights = nodes.map((node) => weightOf(node, rule));
  return {
    left: Int32Array.from(children, ([left]) => left),
    right: Int32Array.from(children, ([, right]) => right),
    parent: Int32Array.from(nodes, ({ parent }) => parent),
    column: Int32Array.from(splits, (split) => split?.column ?? 0),
    value: Float32Array.from(splits, (split, i) => (split === null ? weights[i]! * rule.learningRate : bins.cuts[split.column]![split.bin]!)),
    gain: Float32Array.from(splits, (split) => split?.gain ?? 0),
    hessian: Float32Array.from(nodes, ({ hessian }) => hessian),
    weight: Float32Array.from(weights),
  };
}

function rootOf(rows: Uint32Array, { first, second }: Gradients): Node {
  let gradient = 0;
  let hessian = 0;
  for (const row of rows) {
    gradient += first[row]!;
    hessian += second[row]!;
  }
  return { rows, gradient, hessian, parent: -1, depth: 0 };
}

function bestSplit(bins: Bins, { first, second }: Gradients, { node, columns, rule }: { readonly node: Node; readonly columns: Uint32Array; readonly rule: TreeRule }): Split | null {
  const all = bins.codes.length / bins.cuts.length;
  const sums = new Float64Array(BINS_MAX * 2);
  const own = scoreOf(node, rule);
  let best: Split | null = null;
  for (const column of columns) {
    const cuts = bins.cuts[column]!.length;
    if (cuts === 0) continue;
    sums.fill(0, 0, (cuts + 1) * 2);
    const offset = column * all;
    for (const row of node.rows) {
      const bin = bins.codes[offset + row]! * 2;
      sums[bin]! += first[row]!;
      sums[bin + 1]! += second[row]!;
    }
    let gradient = 0;
    let hessian = 0;
    for (let bin = 0; bin < cuts; bin++) {
      gradient += sums[bin * 2]!;
      hessian += sums[bin * 2 + 1]!;
      const rest = { gradient: node.gradient - gradient, hessian: node.hessian - hessian };
      if (hessian < rule.minChildWeight || rest.hessian < rule.minChildWeight) continue;
      const gain = scoreOf({ gradient, hessian }, rule) + scoreOf(rest, rule) - own;
      if (gain > (best?.gain ?? Math.max(GAIN_MIN, rule.gamma))) best = { column, bin, gain, gradient, hessian };
    }
  }
  return best;
}

function partition(bins: Bins, rows: Uint32Array, { column, bin }: Split): readonly [Uint32Array, Uint32Array] {
  const offset = column * (bins.codes.length / bins.cuts.length);
  const left = rows.filter((row) => bins.codes[offset + row]! <= bin);
  const right = rows.filter((row) => bins.codes[offset + row]! > bin);
  return [left, right];
}

interface Sums {
  readonly gradient: number;
  readonly hessian: number;
}

function scoreOf({ gradient, hessian }: Sums, { lambda, alpha }: TreeRule): number {
  const shrunk = softThreshold(gradient, alpha);
  return (shrunk * shrunk) / (hessian + lambda);
}

function weightOf({ gradient, hessian }: Sums, { lambda, alpha }: TreeRule): number {
  return -softThreshold(gradient, alpha) / (hessian + lambda) + 0;
}

function softThreshold(value: number, by: number): number {
  return value > by ? value - by : value < -by ? value + by : 0;
}
