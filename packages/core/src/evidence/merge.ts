import { Failure } from "../failure/failure.ts";
import type { Evidence, EvidenceCell, EvidenceItem, EvidenceKey } from "./evidence.ts";
import type { Histogram, Paired, Ratio, Statistic, WideInteger } from "./statistic.ts";
import { addWide } from "./wide-integer.ts";

/** Merges cells over time: one item per key, sorted by (metric, version, slot, mode), nothing empty (I9). */
export function gatherEvidence(cells: readonly EvidenceCell[]): Evidence {
  return gather(cells);
}

/** Both may be of any origin; what `gatherEvidence` says of its result holds here too. */
export function mergeEvidence(a: Evidence, b: Evidence): Evidence {
  return gather([...a, ...b]);
}

/**
 * The sum of two statistics of one kind; exact, commutative and associative, with `emptyStatistic` as identity.
 *
 * @throws Failure `internal` when the kinds differ, or a sum no longer fits its integer.
 */
export function mergeStatistics(a: Statistic, b: Statistic): Statistic {
  if (a.kind === "count" && b.kind === "count") return { kind: "count", n: a.n + b.n };
  if (a.kind === "rate" && b.kind === "rate") return { kind: "rate", n: a.n + b.n, hits: a.hits + b.hits };
  if (a.kind === "moments" && b.kind === "moments") {
    return { kind: "moments", n: a.n + b.n, sum: addWide(a.sum, b.sum), squares: addWide(a.squares, b.squares) };
  }
  if (a.kind === "histogram" && b.kind === "histogram") return mergeHistograms(a, b);
  if (a.kind === "confusion" && b.kind === "confusion") {
    return {
      kind: "confusion",
      truePositive: a.truePositive + b.truePositive,
      falsePositive: a.falsePositive + b.falsePositive,
      falseNegative: a.falseNegative + b.falseNegative,
      trueNegative: a.trueNegative + b.trueNegative,
    };
  }
  if (a.kind === "paired" && b.kind === "paired") return mergePaired(a, b);
  if (a.kind === "ratio" && b.kind === "ratio") return mergeRatios(a, b);
  throw new Failure("internal", `a statistic of kind ${a.kind} can't be merged with one of kind ${b.kind}`, {
    fix: "the metric changed its kind within one epoch: start a new rollout after such a change",
  });
}

/** The identity of `mergeStatistics`. */
export function emptyStatistic(kind: Statistic["kind"]): Statistic {
  return EMPTY[kind];
}

const ZERO: WideInteger = { high: 0, low: 0 };

const EMPTY: Readonly<Record<Statistic["kind"], Statistic>> = {
  count: { kind: "count", n: 0 },
  rate: { kind: "rate", n: 0, hits: 0 },
  moments: { kind: "moments", n: 0, sum: ZERO, squares: ZERO },
  histogram: { kind: "histogram", n: 0, zeros: 0, buckets: [] },
  confusion: { kind: "confusion", truePositive: 0, falsePositive: 0, falseNegative: 0, trueNegative: 0 },
  paired: { kind: "paired", cells: [0, 0, 0, 0, 0, 0, 0, 0] },
  ratio: { kind: "ratio", n: 0, requests: 0, numerator: ZERO, denominator: ZERO, numeratorSquares: ZERO, denominatorSquares: ZERO, products: ZERO },
};

/** True when merging it changes nothing: a delta that cancelled out. */
export function isEmptyStatistic(statistic: Statistic): boolean {
  switch (statistic.kind) {
    case "count":
      return statistic.n === 0;
    case "rate":
      return statistic.n === 0 && statistic.hits === 0;
    case "moments":
      return statistic.n === 0 && isZero(statistic.sum) && isZero(statistic.squares);
    case "histogram":
      return statistic.n === 0 && statistic.zeros === 0 && statistic.buckets.length === 0;
    case "confusion":
      return statistic.truePositive === 0 && statistic.falsePositive === 0 && statistic.falseNegative === 0 && statistic.trueNegative === 0;
    case "paired":
      return statistic.cells.every((count) => count === 0);
    case "ratio":
      return (
        statistic.n === 0 &&
        statistic.requests === 0 &&
        [statistic.numerator, statistic.denominator, statistic.numeratorSquares, statistic.denominatorSquares, statistic.products].every(isZero)
      );
    default:
      return statistic satisfies never;
  }
}

function isZero({ high, low }: WideInteger): boolean {
  return high === 0 && low === 0;
}

function gather(items: readonly EvidenceItem[]): Evidence {
  const merged = new Map<string, EvidenceItem>();
  for (const { version, slot, mode, metric, statistic } of items) {
    const key = JSON.stringify([metric, version, slot, mode]);
    const known = merged.get(key);
    merged.set(key, { version, slot, mode, metric, statistic: known === undefined ? statistic : mergeStatistics(known.statistic, statistic) });
  }
  return [...merged.values()].filter((item) => !isEmptyStatistic(item.statistic)).toSorted(compareKeys);
}

/** The order of evidence everywhere: metric, version, slot, mode; by UTF-16 code units. */
export function compareKeys(a: EvidenceKey, b: EvidenceKey): number {
  return compareText(a.metric, b.metric) || compareText(a.version, b.version) || compareText(a.slot, b.slot) || compareText(a.mode, b.mode);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function mergeHistograms(a: Histogram, b: Histogram): Histogram {
  const buckets: (readonly [number, number])[] = [];
  let i = 0;
  let j = 0;
  while (i < a.buckets.length || j < b.buckets.length) {
    const left = a.buckets[i];
    const right = b.buckets[j];
    if (right === undefined || (left !== undefined && left[0] < right[0])) {
      buckets.push(left as readonly [number, number]);
      i++;
    } else if (left === undefined || right[0] < left[0]) {
      buckets.push(right);
      j++;
    } else {
      if (left[1] + right[1] !== 0) buckets.push([left[0], left[1] + right[1]]);
      i++;
      j++;
    }
  }
  return { kind: "histogram", n: a.n + b.n, zeros: a.zeros + b.zeros, buckets };
}

function mergePaired(a: Paired, b: Paired): Paired {
  const [a0, a1, a2, a3, a4, a5, a6, a7] = a.cells;
  const [b0, b1, b2, b3, b4, b5, b6, b7] = b.cells;
  return { kind: "paired", cells: [a0 + b0, a1 + b1, a2 + b2, a3 + b3, a4 + b4, a5 + b5, a6 + b6, a7 + b7] };
}

function mergeRatios(a: Ratio, b: Ratio): Ratio {
  return {
    kind: "ratio",
    n: a.n + b.n,
    requests: a.requests + b.requests,
    numerator: addWide(a.numerator, b.numerator),
    denominator: addWide(a.denominator, b.denominator),
    numeratorSquares: addWide(a.numeratorSquares, b.numeratorSquares),
    denominatorSquares: addWide(a.denominatorSquares, b.denominatorSquares),
    products: addWide(a.products, b.products),
  };
}
