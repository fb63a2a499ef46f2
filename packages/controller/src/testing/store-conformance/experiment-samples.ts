import { allocate, digestOf, shareRecords, type ExperimentChange, type ExperimentView, type MetricAggregate, type OfflineReplay, type StoredEvent, type Variant } from "@gauntlet/core";
import type { ExperimentUpdate, NewExperiment, NewPolicyVersion } from "../../ports/experiment-store.ts";

export const EXPERIMENT_ID = "550e8400-e29b-41d4-a716-446655440000";
export const HOUR = 3_600_000;
/** 2026-01-01T00:00:00.000Z */
export const START = 1_767_225_600_000;

/** A UUID that ends in a number. */
export function uuid(kind: "a" | "b" | "c" | "d" | "e", number: number): string {
  return `${kind.repeat(8)}-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

/** A draft with these shares: `control`, then `arm_1` …; each runs the policy version of its number. */
export function draft(shares: readonly number[] = [6000, 4000], some: Partial<ExperimentView["experiment"]> = {}): ExperimentView {
  const id = some.id ?? EXPERIMENT_ID;
  const { arms } = allocate({ model: "m", epoch: 0, seed: id, shares: shares.map((basisPoints, index) => ({ slot: String(index), version: "v", basisPoints })), shadow: true });
  return {
    experiment: { id, name: "planner_exp", description: "which planner ✉", status: "draft", unitType: "household", model: "planner_model", epoch: 1, startAt: null, endAt: START + 1, createdAt: START, updatedAt: START, ...some },
    variants: shares.map(
      (basisPoints, index): Variant => ({
        id: uuid("b", index + (id === EXPERIMENT_ID ? 0 : 1000)),
        experimentId: id,
        name: index === 0 ? "control" : `arm_${index}`,
        description: null,
        role: index === 0 ? "baseline" : "arm",
        position: index,
        basisPoints,
        ranges: arms[index]?.ranges ?? [],
        config: { execution_strategy: "mlflow_model", mlflow_model: { policy_version_id: uuid("a", index) }, params: { nested: { list: [1, 0.5, null] } } },
        configError: null,
        archivedAt: null,
        createdAt: START,
      }),
    ),
  };
}

export function row(view: ExperimentView, some: Partial<ExperimentChange> = {}): ExperimentChange {
  const idempotencyKey = some.idempotencyKey ?? `key ${view.experiment.epoch}`;
  return {
    experimentId: view.experiment.id, epoch: view.experiment.epoch, op: "create", actor: "ada", reason: "a test", at: START, before: [], after: shareRecords(view),
    evidenceDigest: null, idempotencyKey, requestDigest: digestOf(idempotencyKey), ...some,
  };
}

export function created(view: ExperimentView = draft()): NewExperiment {
  return { ...view, change: row(view) };
}

/** The next epoch of a view, changed by `edit`. */
export function update(before: ExperimentView, edit: (view: ExperimentView) => ExperimentView, some: Partial<ExperimentChange> = {}): ExperimentUpdate {
  const edited = edit(before);
  const next = { ...edited, experiment: { ...edited.experiment, epoch: before.experiment.epoch + 1, updatedAt: START + 5 } };
  return { next, change: row(next, { op: "allocate", before: shareRecords(before), ...some }), expectedEpoch: before.experiment.epoch };
}

export function policyVersion(number: number, some: Partial<NewPolicyVersion> = {}): NewPolicyVersion {
  return { id: uuid("a", number), policyId: uuid("c", 1), policyName: "planner", mlflowModelName: "planner_model", mlflowModelVersion: String(number + 2), configDefaults: { temperature: 0 }, status: "active", createdAt: START, ...some };
}

export function replay(number: number, some: Partial<OfflineReplay> = {}): OfflineReplay {
  return {
    id: uuid("d", number), mlflowModelName: "planner_model", mlflowModelVersion: "6", policyVersionId: null, datasetVersion: "2026-01", mlflowRunId: "run", baselineModelVersion: "5",
    scores: { plan_alignment: 0.812345, constraint_respect: 1, edit_distance: 0.7, diversity: null, leftovers: 0.5 }, intervals: { plan_alignment: { low: -0.01, high: 0.02 } },
    status: "completed", isBetterThanBaseline: true, errorMessage: null, createdAt: START + number, ...some,
  };
}

export function event(number: number, some: Partial<StoredEvent> = {}): StoredEvent {
  return {
    id: uuid("e", number), eventType: "plan_generated", unitType: "household", unitId: `h ${number} ✉`, experiments: [{ experimentId: EXPERIMENT_ID, variantId: uuid("b", 0) }],
    context: { policy_version_id: uuid("a", 0) }, metrics: { latency_ms: 450.5 }, payload: { plan_id: `p${number}` }, timestamp: START + number, receivedAt: START + number + 7, flags: [], ...some,
  };
}

export function aggregate(some: Partial<MetricAggregate> = {}): MetricAggregate {
  return { experimentId: EXPERIMENT_ID, variantId: uuid("b", 0), metricName: "latency_ms", bucketType: "hourly", bucketStart: START, count: 3, sum: 0.1 + 0.2, min: -1, max: 2, stddev: 1 / 3, histogram: { zeros: 1, buckets: [[3, 2]] }, ...some };
}
