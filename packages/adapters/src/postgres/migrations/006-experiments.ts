/**
 * Experiments in a schema of their own, which reports read: `@exp.` is `exp`. Shares are whole basis points, `allocation`
 * their decimal; what was recorded is never deleted with what it refers to. Checks of sums and partitions wait for the end of the transaction.
 */
export const experiments = `
CREATE TABLE @exp.experiments (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name varchar(255) COLLATE "C" NOT NULL UNIQUE CHECK (name <> ''),
  description text,
  status varchar(50) NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'active', 'paused', 'completed')),
  unit_type varchar(50) NOT NULL CHECK (unit_type IN ('user', 'household', 'session')),
  model text COLLATE "C",
  epoch bigint NOT NULL DEFAULT 0 CHECK (epoch >= 0),
  start_at timestamptz,
  end_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK (end_at > start_at)
);
CREATE UNIQUE INDEX one_experiment_a_model ON @exp.experiments (model) WHERE status <> 'completed';
CREATE INDEX experiments_by_model ON @exp.experiments (model);

CREATE FUNCTION @exp.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER experiments_are_touched BEFORE UPDATE ON @exp.experiments FOR EACH ROW WHEN (NEW.epoch = OLD.epoch) EXECUTE FUNCTION @exp.touch();

CREATE TABLE @exp.variants (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  experiment_id uuid NOT NULL REFERENCES @exp.experiments (id),
  name varchar(255) COLLATE "C" NOT NULL CHECK (name <> ''),
  description text,
  role varchar(50) NOT NULL CHECK (role IN ('baseline', 'control', 'candidate', 'arm')),
  position integer NOT NULL,
  basis_points integer NOT NULL CHECK (basis_points BETWEEN 0 AND 10000),
  allocation decimal(5,4) GENERATED ALWAYS AS (basis_points / 10000.0) STORED,
  ranges jsonb NOT NULL CHECK (jsonb_typeof(ranges) = 'array'),
  config jsonb NOT NULL DEFAULT '{}',
  archived_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT archived_variants_own_nothing CHECK (archived_at IS NULL OR (basis_points = 0 AND ranges = '[]'))
);
CREATE UNIQUE INDEX live_variants_by_name ON @exp.variants (experiment_id, name) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX one_baseline ON @exp.variants (experiment_id) WHERE role = 'baseline' AND archived_at IS NULL;
CREATE INDEX variants_of_experiment ON @exp.variants (experiment_id);

CREATE FUNCTION @exp.check_shares() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  checked uuid := CASE TG_TABLE_NAME WHEN 'variants' THEN (to_jsonb(NEW) ->> 'experiment_id')::uuid ELSE (to_jsonb(NEW) ->> 'id')::uuid END;
BEGIN
  PERFORM 1 FROM @exp.experiments WHERE id = checked AND status IN ('active', 'paused');
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF (SELECT coalesce(sum(basis_points), 0) FROM @exp.variants WHERE experiment_id = checked) <> 10000 THEN
    RAISE EXCEPTION 'the shares of experiment % do not sum to 10,000 basis points', checked USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (
    SELECT 1 FROM (
      SELECT (r.value ->> 'from')::int AS low, lag((r.value ->> 'to')::int, 1, 0) OVER (ORDER BY (r.value ->> 'from')::int) AS reached
      FROM @exp.variants v CROSS JOIN LATERAL jsonb_array_elements(v.ranges) r WHERE v.experiment_id = checked
    ) owned WHERE low <> reached
  ) OR EXISTS (
    SELECT 1 FROM @exp.variants v WHERE v.experiment_id = checked
    AND v.basis_points * 10 <> (SELECT coalesce(sum((r.value ->> 'to')::int - (r.value ->> 'from')::int), 0) FROM jsonb_array_elements(v.ranges) r)
  ) THEN
    RAISE EXCEPTION 'the ranges of experiment % do not partition the buckets', checked USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER shares_sum_and_partition AFTER INSERT OR UPDATE ON @exp.variants DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION @exp.check_shares();
CREATE CONSTRAINT TRIGGER shares_sum_and_partition AFTER INSERT OR UPDATE OF status ON @exp.experiments DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION @exp.check_shares();

CREATE FUNCTION @exp.refuse_config() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT status FROM @exp.experiments WHERE id = OLD.experiment_id) <> 'draft' THEN
    RAISE EXCEPTION 'the config of variant % is frozen', OLD.name USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER config_is_frozen BEFORE UPDATE ON @exp.variants FOR EACH ROW WHEN (NEW.config IS DISTINCT FROM OLD.config) EXECUTE FUNCTION @exp.refuse_config();

CREATE TABLE @exp.journal (
  experiment_id uuid NOT NULL REFERENCES @exp.experiments (id),
  epoch bigint NOT NULL,
  op varchar(50) NOT NULL CHECK (op IN ('create', 'activate', 'pause', 'complete', 'add_candidate', 'step', 'promote', 'rollback', 'retire', 'allocate')),
  actor text NOT NULL,
  reason text NOT NULL,
  at timestamptz NOT NULL,
  before jsonb NOT NULL,
  after jsonb NOT NULL,
  evidence_digest text,
  idempotency_key text COLLATE "C" NOT NULL,
  request_digest text NOT NULL,
  PRIMARY KEY (experiment_id, epoch),
  UNIQUE (experiment_id, idempotency_key)
);
CREATE FUNCTION @exp.refuse_journal_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'journal rows are never changed or deleted' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER journal_is_never_changed BEFORE UPDATE OR DELETE ON @exp.journal FOR EACH ROW EXECUTE FUNCTION @exp.refuse_journal_change();

CREATE TABLE @exp.registry_tags (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model text NOT NULL,
  version text NOT NULL,
  name text NOT NULL,
  value text NOT NULL
);

CREATE TABLE @exp.policies (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name varchar(255) COLLATE "C" NOT NULL UNIQUE CHECK (name <> ''),
  description text,
  default_version_id uuid,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE @exp.policy_versions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  policy_id uuid NOT NULL REFERENCES @exp.policies (id),
  version integer NOT NULL CHECK (version > 0),
  mlflow_model_name varchar(255) COLLATE "C" NOT NULL,
  mlflow_model_version varchar(50) COLLATE "C" NOT NULL,
  config_defaults jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(config_defaults) = 'object'),
  status varchar(50) NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'deprecated', 'archived')),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (policy_id, version)
);
ALTER TABLE @exp.policies ADD FOREIGN KEY (default_version_id) REFERENCES @exp.policy_versions (id);

CREATE TABLE @exp.offline_replay_results (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  mlflow_model_name varchar(255) COLLATE "C" NOT NULL,
  mlflow_model_version varchar(50) COLLATE "C" NOT NULL,
  policy_version_id uuid REFERENCES @exp.policy_versions (id),
  dataset_version varchar(255) NOT NULL,
  mlflow_run_id varchar(255),
  plan_alignment_score decimal(10,6),
  constraint_respect_score decimal(10,6),
  edit_distance_score decimal(10,6),
  diversity_score decimal(10,6),
  leftovers_score decimal(10,6),
  intervals jsonb,
  baseline_model_version varchar(50),
  is_better_than_baseline boolean,
  status varchar(50) NOT NULL CHECK (status IN ('running', 'completed', 'failed')),
  error_message text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX replays_of_model ON @exp.offline_replay_results (mlflow_model_name, mlflow_model_version, created_at);

CREATE TABLE @exp.assignments (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  experiment_id uuid NOT NULL REFERENCES @exp.experiments (id),
  variant_id uuid NOT NULL REFERENCES @exp.variants (id),
  unit_type varchar(50) COLLATE "C" NOT NULL,
  unit_id varchar(255) COLLATE "C" NOT NULL,
  epoch bigint NOT NULL,
  assigned_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (experiment_id, unit_type, unit_id, epoch)
);

CREATE TABLE @exp.events (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  event_type varchar(100) NOT NULL,
  unit_type varchar(50) NOT NULL,
  unit_id text NOT NULL,
  experiments jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(experiments) = 'array'),
  context jsonb NOT NULL DEFAULT '{}',
  metrics jsonb NOT NULL DEFAULT '{}',
  payload jsonb,
  timestamp timestamptz NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  flags jsonb NOT NULL DEFAULT '[]',
  plan_id text COLLATE "C" GENERATED ALWAYS AS (CASE jsonb_typeof(payload -> 'plan_id') WHEN 'string' THEN payload ->> 'plan_id' END) STORED
);
CREATE INDEX events_by_time ON @exp.events (timestamp, id);
CREATE INDEX events_by_plan ON @exp.events (plan_id) WHERE plan_id IS NOT NULL;

CREATE TABLE @exp.dirty_buckets (
  bucket_type varchar(10) NOT NULL CHECK (bucket_type IN ('hourly', 'daily')),
  bucket_start timestamptz NOT NULL,
  mark bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (bucket_type, bucket_start)
);

CREATE TABLE @exp.metric_aggregates (
  experiment_id uuid NOT NULL REFERENCES @exp.experiments (id),
  variant_id uuid NOT NULL REFERENCES @exp.variants (id),
  metric_name varchar(100) COLLATE "C" NOT NULL,
  bucket_type varchar(10) NOT NULL CHECK (bucket_type IN ('hourly', 'daily')),
  bucket_start timestamptz NOT NULL,
  count bigint NOT NULL CHECK (count >= 0),
  sum double precision NOT NULL,
  mean double precision GENERATED ALWAYS AS (sum / nullif(count, 0)) STORED,
  min double precision NOT NULL,
  max double precision NOT NULL,
  stddev double precision,
  histogram jsonb,
  PRIMARY KEY (bucket_type, bucket_start, experiment_id, variant_id, metric_name)
);

CREATE VIEW @exp.v_experiment_metrics AS
SELECT e.id AS experiment_id, e.name AS experiment_name, v.id AS variant_id, v.name AS variant_name, v.role, v.allocation,
  m.metric_name, m.bucket_type, m.bucket_start, m.count, m.sum, m.mean, m.min, m.max, m.stddev, m.histogram
FROM @exp.metric_aggregates m JOIN @exp.experiments e ON e.id = m.experiment_id JOIN @exp.variants v ON v.id = m.variant_id;

CREATE VIEW @exp.v_active_experiments AS
SELECT e.id, e.name, e.description, e.unit_type, e.model, e.epoch, e.start_at, e.end_at, e.created_at, e.updated_at,
  count(v.id) AS variant_count, coalesce(sum(v.allocation), 0) AS total_allocation
FROM @exp.experiments e LEFT JOIN @exp.variants v ON v.experiment_id = e.id AND v.archived_at IS NULL
WHERE e.status = 'active' GROUP BY e.id;

CREATE VIEW @exp.v_policy_versions AS
SELECT pv.id, p.id AS policy_id, p.name AS policy_name, pv.version, pv.mlflow_model_name, pv.mlflow_model_version,
  'models:/' || pv.mlflow_model_name || '/' || pv.mlflow_model_version AS model_uri, pv.config_defaults, pv.status,
  p.default_version_id IS NOT DISTINCT FROM pv.id AS is_default, pv.created_at
FROM @exp.policy_versions pv JOIN @exp.policies p ON p.id = pv.policy_id;
`;
