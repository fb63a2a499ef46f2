import type { ReorderRule } from "../../policy/slots-policy.ts";
import type { SlotCounts } from "../../policy/slots-cycle.ts";
import { compareRatio, toNumber } from "../../policy/rational.ts";
import { rateSequence } from "../../statistics/sequential/rate-sequence.ts";

/** What is known of the holder of one slot: its predictions. `version` null: nobody holds it. */
export interface Candidate {
  readonly version: string | null;
  readonly counts: Pick<SlotCounts, "predictions" | "correct">;
}

/** For each slot, from which slot its next holder comes. */
export type Sources = readonly number[];

/** Everybody stays, or the first two are exchanged. */
export function unordered(slots: number, swap: boolean): Sources {
  return Array.from({ length: slots }, (_, place) => (swap && place < 2 ? 1 - place : place));
}

/**
 * Challengers by accuracy, then by how many predictions it is of, then by the slot they are in, as the reference ranks them. One
 * without predictions comes last. A slot that nobody holds keeps being empty.
 */
export function orderAsWritten(sources: Sources, candidates: readonly Candidate[]): Sources {
  const places = sources.map((_, place) => place).filter((place) => place > 0 && candidates[sources[place] as number]?.version != null);
  const ranked = places.map((place) => sources[place] as number).toSorted((a, b) => compareAccuracy((candidates[b] as Candidate).counts, (candidates[a] as Candidate).counts));
  const next = [...sources];
  for (const [rank, place] of places.entries()) next[place] = ranked[rank] as number;
  return next;
}

/** Above 0 where `a` comes first. A sort that is stable leaves equal ones in the order of their slots. */
function compareAccuracy(a: Candidate["counts"], b: Candidate["counts"]): number {
  if (a.predictions === 0 || b.predictions === 0) return Math.sign(a.predictions - b.predictions);
  return compareRatio({ parts: a.correct, of: a.predictions }, { parts: b.correct, of: b.predictions }) || a.predictions - b.predictions;
}

/**
 * From the second slot on: if a challenger further behind is surely more accurate than the one that would have the slot, the two
 * change places; of several the one whose lower bound is highest. Sure means that its confidence sequence lies above the other's.
 * The m holders' sequences have alpha/m each, so that all of them hold at all times together with 1 − alpha, however the
 * accuracies depend on each other: with a chance of alpha at most does a slot ever go to one that is no more accurate.
 * Exact, for versions whose predictions are right with one probability whatever came before. Who has too few predictions is
 * sure of nothing: it takes no place, and loses none.
 */
export function orderSurely(sources: Sources, candidates: readonly Candidate[], rule: ReorderRule): Sources {
  const bounds = candidates.map(({ version, counts }) => (version === null || counts.predictions < rule.minPredictions ? null : boundsOf(counts, rule, candidates.length)));
  const next = [...sources];
  for (let place = 1; place < next.length; place++) {
    const holder = bounds[next[place] as number];
    if (holder == null) continue;
    let best: number | null = null;
    for (let behind = place + 1; behind < next.length; behind++) {
      const other = bounds[next[behind] as number];
      if (other != null && other.low > holder.high && (best === null || other.low > (bounds[next[best] as number]?.low ?? 1))) best = behind;
    }
    if (best !== null) [next[place], next[best]] = [next[best] as number, next[place] as number];
  }
  return next;
}

/** A multiple of the least number of predictions: where the sequences are narrowest. */
const TUNED_AT = 10;

function boundsOf({ predictions, correct }: Candidate["counts"], { alpha, minPredictions }: ReorderRule, holders: number): { readonly low: number; readonly high: number } {
  return rateSequence({ hits: correct, of: predictions }, { alpha: toNumber(alpha) / holders, tunedAt: TUNED_AT * Math.max(1, minPredictions) });
}
