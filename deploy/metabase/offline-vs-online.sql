-- What the offline replay promised of each version of a policy, beside what its plans did: the newest replay, all days.
SELECT p.policy_name AS policy, p.version, p.mlflow_model_version AS model_version, r.dataset_version, r.plan_alignment_score, r.edit_distance_score,
  o.acceptance_rate, o.acceptance_rate - r.plan_alignment_score::double precision AS delta
FROM exp.v_policy_versions p
JOIN LATERAL (
  SELECT * FROM exp.offline_replay_results x
  WHERE x.mlflow_model_name = p.mlflow_model_name AND x.mlflow_model_version = p.mlflow_model_version AND x.status = 'completed'
  ORDER BY x.created_at DESC LIMIT 1
) r ON true
LEFT JOIN LATERAL (
  SELECT sum(m.sum) / nullif(sum(m.count), 0) AS acceptance_rate
  FROM exp.v_experiment_metrics m JOIN exp.variants v ON v.id = m.variant_id
  WHERE m.bucket_type = 'daily' AND m.metric_name = 'acceptance_rate'
    AND coalesce(v.config -> 'mlflow_model' ->> 'policy_version_id', v.config ->> 'policy_version_id') = p.id::text
) o ON true
ORDER BY p.policy_name, p.version;
