import type { Mode } from "../outcome/outcome.ts";
import type { Statistic } from "./statistic.ts";

/** Metrics the fold derives by itself, beside those that outcomes carry. */
export const DERIVED_METRICS = {
  /** count: outcomes accepted. */
  scored: "scored",
  /** count: outcomes whose request has a label. */
  labelled: "labelled",
  /** confusion: predictions against labels. */
  confusion: "confusion",
  /** paired: champion and challenger on the same labelled request; kept under the challenger, mode `shadow`. */
  paired: "paired",
  /** count: units served live from two slots of one epoch. Kept where units are, and the policy asks after the health of its evidence; so are the next two. */
  crossed: "crossed_units",
  /** count: follow-ups and labels that met their outcome. */
  joined: "joined_records",
  /** count: those of them that came later than the policy waits. */
  late: "late_records",
} as const;

/** What a statistic is about. Version *and* slot: a slot changes its version while its counter goes on. */
export interface EvidenceKey {
  readonly version: string;
  readonly slot: string;
  readonly mode: Mode;
  readonly metric: string;
}

/** One row of evidence: a key within one model, epoch and time bucket [bucketStart, bucketStart + bucketMs). */
export interface EvidenceCell extends EvidenceKey {
  readonly model: string;
  readonly epoch: number;
  readonly bucketStart: number;
  readonly statistic: Statistic;
}

/** Merged over time: at most one item per key, sorted by (metric, version, slot, mode). */
export type Evidence = readonly EvidenceItem[];

export interface EvidenceItem extends EvidenceKey {
  readonly statistic: Statistic;
}

/** How the values of a metric are folded. */
export type MetricKind = "rate" | "moments" | "histogram";

/** What a policy declares of a metric: how its values are folded, or of which numbers it is the ratio. */
export type MetricSpec = MetricKind | RatioMetric;

/**
 * Σ numerator / Σ denominator over requests, clustered by unit. The fields are names of numbers, from 0 up, that outcomes
 * and their follow-ups carry; several of a side are added. Each side has at least one.
 */
export interface RatioMetric {
  readonly kind: "ratio";
  readonly numerator: readonly string[];
  readonly denominator: readonly string[];
  /** The numerator of a request counts at most 1: whether, not how often. */
  readonly once: boolean;
}
