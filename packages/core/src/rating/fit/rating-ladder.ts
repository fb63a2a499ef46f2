import type { RatingFit } from "./fit-ratings.ts";
import { uncertaintyOf } from "./uncertainty.ts";

/** One participant of a fit, as it is shown. */
export interface LadderRow {
  readonly participant: string;
  /** Elo points; null for one that is comparable with nobody, of whose strength the matches say nothing. */
  readonly elo: number | null;
  /** Of `elo`, against its group's mean or the anchors; null where `elo` is, 0 for an anchor. */
  readonly standardError: number | null;
  /** Rows of one group are comparable with each other, and with no others. */
  readonly group: number;
  readonly anchored: boolean;
}

/** All participants, the largest group first, within it the strongest first; who is comparable with nobody comes last. */
export function ratingLadder(fit: RatingFit): readonly LadderRow[] {
  const { participants, group, anchored, elo } = fit;
  const errors = uncertaintyOf(fit).standardErrors();
  const sizes = new Map<number, number>();
  for (const number of group) sizes.set(number, (sizes.get(number) ?? 0) + 1);
  const rows = participants.map((participant, i) => {
    const known = anchored[i] === 1 || sizes.get(group[i]!) !== 1;
    return { participant, elo: known ? elo[i]! : null, standardError: known ? errors[i]! : null, group: group[i]!, anchored: anchored[i] === 1 };
  });
  return rows.toSorted((a, b) => (sizes.get(b.group) ?? 0) - (sizes.get(a.group) ?? 0) || a.group - b.group || (b.elo ?? 0) - (a.elo ?? 0) || (a.participant < b.participant ? -1 : 1));
}
