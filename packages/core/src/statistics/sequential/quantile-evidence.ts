import { HISTOGRAM_GROWTH } from "../../evidence/histogram.ts";
import { Failure } from "../../failure/failure.ts";
import type { Histogram } from "../../evidence/statistic.ts";
import { requireInside } from "../input.ts";
import { logBinomialEvidence } from "./binomial-evidence.ts";
import { evidenceOf, type Evidence, type Side } from "./evidence.ts";

/** Values that can't be told apart (a bucket, or one value), in rising order, and how many each arm has of them. */
export interface ValueGroup {
  readonly champion: number;
  readonly challenger: number;
}

export interface QuantileNull {
  /** Which quantile, in (0, 1). */
  readonly q: number;
  /** two: the quantiles are equal. greater: the challenger's is at most the champion's; less: at least. */
  readonly side: Side;
  readonly concentration: number;
}

/**
 * Sequential comparison of a quantile of two arms (Howard & Ramdas 2022, §6): if x were the quantile of both, the number of
 * values up to x would be binomial in each arm, and the product of the two beta-binomial mixtures would be fair; the
 * evidence is the smallest product over all x. Exact for independent values of any distribution, with ties. Of a group only the counts at its edges are known, and within it
 * the most favourable count to the null is taken: buckets cost power, never validity. One-sided, the mixtures are cut off at q.
 */
export function quantileEvidence(groups: readonly ValueGroup[], { q, side, concentration }: QuantileNull): Evidence {
  requireInside("q", q);
  if (side === "less") return quantileEvidence(groups.map(({ champion, challenger }) => ({ champion: challenger, challenger: champion })), { q, side: "greater", concentration });
  const n = { champion: 0, challenger: 0 };
  for (const group of groups) {
    if (!isCount(group.champion) || !isCount(group.challenger)) throw new Failure("invalid_input", `a bucket has ${group.champion} and ${group.challenger} values`, { fix: "give whole numbers from 0 up" });
    n.champion += group.champion;
    n.challenger += group.challenger;
  }
  if (n.champion === 0 || n.challenger === 0) return evidenceOf(0, "exact");
  const sides = side === "two" ? (["two", "two"] as const) : (["greater", "less"] as const);
  const arms = { champion: armOf(n.champion, { q, side: sides[0], concentration }), challenger: armOf(n.challenger, { q, side: sides[1], concentration }) };
  return evidenceOf(smallest(groups, arms), "exact");
}

/**
 * The same on two log-bucket histograms. `ratio` is the rise the null allows: against "the challenger's quantile is at
 * least ratio times the champion's" (side `less`) or "at most" (`greater`). A ratio moves the buckets by a whole number of indexes, rounded
 * against a rejection; `two` takes no ratio but 1.
 */
export function histogramQuantileEvidence(arms: { readonly champion: Histogram; readonly challenger: Histogram; readonly ratio: number }, hypothesis: QuantileNull): Evidence {
  const { champion, challenger, ratio } = arms;
  if (!(ratio > 0 && ratio < Number.POSITIVE_INFINITY) || (hypothesis.side === "two" && ratio !== 1)) throw new Failure("invalid_input", `quantiles can't be compared at a ratio of ${ratio}`, { fix: "give a number above 0; 1 for a two-sided comparison" });
  const steps = Math.log(ratio) / Math.log(HISTOGRAM_GROWTH);
  const shift = ratio === 1 ? 0 : hypothesis.side === "less" ? Math.floor(steps + 1e-9) : Math.ceil(steps - 1e-9);
  const cells = new Map<number, { champion: number; challenger: number }>();
  const cell = (index: number) => {
    const found = cells.get(index) ?? { champion: 0, challenger: 0 };
    cells.set(index, found);
    return found;
  };
  for (const [index, count] of champion.buckets) cell(index).champion += count;
  for (const [index, count] of challenger.buckets) cell(index - shift).challenger += count;
  const groups = [...cells].toSorted(([a], [b]) => a - b).map(([, counts]) => counts);
  return quantileEvidence([{ champion: champion.zeros, challenger: challenger.zeros }, ...groups], hypothesis);
}

/** ln E of one arm when `count` of its values lie up to x; it falls to `best` and rises after it. */
interface ArmEvidence {
  readonly log: (count: number) => number;
  readonly best: number;
}

function armOf(n: number, { q, side, concentration }: QuantileNull): ArmEvidence {
  const log = (count: number) => logBinomialEvidence({ hits: count, misses: n - count }, { share: q, side, concentration });
  if (side !== "two") return { log, best: side === "less" ? n : 0 };
  return { log, best: lowestOf(log, n) };
}

/** ln E is convex in the count: golden section. */
function lowestOf(log: (count: number) => number, n: number): number {
  let low = 0;
  let high = n;
  for (let step = 0; step < 80 && high - low > 1e-9 * n; step++) {
    const left = high - (high - low) * 0.618_033_988_749_895;
    const right = low + (high - low) * 0.618_033_988_749_895;
    if (log(left) <= log(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}

/**
 * Over all x, in and between the groups. Up to its best count an arm's value falls with x, beyond it it rises, so a range of
 * groups is at least what both arms have at its ends; a range that can't hold the smallest value is passed over whole.
 */
function smallest(groups: readonly ValueGroup[], arms: { readonly champion: ArmEvidence; readonly challenger: ArmEvidence }): number {
  const seen = { champion: [0], challenger: [0] };
  for (const [i, group] of groups.entries()) {
    seen.champion.push((seen.champion[i] as number) + group.champion);
    seen.challenger.push((seen.challenger[i] as number) + group.challenger);
  }
  const arm = ({ log, best }: ArmEvidence, counts: readonly number[]) => (from: number, to: number) => log(within(best, counts[from] as number, counts[to] as number));
  const first = arm(arms.champion, seen.champion);
  const second = arm(arms.challenger, seen.challenger);
  let least = Number.POSITIVE_INFINITY;
  const search = (from: number, to: number): void => {
    const bound = first(from, to) + second(from, to);
    if (bound >= least) return;
    if (to - from <= 1) {
      least = bound;
      return;
    }
    const middle = (from + to) >>> 1;
    search(from, middle);
    search(middle, to);
  };
  search(0, groups.length);
  return least;
}

function within(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
