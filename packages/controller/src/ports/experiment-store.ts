import type { Experiment, ExperimentChange, OfflineReplay, PolicyVersion, Variant } from "@gauntlet/core";

/**
 * Experiments, their variants and what units were given: the tables of schema `exp`. Every method may fail with
 * `store_unavailable`, and is then safe to call again: creations are named by ids that the caller chose, changes by an
 * idempotency key.
 */
export interface ExperimentStore {
  /** @throws Failure `conflict` when the name is taken by another id. */
  create(experiment: NewExperiment): Promise<ExperimentView>;
  /** By id or by name; null when there is none. */
  find(idOrName: string): Promise<ExperimentView | null>;
  /** Every experiment, by creation. */
  list(): Promise<readonly ExperimentView[]>;
  /** The experiment whose allocation a model's rollouts move; null when there is none. */
  ofModel(model: string): Promise<ExperimentView | null>;
  /**
   * Puts a changed experiment in place of the one that was read, in one transaction with its journal row. A key that was
   * used before changes nothing and gives what is there.
   * @throws Failure `stale_epoch` when the stored epoch is not `change.epoch − 1`; `idempotency_mismatch` when the key was used for another change;
   * `invalid_input` unless shares sum to 10,000 and ranges partition the buckets.
   */
  change(next: ExperimentView, change: ExperimentChange): Promise<ExperimentView>;
  /** Oldest first. */
  journal(experimentId: string): Promise<readonly ExperimentChange[]>;

  addPolicyVersion(version: Omit<PolicyVersion, "version" | "policyId">): Promise<PolicyVersion>;
  policyVersion(id: string): Promise<PolicyVersion | null>;
  policyVersions(query: { readonly mlflowModelName?: string; readonly policyName?: string }): Promise<readonly PolicyVersion[]>;
  setPolicyVersionStatus(id: string, status: PolicyVersion["status"]): Promise<void>;

  recordReplay(replay: OfflineReplay): Promise<void>;
  /** Newest first. */
  replays(query: { readonly mlflowModelName: string; readonly mlflowModelVersion: string }): Promise<readonly OfflineReplay[]>;

  /** Keeps what units were given. One that is known for the unit and epoch stays as it is. */
  recordAssignments(assignments: readonly AssignmentRecord[]): Promise<void>;
  /** What these units were given last, of one experiment; units without a row are left out. */
  assignments(experimentId: string, units: readonly { readonly unitType: string; readonly unitId: string }[]): Promise<readonly AssignmentRecord[]>;

  /** Keeps raw events; those whose id is known are left as they are. Returns the ids that were new. */
  recordEvents(events: readonly StoredEvent[]): Promise<readonly string[]>;
  /** Events with `timestamp` in [from, to), by (timestamp, id). */
  events(query: { readonly from: number; readonly to: number; readonly limit: number }): Promise<readonly StoredEvent[]>;
  forgetEvents(before: number): Promise<number>;

  /** Replaces the aggregates of these keys. */
  putAggregates(aggregates: readonly MetricAggregate[]): Promise<void>;
  aggregates(query: { readonly experimentId: string; readonly bucketType: "hourly" | "daily"; readonly from: number; readonly to: number }): Promise<readonly MetricAggregate[]>;
}

export interface ExperimentView {
  readonly experiment: Experiment;
  /** Archived ones too; by (createdAt, id). */
  readonly variants: readonly Variant[];
}

export type NewExperiment = ExperimentView & { readonly change: ExperimentChange };

export interface AssignmentRecord {
  readonly experimentId: string;
  readonly variantId: string;
  readonly unitType: string;
  readonly unitId: string;
  /** The allocation epoch it was given in; a row of an older epoch is history. */
  readonly epoch: number;
  readonly assignedAt: number;
}

export interface StoredEvent {
  readonly id: string;
  readonly eventType: string;
  readonly unitType: string;
  readonly unitId: string;
  readonly experiments: readonly { readonly experimentId: string; readonly variantId: string }[];
  readonly context: Readonly<Record<string, unknown>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly payload: Readonly<Record<string, unknown>> | null;
  readonly timestamp: number;
  readonly receivedAt: number;
  /** Such as `late` or `no_experiment`. */
  readonly flags: readonly string[];
}

export interface MetricAggregate {
  readonly experimentId: string;
  readonly variantId: string;
  readonly metricName: string;
  readonly bucketType: "hourly" | "daily";
  readonly bucketStart: number;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Of the sample; null of fewer than two values. */
  readonly stddev: number | null;
  /** Log-bucket counts, so that quantiles of any merged span are known within 1 %. */
  readonly histogram: { readonly zeros: number; readonly buckets: readonly (readonly [index: number, count: number])[] };
}
