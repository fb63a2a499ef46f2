import type { EvidenceItem } from "@gauntlet/core";

/**
 * Sufficient statistics that somebody else keeps: counters of a metrics server, aggregates of a warehouse. What can't be
 * read, is empty, stale or ambiguous fails with `evidence_unavailable`, and holds a rollout; it is never a zero.
 */
export interface EvidenceSource {
  /** Named in failures and on the health page. */
  readonly name: string;
  read(query: SourceQuery): Promise<SourceReading>;
}

export interface SourceQuery {
  readonly model: string;
  readonly epoch: number;
  readonly versions: readonly { readonly version: string; readonly slot: string }[];
  /** [from, to), milliseconds since the Unix epoch. */
  readonly from: number;
  readonly to: number;
}

export interface SourceReading {
  readonly items: readonly EvidenceItem[];
  /** Up to when the source's data reach; older than the policy allows, and the reading is stale. */
  readonly freshAt: number;
}
