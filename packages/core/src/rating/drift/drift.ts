/** A rating as a node's table has it. */
export interface TableRow {
  readonly participant: string;
  readonly board: string;
  readonly numPlayers: number;
  readonly rating: number;
}

export interface Drift {
  readonly participantsInSource: number;
  readonly participantsInTarget: number;
  readonly participantsInBoth: number;
  readonly maxRatingDiff: number;
  readonly avgRatingDiff: number;
  readonly isSignificant: boolean;
  /** source − target of each that differs by more than a point, sorted by key. */
  readonly ratingDiffs: readonly (readonly [key: string, difference: number])[];
}

export interface DriftQuestion {
  readonly board: string | null;
  readonly numPlayers: number | null;
  /**
   * `config` compares each participant within each configuration. `participant` is the reconciler's way: by id alone,
   * the last row of several counts, so that without a filter different boards are compared with each other.
   */
  readonly by: "config" | "participant";
}

/** A difference of no more than this is none, as the reconciler has it. */
const DIFFERENCE_MIN = 1;
const SIGNIFICANT_MAX = 50;
const SIGNIFICANT_AVG = 25;

/**
 * How far two rating tables are apart (facts of the reconciler, §7): mean and maximum are over those that differ by more
 * than a point; significant above 50 at most or 25 on average. A null table is one that is not there: nothing differs.
 */
export function driftOf(source: readonly TableRow[] | null, target: readonly TableRow[] | null, question: DriftQuestion): Drift {
  const ours = keyed(source ?? [], question);
  const theirs = keyed(target ?? [], question);
  const ratingDiffs: [string, number][] = [];
  let both = 0;
  let sum = 0;
  let max = 0;
  for (const [key, rating] of ours) {
    const other = theirs.get(key);
    if (other === undefined) continue;
    both++;
    const difference = rating - other;
    const size = Math.abs(difference);
    if (!(size > DIFFERENCE_MIN)) continue;
    ratingDiffs.push([key, difference]);
    sum += size;
    max = Math.max(max, size);
  }
  const avg = ratingDiffs.length === 0 ? 0 : sum / ratingDiffs.length;
  return {
    participantsInSource: ours.size,
    participantsInTarget: theirs.size,
    participantsInBoth: both,
    maxRatingDiff: max,
    avgRatingDiff: avg,
    isSignificant: max > SIGNIFICANT_MAX || avg > SIGNIFICANT_AVG,
    ratingDiffs: ratingDiffs.toSorted(([a], [b]) => (a < b ? -1 : 1)),
  };
}

function keyed(rows: readonly TableRow[], { board, numPlayers, by }: DriftQuestion): ReadonlyMap<string, number> {
  const table = new Map<string, number>();
  for (const row of rows) {
    if ((board !== null && row.board !== board) || (numPlayers !== null && row.numPlayers !== numPlayers)) continue;
    table.set(by === "participant" ? row.participant : `${row.participant}@${row.board}_${row.numPlayers}p`, row.rating);
  }
  return table;
}
