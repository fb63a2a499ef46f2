/** Columns under the names that rows have in TypeScript: instants in milliseconds, JSON as text. */
export const EXPERIMENT: string = `id, name, description, status, unit_type AS "unitType", model, epoch, ${ms("start_at", "startAt")}, ${ms("end_at", "endAt")}, ${ms("created_at", "createdAt")}, ${ms("updated_at", "updatedAt")}`;
export const VARIANT: string = `id, experiment_id AS "experimentId", name, description, role, position, basis_points AS "basisPoints", ranges::text, config::text, ${ms("archived_at", "archivedAt")}, ${ms("created_at", "createdAt")}`;
export const CHANGE: string = `experiment_id AS "experimentId", epoch, op, actor, reason, ${ms("at", "at")}, before::text, after::text, evidence_digest AS "evidenceDigest", idempotency_key AS "idempotencyKey", request_digest AS "requestDigest"`;
export const POLICY_VERSION: string = `v.id, v.policy_id AS "policyId", p.name AS "policyName", v.version, v.mlflow_model_name AS "mlflowModelName", v.mlflow_model_version AS "mlflowModelVersion", v.config_defaults::text AS "configDefaults", v.status, p.default_version_id IS NOT DISTINCT FROM v.id AS "isDefault", ${ms("v.created_at", "createdAt")}`;
export const REPLAY: string = `id, mlflow_model_name AS "mlflowModelName", mlflow_model_version AS "mlflowModelVersion", policy_version_id AS "policyVersionId", dataset_version AS "datasetVersion", mlflow_run_id AS "mlflowRunId", plan_alignment_score::float8 AS plan_alignment, constraint_respect_score::float8 AS constraint_respect, edit_distance_score::float8 AS edit_distance, diversity_score::float8 AS diversity, leftovers_score::float8 AS leftovers, intervals::text, baseline_model_version AS "baselineModelVersion", is_better_than_baseline AS "isBetterThanBaseline", status, error_message AS "errorMessage", ${ms("created_at", "createdAt")}`;
export const ASSIGNMENT: string = `a.experiment_id AS "experimentId", a.variant_id AS "variantId", a.unit_type AS "unitType", a.unit_id AS "unitId", a.epoch, ${ms("a.assigned_at", "assignedAt")}`;
export const EVENT: string = `id, event_type AS "eventType", unit_type AS "unitType", unit_id AS "unitId", experiments::text, context::text, metrics::text, payload::text, ${ms("timestamp", "timestamp")}, ${ms("received_at", "receivedAt")}, flags::text`;
export const AGGREGATE: string = `experiment_id AS "experimentId", variant_id AS "variantId", metric_name AS "metricName", bucket_type AS "bucketType", ${ms("bucket_start", "bucketStart")}, count, sum, min, max, stddev, histogram::text`;
export const DIRTY: string = `bucket_type AS "bucketType", ${ms("bucket_start", "bucketStart")}, mark`;

function ms(column: string, name: string): string {
  return `round(extract(epoch FROM ${column}) * 1000)::bigint AS "${name}"`;
}

/** A parameter in milliseconds as an instant. */
export function instant(parameter: string): string {
  return `to_timestamp(${parameter}::bigint / 1000.0)`;
}
