/** Columns under the names that rows have in TypeScript. */
export const EXPERIMENT: string = "id, name, description, status, unit_type AS unitType, model, epoch, start_at AS startAt, end_at AS endAt, created_at AS createdAt, updated_at AS updatedAt";
export const VARIANT: string = "id, experiment_id AS experimentId, name, description, role, position, basis_points AS basisPoints, ranges, config, archived_at AS archivedAt, created_at AS createdAt";
export const CHANGE: string =
  "experiment_id AS experimentId, epoch, op, actor, reason, at, before, after, evidence_digest AS evidenceDigest, idempotency_key AS idempotencyKey, request_digest AS requestDigest";
export const POLICY_VERSION: string =
  "v.id, v.policy_id AS policyId, p.name AS policyName, v.version, v.mlflow_model_name AS mlflowModelName, v.mlflow_model_version AS mlflowModelVersion, v.config_defaults AS configDefaults, v.status, p.default_version_id IS v.id AS isDefault, v.created_at AS createdAt";
export const REPLAY: string =
  "id, mlflow_model_name AS mlflowModelName, mlflow_model_version AS mlflowModelVersion, policy_version_id AS policyVersionId, dataset_version AS datasetVersion, mlflow_run_id AS mlflowRunId, plan_alignment_score AS plan_alignment, constraint_respect_score AS constraint_respect, edit_distance_score AS edit_distance, diversity_score AS diversity, leftovers_score AS leftovers, intervals, baseline_model_version AS baselineModelVersion, is_better_than_baseline AS isBetterThanBaseline, status, error_message AS errorMessage, created_at AS createdAt";
export const EVENT: string = "id, event_type AS eventType, unit_type AS unitType, unit_id AS unitId, experiments, context, metrics, payload, timestamp, received_at AS receivedAt, flags";
export const AGGREGATE: string =
  "experiment_id AS experimentId, variant_id AS variantId, metric_name AS metricName, bucket_type AS bucketType, bucket_start AS bucketStart, count, sum, min, max, stddev, histogram";
