import { Failure } from "../failure/failure.ts";
import { chiSquareSurvival } from "./chi-square.ts";
import { requireCountList } from "./input.ts";

export interface Contingency {
  readonly chiSquare: number;
  readonly df: number;
  readonly p: number;
  /** With Yates' continuity correction; null for anything but 2 × 2. */
  readonly corrected: number | null;
  readonly correctedP: number | null;
  /** Below 5 the χ² distribution is a poor guide. */
  readonly expectedMin: number;
  /** Cramér's V: 0 no association, 1 the fullest one. */
  readonly v: number;
}

/**
 * Pearson's χ² test (1900) of independence of rows and columns. Asymptotic. Rows and columns without any observation are
 * left out; null when fewer than two rows or columns are left, because nothing is compared then.
 *
 * @throws Failure `invalid_input` for rows of different length.
 */
export function contingency(rows: readonly (readonly number[])[]): Contingency | null {
  const width = rows[0]?.length ?? 0;
  for (const [i, row] of rows.entries()) {
    if (row.length !== width) throw new Failure("invalid_input", `row ${i} has ${row.length} counts, and row 0 ${width}`, { fix: "give rows of one length" });
    requireCountList(`row ${i}, column`, row);
  }
  const columnTotals = Array.from({ length: width }, (_, j) => sumOf(rows.map((row) => row[j] as number)));
  const filled = rows.filter((row) => sumOf(row) > 0).map((row) => row.filter((_, j) => (columnTotals[j] as number) > 0));
  const columns = columnTotals.filter((sum) => sum > 0);
  if (filled.length < 2 || columns.length < 2) return null;
  return judged(filled, columns);
}

function judged(rows: readonly (readonly number[])[], columns: readonly number[]): Contingency {
  const total = sumOf(columns);
  let chiSquare = 0;
  let corrected = 0;
  let expectedMin = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const share = sumOf(row) / total;
    for (const [j, count] of row.entries()) {
      const expected = share * (columns[j] as number);
      const distance = Math.abs(count - expected);
      chiSquare += (distance / expected) * distance;
      corrected += Math.max(0, distance - 0.5) ** 2 / expected;
      expectedMin = Math.min(expectedMin, expected);
    }
  }
  const df = (rows.length - 1) * (columns.length - 1);
  const v = Math.min(1, Math.sqrt(chiSquare / total / (Math.min(rows.length, columns.length) - 1)));
  const yates = rows.length === 2 && columns.length === 2 ? corrected : null;
  return { chiSquare, df, p: chiSquareSurvival(chiSquare, df), corrected: yates, correctedP: yates === null ? null : chiSquareSurvival(yates, 1), expectedMin, v };
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
