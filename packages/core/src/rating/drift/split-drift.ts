import { driftOf, type Drift, type DriftQuestion, type TableRow } from "./drift.ts";

/** A node's ratings as they stand, and as its matches give them in an order that is the same on every node. */
export interface NodeRatings {
  readonly asStored: readonly TableRow[];
  /** From an order-free fit, or from the matches replayed in `compareMatches` order. */
  readonly fromMatches: readonly TableRow[];
}

export interface SplitDrift {
  readonly total: Drift;
  /** Because the nodes know different matches: none when they know the same. Reconciling ends it. */
  readonly data: Drift;
  /** Because incremental Elo depends on the order of arrival. Reconciling does not end it; rating from all matches does. */
  readonly order: Drift;
}

/**
 * total = data + order for each participant that all four tables have:
 * s − t = (s′ − t′) + ((s − s′) − (t − t′)), where s′, t′ follow from the match sets alone.
 */
export function splitDrift(source: NodeRatings, target: NodeRatings, question: DriftQuestion): SplitDrift {
  return {
    total: driftOf(source.asStored, target.asStored, question),
    data: driftOf(source.fromMatches, target.fromMatches, question),
    order: driftOf(beyondMatches(source), beyondMatches(target), question),
  };
}

/** What a stored rating has beside what the matches say. */
function beyondMatches({ asStored, fromMatches }: NodeRatings): readonly TableRow[] {
  const key = (row: TableRow): string => `${row.participant}@${row.board}_${row.numPlayers}p`;
  const canonical = new Map(fromMatches.map((row) => [key(row), row.rating]));
  return asStored.flatMap((row) => {
    const rating = canonical.get(key(row));
    return rating === undefined ? [] : [{ ...row, rating: row.rating - rating }];
  });
}
