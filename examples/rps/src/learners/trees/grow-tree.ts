import type { Bins } from "./bins.ts";
import { histogramOf, histogramPlan, histogramRest, type Gradients, type Histogram, type HistogramPlan } from "./histogram.ts";
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

/** What is known of the rows of a node. */
interface Node {
  readonly rows: Uint32Array;
  readonly gradient: number;
  readonly hessian: number;
  readonly parent: number;
  readonly depth: number;
  /** Null where no split is looked for, and from where one was. */
  histogram: Histogram | null;
}

interface Split {
  readonly column: number;
  /** Rows of bins up to this one go left. */
  readonly bin: number;
  readonly gain: number;
  readonly gradient: number;
  readonly hessian: number;
}

/** Gains below this are rounding. */
const GAIN_MIN = 1e-6;

/**
 * One regression tree on first and second derivatives, split by split where the regularised gain is greatest (Chen &
 * Guestrin 2016, "XGBoost", eq. 7, with the soft threshold of an L1 penalty), over histograms of bins.
 */
export function growTree(bins: Bins, gradients: Gradients, { rows, columns, rule }: { readonly rows: Uint32Array; readonly columns: Uint32Array; readonly rule: TreeRule }): Tree {
  const plan = histogramPlan(bins, columns);
  const root = rootOf(rows, gradients);
  if (rule.depth > 0) root.histogram = histogramOf(bins, gradients, { plan, rows, total: root });
  const nodes: Node[] = [root];
  const splits: (Split | null)[] = [];
  const children: [number, number][] = [];
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at]!;
    const split = node.histogram === null ? null : bestSplit(bins, node, { plan, histogram: node.histogram, rule });
    splits.push(split);
    children.push([-1, -1]);
    if (split !== null) {
      children[at] = [nodes.length, nodes.length + 1];
      const [left, right] = partition(bins, node.rows, split);
      const pair: readonly [Node, Node] = [
        { rows: left, gradient: split.gradient, hessian: split.hessian, parent: at, depth: node.depth + 1, histogram: null },
        { rows: right, gradient: node.gradient - split.gradient, hessian: node.hessian - split.hessian, parent: at, depth: node.depth + 1, histogram: null },
      ];
      if (node.depth + 1 < rule.depth) measure(pair, { bins, gradients, plan, parent: node.histogram! });
      nodes.push(...pair);
    }
    node.histogram = null;
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

/** The child of fewer rows is counted, the other is what remains. */
function measure([left, right]: readonly [Node, Node], { bins, gradients, plan, parent }: { readonly bins: Bins; readonly gradients: Gradients; readonly plan: HistogramPlan; readonly parent: Histogram }): void {
  const [small, large] = left.rows.length <= right.rows.length ? [left, right] : [right, left];
  small.histogram = histogramOf(bins, gradients, { plan, rows: small.rows, total: small });
  large.histogram = histogramRest(parent, small.histogram);
}

function rootOf(rows: Uint32Array, { first, second }: Gradients): Node {
  let gradient = 0;
  let hessian = 0;
  for (const row of rows) {
    gradient += first[row]!;
    hessian += second[row]!;
  }
  return { rows, gradient, hessian, parent: -1, depth: 0, histogram: null };
}

function bestSplit({ cuts }: Bins, node: Node, { plan, histogram, rule }: { readonly plan: HistogramPlan; readonly histogram: Histogram; readonly rule: TreeRule }): Split | null {
  const own = scoreOf(node.gradient, node.hessian, rule);
  let best: Split | null = null;
  let most = Math.max(GAIN_MIN, rule.gamma);
  for (const [i, column] of plan.columns.entries()) {
    const start = plan.starts[i]!;
    const bins = cuts[column]!.length;
    let gradient = 0;
    let hessian = 0;
    for (let bin = 0; bin < bins; bin++) {
      gradient += histogram[start + bin * 2]!;
      hessian += histogram[start + bin * 2 + 1]!;
      const rest = node.hessian - hessian;
      if (hessian < rule.minChildWeight || rest < rule.minChildWeight) continue;
      const gain = scoreOf(gradient, hessian, rule) + scoreOf(node.gradient - gradient, rest, rule) - own;
      if (gain <= most) continue;
      most = gain;
      best = { column, bin, gain, gradient, hessian };
    }
  }
  return best;
}

/** In the order of the rows on both sides. */
function partition(bins: Bins, rows: Uint32Array, { column, bin }: Split): readonly [Uint32Array, Uint32Array] {
  const offset = column * (bins.codes.length / bins.cuts.length);
  const sorted = new Uint32Array(rows.length);
  let left = 0;
  for (let i = 0; i < rows.length; i++) if (bins.codes[offset + rows[i]!]! <= bin) sorted[left++] = rows[i]!;
  let right = left;
  for (let i = 0; i < rows.length; i++) if (bins.codes[offset + rows[i]!]! > bin) sorted[right++] = rows[i]!;
  return [sorted.subarray(0, left), sorted.subarray(left)];
}

function scoreOf(gradient: number, hessian: number, { lambda, alpha }: TreeRule): number {
  const shrunk = softThreshold(gradient, alpha);
  return (shrunk * shrunk) / (hessian + lambda);
}

function weightOf({ gradient, hessian }: Node, { lambda, alpha }: TreeRule): number {
  return -softThreshold(gradient, alpha) / (hessian + lambda) + 0;
}

function softThreshold(value: number, by: number): number {
  return value > by ? value - by : value < -by ? value + by : 0;
}
