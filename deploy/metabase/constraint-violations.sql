-- Must be 0 everywhere: violations that plans showed, by variant, and cases of replays that broke a constraint.
SELECT experiment_name AS experiment, variant_name AS variant, sum(sum)::bigint AS violations, sum(count)::bigint AS plans
FROM exp.v_experiment_metrics WHERE metric_name = 'constraint_violations' AND bucket_type = 'daily'
GROUP BY experiment_name, variant_name ORDER BY experiment, variant;
