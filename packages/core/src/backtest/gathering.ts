import type { Evidence, EvidenceCell } from "../evidence/evidence.ts";
import { gatherEvidence, mergeEvidence } from "../evidence/merge.ts";

/** Evidence of the buckets that start by an instant, asked for with ascending instants. */
export function gathering(cells: readonly EvidenceCell[]): (startsBy: number) => Evidence {
  const sorted = cells.toSorted((a, b) => a.bucketStart - b.bucketStart);
  let taken = 0;
  let evidence: Evidence = [];
  return (startsBy) => {
    const from = taken;
    while (taken < sorted.length && (sorted[taken] as EvidenceCell).bucketStart <= startsBy) taken++;
    if (taken > from) evidence = mergeEvidence(evidence, gatherEvidence(sorted.slice(from, taken)));
    return evidence;
  };
}
