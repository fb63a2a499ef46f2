import type { Range } from "../allocation/allocation.ts";

/** paused: units that were assigned keep their variant, nobody new is. completed: nobody gets a variant. */
export type ExperimentStatus = "draft" | "active" | "paused" | "completed";

/** What is bucketed. */
export type UnitType = "user" | "household" | "session";

/** Exactly one variant of an experiment is the baseline; a candidate ramps, any other arm keeps its share. `control` is a cohort of the baseline as large as the candidate's. */
export type VariantRole = "baseline" | "control" | "candidate" | "arm";

/** A split of units among variants. Its allocation moves under a ramp, or by hand through the journal. */
export interface Experiment {
  /** UUID, lower case; the seed of its buckets, for all its life. */
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly status: ExperimentStatus;
  readonly unitType: UnitType;
  /** The registered model whose rollouts move this experiment's allocation; null when nothing ramps in it. */
  readonly model: string | null;
  /** Bumped by every change of allocation or status; the ETag of what clients cache. */
  readonly epoch: number;
  /** Units are assigned in [startAt, endAt); null is open. Milliseconds since the Unix epoch, like every instant. */
  readonly startAt: number | null;
  readonly endAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** One arm of an experiment. Its config never changes once the experiment was active; its share does. */
export interface Variant {
  readonly id: string;
  readonly experimentId: string;
  readonly name: string;
  readonly description: string | null;
  readonly role: VariantRole;
  /** Where its arm stands among the arms of the allocation; at first, the order of creation. */
  readonly position: number;
  /** Share in basis points; those of an active experiment sum to 10,000. */
  readonly basisPoints: number;
  /** The buckets it owns, of BUCKETS; of all variants together they partition the space. */
  readonly ranges: readonly Range[];
  /** Normalised; see `normaliseConfig`. null when the stored one is invalid, and `configError` then says why. */
  readonly config: VariantConfig | null;
  readonly configError: string | null;
  /** An archived variant owns nothing, and frees its name. */
  readonly archivedAt: number | null;
  readonly createdAt: number;
}

/** An experiment with its variants, archived ones too; by (position, createdAt, id). */
export interface ExperimentView {
  readonly experiment: Experiment;
  readonly variants: readonly Variant[];
}

/** Always the unified form: a legacy `{ policy_version_id, params }` becomes `mlflow_model`. */
export interface VariantConfig {
  readonly execution_strategy: "mlflow_model" | "prompt_template" | "hybrid";
  readonly mlflow_model?: { readonly policy_version_id: string; readonly model_name?: string };
  readonly prompt_config?: { readonly prompt_version_id: string; readonly model_provider: string; readonly model_name: string };
  readonly flow_config?: { readonly flow_id?: string; readonly initial_state?: string };
  readonly params: Readonly<Record<string, unknown>>;
}

/** A version of a policy: which model version it runs, with which defaults. Its number is not the model's version. */
export interface PolicyVersion {
  readonly id: string;
  readonly policyId: string;
  readonly policyName: string;
  readonly version: number;
  readonly mlflowModelName: string;
  readonly mlflowModelVersion: string;
  readonly configDefaults: Readonly<Record<string, unknown>>;
  readonly status: "active" | "deprecated" | "archived";
  /** True of exactly one version of a policy: the one that runs where no experiment says otherwise. The first is, until a promotion. */
  readonly isDefault: boolean;
  readonly createdAt: number;
}

/** What a change does to a policy version. `isDefault`: it becomes the default of its policy, and the former one no longer is. */
export interface PolicyVersionUpdate {
  readonly id: string;
  readonly status?: PolicyVersion["status"];
  readonly isDefault?: true;
}

export type ReplayScore = "plan_alignment" | "constraint_respect" | "edit_distance" | "diversity" | "leftovers";

/** The scores of a candidate on recorded cases, before it meets anybody. `judgeReplay` says whether they pass. */
export interface OfflineReplay {
  readonly id: string;
  readonly mlflowModelName: string;
  readonly mlflowModelVersion: string;
  readonly policyVersionId: string | null;
  readonly datasetVersion: string;
  readonly mlflowRunId: string | null;
  /** By name without `_score`; null when it was not measured. */
  readonly scores: Readonly<Record<ReplayScore, number | null>>;
  /** Recorded beside the judgement, which is of the scores alone: 95 % intervals of candidate − baseline over the same cases; null where there is none. */
  readonly intervals: Readonly<Partial<Record<ReplayScore, { readonly low: number; readonly high: number }>>> | null;
  readonly baselineModelVersion: string | null;
  readonly status: "running" | "completed" | "failed";
  readonly isBetterThanBaseline: boolean | null;
  readonly errorMessage: string | null;
  readonly createdAt: number;
}

/** One change of an experiment, as its journal keeps it. */
export interface ExperimentChange {
  readonly experimentId: string;
  readonly epoch: number;
  readonly op: "create" | "activate" | "pause" | "complete" | "add_candidate" | "step" | "promote" | "rollback" | "retire" | "allocate";
  readonly actor: string;
  readonly reason: string;
  readonly at: number;
  readonly before: readonly ShareRecord[];
  readonly after: readonly ShareRecord[];
  /** SHA-256 of the evidence it rests on; null when there is none. */
  readonly evidenceDigest: string | null;
  readonly idempotencyKey: string;
  /** SHA-256 of what was asked: the same key with another digest is another request. */
  readonly requestDigest: string;
}

export interface ShareRecord {
  readonly variantId: string;
  readonly name: string;
  readonly role: VariantRole;
  readonly basisPoints: number;
  readonly ranges: readonly Range[];
}

/** What a client reported, as it is kept: personal data are gone. */
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

export type BucketType = "hourly" | "daily";

/** One metric of one variant over one hour or one day (UTC), as the aggregates of plans and values say it. */
export interface MetricAggregate {
  readonly experimentId: string;
  readonly variantId: string;
  readonly metricName: string;
  readonly bucketType: BucketType;
  readonly bucketStart: number;
  /** How many values; for a ratio the denominator. */
  readonly count: number;
  /** For a ratio the numerator, so that sum / count is the metric. */
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Of the sample; null of fewer than two values. */
  readonly stddev: number | null;
  /** Log-bucket counts, so that quantiles of any merged span are known within 1 %; null where values may be negative. */
  readonly histogram: { readonly zeros: number; readonly buckets: readonly (readonly [index: number, count: number])[] } | null;
}
