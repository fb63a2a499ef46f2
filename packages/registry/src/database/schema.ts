/** Raised with every change of the text below, which then needs a step from the version before. */
export const SCHEMA_VERSION = 1;

/**
 * Times are milliseconds since the Unix epoch. Lists keep the order in which they were written (rowid), as MLflow's do.
 * A deleted version keeps its row: its number is never given again.
 */
export const SCHEMA = `
CREATE TABLE experiments (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, artifact_location TEXT NOT NULL,
  lifecycle_stage TEXT NOT NULL DEFAULT 'active', created INTEGER NOT NULL, updated INTEGER NOT NULL
);
CREATE TABLE experiment_tags (
  experiment INTEGER NOT NULL REFERENCES experiments ON DELETE CASCADE, key TEXT NOT NULL, value TEXT NOT NULL,
  UNIQUE (experiment, key)
);
CREATE TABLE runs (
  id TEXT PRIMARY KEY, experiment INTEGER NOT NULL REFERENCES experiments, name TEXT NOT NULL, user_id TEXT NOT NULL,
  status TEXT NOT NULL, start_time INTEGER NOT NULL, end_time INTEGER, lifecycle_stage TEXT NOT NULL DEFAULT 'active',
  artifact_uri TEXT NOT NULL
);
CREATE INDEX runs_of_experiment ON runs (experiment, start_time);
CREATE TABLE run_tags (run TEXT NOT NULL REFERENCES runs, key TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (run, key));
CREATE TABLE run_params (run TEXT NOT NULL REFERENCES runs, key TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (run, key));
CREATE TABLE metrics (
  run TEXT NOT NULL REFERENCES runs, key TEXT NOT NULL, value REAL NOT NULL, is_nan INTEGER NOT NULL,
  timestamp INTEGER NOT NULL, step INTEGER NOT NULL,
  UNIQUE (run, key, timestamp, step, value, is_nan)
);
CREATE TABLE latest_metrics (
  run TEXT NOT NULL REFERENCES runs, key TEXT NOT NULL, value REAL NOT NULL, is_nan INTEGER NOT NULL,
  timestamp INTEGER NOT NULL, step INTEGER NOT NULL, UNIQUE (run, key)
);
CREATE TABLE logged_model_metrics (
  model TEXT NOT NULL, run TEXT NOT NULL, key TEXT NOT NULL, value REAL NOT NULL, is_nan INTEGER NOT NULL,
  timestamp INTEGER NOT NULL, step INTEGER NOT NULL, dataset_name TEXT, dataset_digest TEXT,
  UNIQUE (model, run, key, timestamp, step)
);
CREATE TABLE run_datasets (
  run TEXT NOT NULL REFERENCES runs, name TEXT NOT NULL, digest TEXT NOT NULL, document TEXT NOT NULL, UNIQUE (run, name, digest)
);
CREATE TABLE run_models (
  run TEXT NOT NULL REFERENCES runs, direction TEXT NOT NULL, model TEXT NOT NULL, step INTEGER, UNIQUE (run, direction, model)
);
CREATE TABLE logged_models (
  id TEXT PRIMARY KEY, experiment INTEGER NOT NULL REFERENCES experiments, name TEXT NOT NULL, model_type TEXT NOT NULL,
  source_run TEXT NOT NULL, status TEXT NOT NULL, artifact_uri TEXT NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, lifecycle_stage TEXT NOT NULL DEFAULT 'active'
);
CREATE INDEX logged_models_of_experiment ON logged_models (experiment, created);
CREATE TABLE logged_model_tags (
  model TEXT NOT NULL REFERENCES logged_models, key TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (model, key)
);
CREATE TABLE logged_model_params (
  model TEXT NOT NULL REFERENCES logged_models, key TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (model, key)
);
CREATE TABLE models (
  name TEXT PRIMARY KEY, description TEXT, created INTEGER NOT NULL, updated INTEGER NOT NULL
);
CREATE TABLE model_tags (
  model TEXT NOT NULL REFERENCES models ON UPDATE CASCADE ON DELETE CASCADE, key TEXT NOT NULL, value TEXT NOT NULL,
  UNIQUE (model, key)
);
CREATE TABLE versions (
  model TEXT NOT NULL REFERENCES models ON UPDATE CASCADE ON DELETE CASCADE, version INTEGER NOT NULL,
  created INTEGER NOT NULL, updated INTEGER NOT NULL, stage TEXT NOT NULL DEFAULT 'None', description TEXT,
  source TEXT NOT NULL, storage_location TEXT NOT NULL, run TEXT NOT NULL, run_link TEXT NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (model, version)
);
CREATE INDEX versions_of_run ON versions (run);
CREATE TABLE version_tags (
  model TEXT NOT NULL, version INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
  UNIQUE (model, version, key),
  FOREIGN KEY (model, version) REFERENCES versions ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE aliases (
  model TEXT NOT NULL, alias TEXT NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (model, alias),
  FOREIGN KEY (model, version) REFERENCES versions ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX aliases_of_version ON aliases (model, version);
`;
