import type { MatchLedger } from "@gauntlet/controller";
import { countMatches, Failure, fitRatings, mergeCounts, refitRatings, uncertaintyOf, type Match, type MatchCounts, type RatingFit, type Uncertainty } from "@gauntlet/core";

/** All matches up to an instant, fitted. */
export interface Cut {
  readonly at: number;
  readonly counts: MatchCounts;
  /** null where they have no finite maximum, such as when all of them are ties. */
  readonly rated: { readonly fit: RatingFit; readonly uncertainty: Uncertainty } | null;
}

/** The last cut is of all matches. Each is fitted when it is asked for, from the one before. */
export function* cutsOf(ledger: MatchLedger, config: string, cuts: number): Generator<Cut> {
  const matches = ledger.matches(config);
  const { model } = ledger.fit(config);
  let counts: MatchCounts | null = null;
  let fit: RatingFit | null = null;
  let begin = 0;
  for (const end of endsOf(matches, cuts)) {
    const added = countMatches(matches.slice(begin, end));
    counts = counts === null ? added : mergeCounts([counts, added]);
    fit = fitOf(counts, fit, model);
    begin = end;
    yield { at: matches[end - 1]!.at, counts, rated: fit === null ? null : { fit, uncertainty: uncertaintyOf(fit) } };
  }
}

/** Numbers of matches, rising to all of them, each cut after the last match of its instant. */
function endsOf(matches: readonly Match[], cuts: number): readonly number[] {
  const ends = new Set<number>();
  for (let cut = 1; cut <= cuts; cut++) {
    let end = Math.round((matches.length * cut) / cuts);
    while (end > 0 && end < matches.length && matches[end]!.at === matches[end - 1]!.at) end++;
    if (end > 0) ends.add(end);
  }
  return [...ends];
}

function fitOf(counts: MatchCounts, earlier: RatingFit | null, model: RatingFit["model"]): RatingFit | null {
  const there = new Set(counts.participants);
  // An anchor that had not played yet can't hold the scale.
  const anchors = new Map([...model.anchors].filter(([id]) => there.has(id)));
  try {
    return earlier !== null && earlier.model.anchors.size === anchors.size ? refitRatings(earlier, counts) : fitRatings(counts, { ...model, anchors });
  } catch (error) {
    if (error instanceof Failure && error.code === "invalid_input") return null;
    throw error;
  }
}
