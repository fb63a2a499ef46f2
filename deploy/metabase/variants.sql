-- Variants of active experiments: what each is allotted, and how its plans did over the days of the range.
WITH latency AS (
  SELECT variant_id, bucket.index, sum(bucket.n) AS n
  FROM exp.v_experiment_metrics
  CROSS JOIN LATERAL (
    SELECT NULL::int AS index, (histogram ->> 'zeros')::bigint AS n
    UNION ALL SELECT (b.value ->> 0)::int, (b.value ->> 1)::bigint FROM jsonb_array_elements(histogram -> 'buckets') b
  ) bucket
  WHERE metric_name = 'latency_ms' AND bucket_type = 'daily' AND histogram IS NOT NULL
  GROUP BY variant_id, bucket.index
), ranked AS (
  SELECT variant_id, index, sum(n) OVER (PARTITION BY variant_id ORDER BY index NULLS FIRST) AS upto, sum(n) OVER (PARTITION BY variant_id) AS total FROM latency
)
SELECT e.name AS experiment, v.name AS variant, v.role, v.allocation,
  (sum(m.count) FILTER (WHERE m.metric_name = 'plan_generated'))::bigint AS plans,
  sum(m.sum) FILTER (WHERE m.metric_name = 'acceptance_rate') / nullif(sum(m.count) FILTER (WHERE m.metric_name = 'acceptance_rate'), 0) AS acceptance_rate,
  sum(m.sum) FILTER (WHERE m.metric_name = 'avg_edits_per_plan') / nullif(sum(m.count) FILTER (WHERE m.metric_name = 'avg_edits_per_plan'), 0) AS avg_edits_per_plan,
  sum(m.sum) FILTER (WHERE m.metric_name = 'validator_rate') / nullif(sum(m.count) FILTER (WHERE m.metric_name = 'validator_rate'), 0) AS validator_rate,
  sum(m.sum) FILTER (WHERE m.metric_name = 'cost_per_plan') / nullif(sum(m.count) FILTER (WHERE m.metric_name = 'cost_per_plan'), 0) AS cost_per_plan,
  -- A bucket of the histogram is 2 % wide: 1.02^index is its upper end.
  (SELECT coalesce(power(1.02, min(r.index)), 0) FROM ranked r WHERE r.variant_id = v.id AND r.upto >= 0.5 * r.total) AS p50_latency_ms,
  (SELECT coalesce(power(1.02, min(r.index)), 0) FROM ranked r WHERE r.variant_id = v.id AND r.upto >= 0.99 * r.total) AS p99_latency_ms
FROM exp.v_active_experiments e
JOIN exp.variants v ON v.experiment_id = e.id AND v.archived_at IS NULL
LEFT JOIN exp.v_experiment_metrics m ON m.variant_id = v.id AND m.bucket_type = 'daily'
GROUP BY e.name, v.id
ORDER BY e.name, v.position;
