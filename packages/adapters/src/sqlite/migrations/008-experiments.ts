/**
 * Experiments, as schema `exp` has them on PostgreSQL: names and columns are the same behind the prefix, instants are
 * milliseconds, JSON is text. Nothing that was recorded is ever deleted with what it refers to.
 */
export const experiments = `
CREATE TABLE exp_experiments (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 255),
  description TEXT,
  status TEXT NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'active', 'paused', 'completed')),
  unit_type TEXT NOT NULL CHECK (unit_type IN ('user', 'household', 'session')),
  model TEXT,
  epoch INTEGER NOT NULL CHECK (epoch >= 0),
  start_at INTEGER,
  end_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK (end_at > start_at)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX exp_one_experiment_a_model ON exp_experiments (model) WHERE status <> 'completed';
CREATE INDEX exp_experiments_by_model ON exp_experiments (model);

CREATE TABLE exp_variants (
  id TEXT PRIMARY KEY,
  experiment_id TEXT NOT NULL REFERENCES exp_experiments (id),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  description TEXT,
  role TEXT NOT NULL CHECK (role IN ('baseline', 'control', 'candidate', 'arm')),
  position INTEGER NOT NULL,
  basis_points INTEGER NOT NULL CHECK (basis_points BETWEEN 0 AND 10000),
  allocation REAL GENERATED ALWAYS AS (basis_points / 10000.0) VIRTUAL,
  ranges TEXT NOT NULL CHECK (json_type(ranges) = 'array'),
  config TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(config)),
  archived_at INTEGER,
  created_at INTEGER NOT NULL,
  CHECK (archived_at IS NULL OR (basis_points = 0 AND ranges = '[]'))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX exp_live_variants_by_name ON exp_variants (experiment_id, name) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX exp_one_baseline ON exp_variants (experiment_id) WHERE role = 'baseline' AND archived_at IS NULL;
CREATE INDEX exp_variants_of_experiment ON exp_variants (experiment_id);

-- Variants are written before their experiment, and every change of shares raises its epoch.
CREATE TRIGGER exp_shares_sum_to_10000 AFTER UPDATE OF epoch, status ON exp_experiments
WHEN NEW.status IN ('active', 'paused') AND (SELECT coalesce(sum(basis_points), 0) FROM exp_variants WHERE experiment_id = NEW.id) <> 10000
BEGIN
  SELECT RAISE(ABORT, 'the shares of an experiment that is not a draft sum to 10,000 basis points');
END;
CREATE TRIGGER exp_ranges_partition AFTER UPDATE OF epoch, status ON exp_experiments
WHEN NEW.status IN ('active', 'paused') AND (EXISTS (
  SELECT 1 FROM (
    SELECT json_extract(r.value, '$.from') AS low, lag(json_extract(r.value, '$.to'), 1, 0) OVER (ORDER BY json_extract(r.value, '$.from')) AS reached
    FROM exp_variants v, json_each(v.ranges) r WHERE v.experiment_id = NEW.id
  ) WHERE low <> reached
) OR EXISTS (
  SELECT 1 FROM exp_variants v WHERE v.experiment_id = NEW.id
  AND v.basis_points * 10 <> (SELECT coalesce(sum(json_extract(r.value, '$.to') - json_extract(r.value, '$.from')), 0) FROM json_each(v.ranges) r)
))
BEGIN
  SELECT RAISE(ABORT, 'the ranges of an experiment that is not a draft partition the buckets');
END;
CREATE TRIGGER exp_config_is_frozen BEFORE UPDATE OF config ON exp_variants
WHEN NEW.config IS NOT OLD.config AND (SELECT status FROM exp_experiments WHERE id = OLD.experiment_id) <> 'draft'
BEGIN
  SELECT RAISE(ABORT, 'the config of a variant is frozen once its experiment left draft');
END;

CREATE TABLE exp_journal (
  experiment_id TEXT NOT NULL REFERENCES exp_experiments (id),
  epoch INTEGER NOT NULL,
  op TEXT NOT NULL CHECK (op IN ('create', 'activate', 'pause', 'complete', 'add_candidate', 'step', 'promote', 'rollback', 'retire', 'allocate')),
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  evidence_digest TEXT,
  idempotency_key TEXT NOT NULL,
  request_digest TEXT NOT NULL,
  PRIMARY KEY (experiment_id, epoch),
  UNIQUE (experiment_id, idempotency_key)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER exp_journal_is_never_updated BEFORE UPDATE ON exp_journal BEGIN SELECT RAISE(ABORT, 'journal rows are never changed'); END;
CREATE TRIGGER exp_journal_is_never_deleted BEFORE DELETE ON exp_journal BEGIN SELECT RAISE(ABORT, 'journal rows are never deleted'); END;

CREATE TABLE exp_registry_tags (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  model TEXT NOT NULL,
  version TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE exp_policies (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 255),
  description TEXT,
  default_version_id TEXT,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE exp_policy_versions (
  id TEXT PRIMARY KEY,
  policy_id TEXT NOT NULL REFERENCES exp_policies (id),
  version INTEGER NOT NULL CHECK (version > 0),
  mlflow_model_name TEXT NOT NULL,
  mlflow_model_version TEXT NOT NULL,
  config_defaults TEXT NOT NULL DEFAULT '{}' CHECK (json_type(config_defaults) = 'object'),
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'deprecated', 'archived')),
  created_at INTEGER NOT NULL,
  UNIQUE (policy_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE exp_offline_replay_results (
  id TEXT PRIMARY KEY,
  mlflow_model_name TEXT NOT NULL,
  mlflow_model_version TEXT NOT NULL,
  policy_version_id TEXT REFERENCES exp_policy_versions (id),
  dataset_version TEXT NOT NULL,
  mlflow_run_id TEXT,
  plan_alignment_score REAL,
  constraint_respect_score REAL,
  edit_distance_score REAL,
  diversity_score REAL,
  leftovers_score REAL,
  intervals TEXT,
  baseline_model_version TEXT,
  is_better_than_baseline INTEGER CHECK (is_better_than_baseline IN (0, 1)),
  status TEXT NOT NULL CHECK (status IN ('running', 'completed', 'failed')),
  error_message TEXT,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX exp_replays_of_model ON exp_offline_replay_results (mlflow_model_name, mlflow_model_version, created_at);

CREATE TABLE exp_assignments (
  experiment_id TEXT NOT NULL REFERENCES exp_experiments (id),
  variant_id TEXT NOT NULL REFERENCES exp_variants (id),
  unit_type TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  assigned_at INTEGER NOT NULL,
  PRIMARY KEY (experiment_id, unit_type, unit_id, epoch)
) STRICT, WITHOUT ROWID;

-- With a rowid: their ids are random, and whole events in the order of random ids cost twice the time of writing.
CREATE TABLE exp_events (
  id TEXT NOT NULL PRIMARY KEY,
  event_type TEXT NOT NULL,
  unit_type TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  experiments TEXT NOT NULL DEFAULT '[]' CHECK (json_type(experiments) = 'array'),
  context TEXT NOT NULL DEFAULT '{}',
  metrics TEXT NOT NULL DEFAULT '{}',
  payload TEXT,
  timestamp INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  flags TEXT NOT NULL DEFAULT '[]',
  plan_id TEXT GENERATED ALWAYS AS (CASE json_type(payload, '$.plan_id') WHEN 'text' THEN json_extract(payload, '$.plan_id') END) STORED
) STRICT;
CREATE INDEX exp_events_by_time ON exp_events (timestamp, id);
CREATE INDEX exp_events_by_plan ON exp_events (plan_id) WHERE plan_id IS NOT NULL;

CREATE TABLE exp_dirty_buckets (
  bucket_type TEXT NOT NULL CHECK (bucket_type IN ('hourly', 'daily')),
  bucket_start INTEGER NOT NULL,
  mark INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (bucket_type, bucket_start)
) STRICT, WITHOUT ROWID;

CREATE TABLE exp_metric_aggregates (
  experiment_id TEXT NOT NULL REFERENCES exp_experiments (id),
  variant_id TEXT NOT NULL REFERENCES exp_variants (id),
  metric_name TEXT NOT NULL,
  bucket_type TEXT NOT NULL CHECK (bucket_type IN ('hourly', 'daily')),
  bucket_start INTEGER NOT NULL,
  count INTEGER NOT NULL CHECK (count >= 0),
  sum REAL NOT NULL,
  mean REAL GENERATED ALWAYS AS (sum / nullif(count, 0)) VIRTUAL,
  min REAL NOT NULL,
  max REAL NOT NULL,
  stddev REAL,
  histogram TEXT,
  PRIMARY KEY (bucket_type, bucket_start, experiment_id, variant_id, metric_name)
) STRICT, WITHOUT ROWID;

CREATE VIEW exp_v_experiment_metrics AS
SELECT e.id AS experiment_id, e.name AS experiment_name, v.id AS variant_id, v.name AS variant_name, v.role, v.allocation,
  m.metric_name, m.bucket_type, m.bucket_start, m.count, m.sum, m.mean, m.min, m.max, m.stddev, m.histogram
FROM exp_metric_aggregates m JOIN exp_experiments e ON e.id = m.experiment_id JOIN exp_variants v ON v.id = m.variant_id;

CREATE VIEW exp_v_active_experiments AS
SELECT e.id, e.name, e.description, e.unit_type, e.model, e.epoch, e.start_at, e.end_at, e.created_at, e.updated_at,
  count(v.id) AS variant_count, coalesce(sum(v.allocation), 0) AS total_allocation
FROM exp_experiments e LEFT JOIN exp_variants v ON v.experiment_id = e.id AND v.archived_at IS NULL
WHERE e.status = 'active' GROUP BY e.id;

CREATE VIEW exp_v_policy_versions AS
SELECT pv.id, p.id AS policy_id, p.name AS policy_name, pv.version, pv.mlflow_model_name, pv.mlflow_model_version,
  'models:/' || pv.mlflow_model_name || '/' || pv.mlflow_model_version AS model_uri, pv.config_defaults, pv.status,
  p.default_version_id IS pv.id AS is_default, pv.created_at
FROM exp_policy_versions pv JOIN exp_policies p ON p.id = pv.policy_id;
`;
