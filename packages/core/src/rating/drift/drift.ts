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
  const [ours, theirs] = [asked(source ?? [], question), asked(target ?? [], question)];
  const key = question.by === "participant" ? (row: TableRow): string => row.participant : keyOf;
  const isOneEach = question.by === "config" || (question.board !== null && question.numPlayers !== null);
  // Tables in order, such as a ledger's own, are walked side by side; of others an index is made.
  return isOneEach && isAscending(ours) && isAscending(theirs) ? driftOfSorted(ours, theirs, key) : driftOfAny(keyed(ours, key), keyed(theirs, key));
}

function driftOfSorted(ours: readonly TableRow[], theirs: readonly TableRow[], key: (row: TableRow) => string): Drift {
  const pairs: [string, number][] = [];
  let both = 0;
  for (let i = 0, j = 0; i < ours.length && j < theirs.length; ) {
    const [row, other] = [ours[i]!, theirs[j]!];
    const order = compareRows(row, other);
    if (order <= 0) i++;
    if (order >= 0) j++;
    if (order !== 0) continue;
    both++;
    if (isDifference(row.rating - other.rating)) pairs.push([key(row), row.rating - other.rating]);
  }
  return summed(pairs, [ours.length, theirs.length, both]);
}

function driftOfAny(ours: ReadonlyMap<string, number>, theirs: ReadonlyMap<string, number>): Drift {
  const pairs: [string, number][] = [];
  let both = 0;
  for (const [key, rating] of ours) {
    const other = theirs.get(key);
    if (other === undefined) continue;
    both++;
    if (isDifference(rating - other)) pairs.push([key, rating - other]);
  }
  return summed(pairs, [ours.size, theirs.size, both]);
}

/** Added up in the order of the keys, so that the mean has the same bits whatever the order of the tables. */
function summed(pairs: readonly [string, number][], [inSource, inTarget, both]: readonly [number, number, number]): Drift {
  const ratingDiffs = pairs.toSorted(([a], [b]) => (a < b ? -1 : 1));
  let sum = 0;
  let max = 0;
  for (const [, difference] of ratingDiffs) {
    sum += Math.abs(difference);
    max = Math.max(max, Math.abs(difference));
  }
  const avg = ratingDiffs.length === 0 ? 0 : sum / ratingDiffs.length;
  return { participantsInSource: inSource, participantsInTarget: inTarget, participantsInBoth: both, maxRatingDiff: max, avgRatingDiff: avg, isSignificant: max > SIGNIFICANT_MAX || avg > SIGNIFICANT_AVG, ratingDiffs };
}

function isDifference(difference: number): boolean {
  return Math.abs(difference) > DIFFERENCE_MIN;
}

function asked(rows: readonly TableRow[], { board, numPlayers }: DriftQuestion): readonly TableRow[] {
  if (board === null && numPlayers === null) return rows;
  return rows.filter((row) => (board === null || row.board === board) && (numPlayers === null || row.numPlayers === numPlayers));
}

function isAscending(rows: readonly TableRow[]): boolean {
  for (let i = 1; i < rows.length; i++) if (compareRows(rows[i - 1]!, rows[i]!) >= 0) return false;
  return true;
}

function compareRows(a: TableRow, b: TableRow): number {
  if (a.board !== b.board) return a.board < b.board ? -1 : 1;
  if (a.numPlayers !== b.numPlayers) return a.numPlayers - b.numPlayers;
  return a.participant === b.participant ? 0 : a.participant < b.participant ? -1 : 1;
}

function keyOf({ participant, board, numPlayers }: TableRow): string {
  return `${participant}@${board}_${numPlayers}p`;
}

function keyed(rows: readonly TableRow[], key: (row: TableRow) => string): ReadonlyMap<string, number> {
  return new Map(rows.map((row) => [key(row), row.rating]));
}
