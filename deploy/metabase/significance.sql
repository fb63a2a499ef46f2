-- Rates of each candidate against its baseline: the inputs of a test of two proportions, and its z. A look at this table is
-- no decision: it has not been told how often it was looked at. Gauntlet's own checks have.
WITH totals AS (
  SELECT experiment_id, experiment_name, variant_name, role, metric_name, sum(sum) AS hits, sum(count) AS n
  FROM exp.v_experiment_metrics
  WHERE bucket_type = 'daily' AND metric_name IN ('acceptance_rate', 'validator_rate')
  GROUP BY experiment_id, experiment_name, variant_name, role, metric_name
), pairs AS (
  SELECT t.experiment_name, t.metric_name, c.variant_name AS control, t.variant_name AS treatment,
    c.n AS control_n, t.n AS treatment_n, c.hits / nullif(c.n, 0) AS control_rate, t.hits / nullif(t.n, 0) AS treatment_rate,
    (c.hits + t.hits) / nullif(c.n + t.n, 0) AS pooled
  FROM totals t JOIN totals c ON c.experiment_id = t.experiment_id AND c.metric_name = t.metric_name AND c.role = 'baseline'
  WHERE t.role = 'candidate'
), tested AS (
  SELECT *, treatment_rate - control_rate AS difference,
    (treatment_rate - control_rate) / nullif(sqrt(pooled * (1 - pooled) * (1.0 / nullif(control_n, 0) + 1.0 / nullif(treatment_n, 0))), 0) AS z
  FROM pairs
)
SELECT experiment_name AS experiment, metric_name AS metric, control, treatment, control_n::bigint, treatment_n::bigint, control_rate, treatment_rate, difference, z, abs(z) > 1.959964 AS significant
FROM tested ORDER BY experiment, metric, treatment;
