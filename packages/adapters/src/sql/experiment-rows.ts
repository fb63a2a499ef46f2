import { canonicalJson, compareVariants, readConfig } from "@gauntlet/core";
import type { Experiment, ExperimentChange, ExperimentView, MetricAggregate, OfflineReplay, PolicyVersion, Range, ReplayScore, ShareRecord, StoredEvent, Variant } from "@gauntlet/core";

/** Rows of the experiment tables as both databases are asked for them: instants in milliseconds, JSON as text. */
export interface VariantRow extends Omit<Variant, "ranges" | "config" | "configError"> {
  readonly ranges: string;
  readonly config: string;
}

export function viewsOf(experiments: readonly Experiment[], variants: readonly VariantRow[]): readonly ExperimentView[] {
  const byExperiment = Map.groupBy(variants, (variant) => variant.experimentId);
  return experiments.map((experiment) => ({ experiment: { ...experiment }, variants: (byExperiment.get(experiment.id) ?? []).map(variantOf).toSorted(compareVariants) }));
}

function variantOf(row: VariantRow): Variant {
  const { id, experimentId, name, description, role, position, basisPoints, archivedAt, createdAt } = row;
  return { id, experimentId, name, description, role, position, basisPoints, ranges: rangesOf(parse(row.ranges)), ...readConfig(parse(row.config)), archivedAt, createdAt };
}

export interface ChangeRow extends Omit<ExperimentChange, "before" | "after"> {
  readonly before: string;
  readonly after: string;
}

export function changeOf(row: ChangeRow): ExperimentChange {
  return { ...row, before: recordsOf(row.before), after: recordsOf(row.after) };
}

function recordsOf(text: string): readonly ShareRecord[] {
  return (parse(text) as readonly ShareRecord[]).map(({ variantId, name, role, basisPoints, ranges }) => ({ variantId, name, role, basisPoints, ranges: rangesOf(ranges) }));
}

function rangesOf(value: unknown): readonly Range[] {
  return (value as readonly Range[]).map(({ from, to }) => ({ from, to }));
}

export interface PolicyVersionRow extends Omit<PolicyVersion, "configDefaults" | "isDefault"> {
  readonly configDefaults: string;
  /** SQLite has no booleans. */
  readonly isDefault: number | boolean;
}

export function policyVersionOf(row: PolicyVersionRow): PolicyVersion {
  return { ...row, configDefaults: parse(row.configDefaults) as PolicyVersion["configDefaults"], isDefault: Boolean(row.isDefault) };
}

/** In the order of the columns. */
export const SCORES: readonly ReplayScore[] = ["plan_alignment", "constraint_respect", "edit_distance", "diversity", "leftovers"];

export type ReplayRow = Omit<OfflineReplay, "scores" | "intervals" | "isBetterThanBaseline"> & { readonly intervals: string | null; readonly isBetterThanBaseline: number | boolean | null } & Readonly<Record<ReplayScore, number | null>>;

export function replayOf(row: ReplayRow): OfflineReplay {
  const { id, mlflowModelName, mlflowModelVersion, policyVersionId, datasetVersion, mlflowRunId, baselineModelVersion, status, errorMessage, createdAt } = row;
  const scores = Object.fromEntries(SCORES.map((score) => [score, row[score]])) as OfflineReplay["scores"];
  return {
    id, mlflowModelName, mlflowModelVersion, policyVersionId, datasetVersion, mlflowRunId, scores,
    intervals: row.intervals === null ? null : (parse(row.intervals) as OfflineReplay["intervals"]),
    baselineModelVersion, status,
    isBetterThanBaseline: row.isBetterThanBaseline === null ? null : Boolean(row.isBetterThanBaseline),
    errorMessage, createdAt,
  };
}

export interface EventRow extends Omit<StoredEvent, "experiments" | "context" | "metrics" | "payload" | "flags"> {
  readonly experiments: string;
  readonly context: string;
  readonly metrics: string;
  readonly payload: string | null;
  readonly flags: string;
}

export function eventOf(row: EventRow): StoredEvent {
  return {
    id: row.id, eventType: row.eventType, unitType: row.unitType, unitId: row.unitId,
    experiments: (parse(row.experiments) as StoredEvent["experiments"]).map(({ experimentId, variantId }) => ({ experimentId, variantId })),
    context: parse(row.context) as StoredEvent["context"],
    metrics: parse(row.metrics) as StoredEvent["metrics"],
    payload: row.payload === null ? null : (parse(row.payload) as StoredEvent["payload"]),
    timestamp: row.timestamp, receivedAt: row.receivedAt,
    flags: parse(row.flags) as readonly string[],
  };
}

export interface AggregateRow extends Omit<MetricAggregate, "histogram"> {
  readonly histogram: string | null;
}

export function aggregateOf(row: AggregateRow): MetricAggregate {
  return { ...row, histogram: row.histogram === null ? null : (parse(row.histogram) as MetricAggregate["histogram"]) };
}

/** JSON that a column holds; null stays null. */
export function jsonText(value: unknown): string | null {
  return value === null ? null : canonicalJson(value);
}

/** The config as it is stored: one that could not be read is never written over. */
export function configText(variant: Variant): string | null {
  return variant.config === null ? null : canonicalJson(variant.config);
}

function parse(text: string): unknown {
  return JSON.parse(text);
}
