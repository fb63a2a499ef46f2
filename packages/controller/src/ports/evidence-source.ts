import type { CounterBaseline, EvidenceCell } from "@gauntlet/core";

/**
 * Sufficient statistics that somebody else keeps: counters of a metrics server, aggregates of a warehouse. What can't be
 * read, is empty, stale or ambiguous fails with `evidence_unavailable`, and holds a rollout; it is never a zero.
 */
export interface EvidenceSource {
  /** Named in failures and on the health page. */
  readonly name: string;
  /** What it is, for people: no credentials. */
  readonly description: { readonly kind: string; readonly location: string };
  /** What it can give. `count` is for Gauntlet's own `scored` only: how many requests each version answered. */
  readonly metrics: Readonly<Record<string, SourceMetricKind>>;
  /** How far its data may lie behind the clock. */
  readonly ageMaxMs: number;
  /** Cells of every arm and asked metric, from `since` on; the bucket that `to` lies in is cut there. Safe to call again. */
  read(query: SourceQuery): Promise<SourceReading>;
  /** Whether it answers at all. `freshAt` as in a reading; null where only a reading can tell. */
  probe(now: number): Promise<{ readonly freshAt: number | null }>;
}

/** A ratio is clustered by unit: only a source that knows the units can give one. */
export type SourceMetricKind = "rate" | "moments" | "histogram" | "count" | "ratio";

export interface SourceQuery {
  readonly model: string;
  readonly epoch: number;
  readonly arms: readonly { readonly version: string; readonly slot: string }[];
  readonly metrics: readonly AskedMetric[];
  /** When the epoch's allocation was read back, milliseconds since the Unix epoch: nothing before belongs to it. */
  readonly since: number;
  /** Exclusive; the present. */
  readonly to: number;
  readonly bucketMs: number;
}

/** What a policy wants to know of a metric, so that a source with coarse buckets can tell whether it may answer. */
export interface AskedMetric {
  readonly name: string;
  /** Limits that values are held against. */
  readonly limits: readonly number[];
  /** Its distribution is compared with another's, so limits alone don't do. */
  readonly compared: boolean;
}

export interface SourceReading {
  readonly cells: readonly EvidenceCell[];
  /** Up to when the source's data reach; older than `ageMaxMs`, and the reading is stale. */
  readonly freshAt: number;
  readonly baselines: readonly CounterBaseline[];
}
