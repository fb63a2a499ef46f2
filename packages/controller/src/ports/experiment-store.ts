import type { BucketType, ExperimentChange, ExperimentView, MetricAggregate, OfflineReplay, PolicyVersion, PolicyVersionUpdate, StoredEvent } from "@gauntlet/core";

/**
 * Experiments, their variants and what units were given: the tables of schema `exp`. Every method may fail with
 * `store_unavailable`, and is then safe to call again: creations are named by ids that the caller chose, changes by an
 * idempotency key. All of one change is written in one transaction, or nothing of it.
 */
export interface ExperimentStore {
  /**
   * Also the first row of its journal, `change`. The same id again, with the same request, gives what is there.
   * @throws Failure `conflict` when the name is taken by another id, or the id was used for another request; `invalid_input` as `change`.
   */
  create(experiment: NewExperiment): Promise<ExperimentView>;
  /** By id or by name; null when there is none. */
  find(idOrName: string): Promise<ExperimentView | null>;
  /** Every experiment, by (createdAt, id); each as it was at one moment. */
  list(): Promise<readonly ExperimentView[]>;
  /** Another text whenever `list` would give something else; so cheap that it can be asked every second. */
  revision(): Promise<string>;
  /** The experiment whose allocation a model's rollouts move: the one that is not completed, or else the newest; null when there is none. */
  ofModel(model: string): Promise<ExperimentView | null>;
  /**
   * Puts a changed experiment in place of the one that was read, with its journal row, the policy versions and the registry
   * tags that go with it. A key that was used before changes nothing and gives what is there.
   * @throws Failure `epoch_conflict` when the stored epoch is not `expectedEpoch`; `idempotency_mismatch` when the key was
   * used for another request; `invalid_input` unless shares sum to 10,000, ranges partition the buckets, there is one
   * baseline, archived variants own nothing and configs stay what they were; `not_found`.
   */
  change(update: ExperimentUpdate): Promise<ExperimentView>;
  /** Oldest first. */
  journal(experimentId: string): Promise<readonly ExperimentChange[]>;

  /** Registry tags that a change asked for and that are not set yet; oldest first. */
  pendingTags(limit: number): Promise<readonly PendingTag[]>;
  tagDone(id: string): Promise<void>;

  /** The next version of its policy, which is made when it is new. The same id again gives what is there. @throws Failure `conflict` when the id is used for another version. */
  addPolicyVersion(version: NewPolicyVersion): Promise<PolicyVersion>;
  policyVersion(id: string): Promise<PolicyVersion | null>;
  /** By (policyName, version). */
  policyVersions(query: { readonly mlflowModelName?: string; readonly policyName?: string }): Promise<readonly PolicyVersion[]>;
  /** @throws Failure `not_found` */
  updatePolicyVersions(updates: readonly PolicyVersionUpdate[]): Promise<void>;

  /** Replaces one of the same id: a replay runs, then it is completed or failed. */
  recordReplay(replay: OfflineReplay): Promise<void>;
  /** Newest first. */
  replays(query: { readonly mlflowModelName: string; readonly mlflowModelVersion?: string }): Promise<readonly OfflineReplay[]>;

  /** Keeps what units were given. One that is known for the experiment, unit and epoch stays as it is. */
  recordAssignments(assignments: readonly AssignmentRecord[]): Promise<void>;
  /**
   * What these units were given last, of one experiment; units without a row are left out. Rows are the record of exposure:
   * which variant a unit has now, the ranges say, so that a rollback also reaches who was assigned before it.
   */
  assignments(experimentId: string, units: readonly { readonly unitType: string; readonly unitId: string }[]): Promise<readonly AssignmentRecord[]>;

  /** Keeps raw events; those whose id is known are left as they are. Returns the ids that were new. Marks the hours they change. */
  recordEvents(events: readonly StoredEvent[]): Promise<readonly string[]>;
  /** Events with `timestamp` in [from, to), by (timestamp, id), after the one given. */
  events(query: { readonly from: number; readonly to: number; readonly limit: number; readonly after?: { readonly timestamp: number; readonly id: string } }): Promise<readonly StoredEvent[]>;
  /** Every event whose `payload.plan_id` is among these, by (timestamp, id). */
  eventsOfPlans(planIds: readonly string[]): Promise<readonly StoredEvent[]>;
  /** Forgets events with a timestamp before it; returns how many. */
  forgetEvents(before: number): Promise<number>;

  /** Hours or days whose aggregates no longer say what the events, or the hours, say; oldest first. */
  dirtyBuckets(query: { readonly bucketType: BucketType; readonly limit: number }): Promise<readonly DirtyBucket[]>;
  /**
   * Replaces all aggregates of one hour or day, and takes its mark away unless it was marked again meanwhile. An hour
   * marks its day.
   */
  putAggregates(bucket: DirtyBucket, aggregates: readonly MetricAggregate[]): Promise<void>;
  /** Of all experiments when `experimentId` is left out; by (bucketStart, experimentId, variantId, metricName). */
  aggregates(query: AggregateQuery): Promise<readonly MetricAggregate[]>;
  forgetAggregates(bucketType: BucketType, before: number): Promise<number>;
}

export type NewExperiment = ExperimentView & { readonly change: ExperimentChange };

export interface ExperimentUpdate {
  readonly next: ExperimentView;
  readonly change: ExperimentChange;
  readonly expectedEpoch: number;
  readonly policyVersions?: readonly PolicyVersionUpdate[];
  readonly tags?: readonly Omit<PendingTag, "id">[];
}

/** `policyId` counts when the policy is new. */
export type NewPolicyVersion = Omit<PolicyVersion, "version" | "isDefault">;

/** A tag of a model version that must still be set in the registry. */
export interface PendingTag {
  readonly id: string;
  readonly model: string;
  readonly version: string;
  readonly name: string;
  readonly value: string;
}

export interface AssignmentRecord {
  readonly experimentId: string;
  readonly variantId: string;
  readonly unitType: string;
  readonly unitId: string;
  /** The allocation epoch it was given in; a row of an older epoch is history. */
  readonly epoch: number;
  readonly assignedAt: number;
}

export interface DirtyBucket {
  readonly bucketType: BucketType;
  readonly bucketStart: number;
  /** Raised each time it is marked. */
  readonly mark: number;
}

export interface AggregateQuery {
  readonly experimentId?: string;
  readonly bucketType: BucketType;
  /** [from, to) of `bucketStart`. */
  readonly from: number;
  readonly to: number;
}

