import type { EvidenceCell } from "@gauntlet/core";

/**
 * Cells in the order of their buckets, as the points of a chart: by the end of their group, groups without any left out. A
 * group is a whole number of buckets wide, so that it never splits one, and as wide as keeps the points at most `pointsMax`.
 */
export function timeGroups(cells: readonly EvidenceCell[], bucketMs: number, pointsMax: number): { readonly widthMs: number; readonly byEnd: ReadonlyMap<number, readonly EvidenceCell[]> } {
  const origin = cells[0]?.bucketStart ?? 0;
  const buckets = ((cells.at(-1)?.bucketStart ?? origin) - origin) / bucketMs + 1;
  const widthMs = bucketMs * Math.max(1, Math.ceil(buckets / pointsMax));
  const byEnd = new Map<number, EvidenceCell[]>();
  for (const cell of cells) {
    const end = origin + (Math.floor((cell.bucketStart - origin) / widthMs) + 1) * widthMs;
    const group = byEnd.get(end);
    if (group === undefined) byEnd.set(end, [cell]);
    else group.push(cell);
  }
  return { widthMs, byEnd };
}
