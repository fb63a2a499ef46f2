import type { CellRow } from "./delta-cells.ts";
import type { UnitTotals } from "./unit-totals.ts";

/** The rows of units that a batch changed, and all that was stored of these units before. */
export interface ChangedUnits {
  readonly prior: readonly UnitTotals[];
  readonly now: readonly UnitTotals[];
}

/**
 * Units that were served live from two slots of one epoch: each is counted once for every slot beyond the first by name, in
 * the time bucket in which that slot first served it. As after the batch less before it, so that no order of batches matters.
 */
export function crossedUnits({ prior, now }: ChangedUnits): readonly { readonly row: CellRow; readonly sign: 1 | -1 }[] {
  const stored = Map.groupBy(prior, unitText);
  return [...Map.groupBy(now, unitText)].flatMap(([unit, changed]) => {
    const before = stored.get(unit) ?? [];
    const after = new Map([...before, ...changed].map((row) => [rowText(row), row]));
    return [...crossings(before).map((row) => ({ row, sign: -1 as const })), ...crossings([...after.values()]).map((row) => ({ row, sign: 1 as const }))];
  });
}

function crossings(rows: readonly UnitTotals[]): readonly CellRow[] {
  const first = new Map<string, UnitTotals>();
  for (const row of rows) {
    if (row.mode !== "live" || row.requests <= 0) continue;
    const known = first.get(row.slot);
    if (known === undefined || row.bucketStart < known.bucketStart || (row.bucketStart === known.bucketStart && row.version < known.version)) first.set(row.slot, row);
  }
  if (first.size < 2) return [];
  return [...first.values()]
    .toSorted((a, b) => (a.slot < b.slot ? -1 : 1))
    .slice(1)
    .map(({ epoch, bucketStart, version, slot, mode }) => ({ epoch, bucketStart, version, slot, mode }));
}

/** Ids hold no control characters, so the separator can't occur in them. */
function unitText({ epoch, unit }: UnitTotals): string {
  return `${epoch}\u0000${unit}`;
}

function rowText({ version, slot, mode, bucketStart }: UnitTotals): string {
  return `${version}\u0000${slot}\u0000${mode}\u0000${bucketStart}`;
}
