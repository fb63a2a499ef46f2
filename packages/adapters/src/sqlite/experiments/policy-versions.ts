import { checkSamePolicyVersion, unknownPolicyVersion } from "@gauntlet/controller";
import type { ExperimentStore, NewPolicyVersion } from "@gauntlet/controller";
import { canonicalJson } from "@gauntlet/core";
import type { OfflineReplay, PolicyVersion, PolicyVersionUpdate } from "@gauntlet/core";
import { jsonText, policyVersionOf, replayOf, SCORES } from "../../sql/experiment-rows.ts";
import type { PolicyVersionRow, ReplayRow } from "../../sql/experiment-rows.ts";
import type { Database } from "../database.ts";
import { POLICY_VERSION, REPLAY } from "./columns.ts";

type Part = Pick<ExperimentStore, "addPolicyVersion" | "policyVersion" | "policyVersions" | "updatePolicyVersions" | "recordReplay" | "replays">;

const VERSIONS = `SELECT ${POLICY_VERSION} FROM exp_policy_versions v JOIN exp_policies p ON p.id = v.policy_id`;

export function policyVersionsOf(database: Database): Part {
  return {
    addPolicyVersion: async (version) => database.transaction(() => add(database, version)),
    policyVersion: async (id) => read(database, id),
    policyVersions: async ({ mlflowModelName = null, policyName = null }) =>
      database.all<PolicyVersionRow>(`${VERSIONS} WHERE (?1 IS NULL OR v.mlflow_model_name = ?1) AND (?2 IS NULL OR p.name = ?2) ORDER BY p.name, v.version`, mlflowModelName, policyName).map(policyVersionOf),
    updatePolicyVersions: async (updates) => database.transaction(() => writeVersionUpdates(database, updates)),
    recordReplay: async (replay) => writeReplay(database, replay),
    replays: async ({ mlflowModelName, mlflowModelVersion = null }) =>
      database.all<ReplayRow>(`SELECT ${REPLAY} FROM exp_offline_replay_results WHERE mlflow_model_name = ?1 AND (?2 IS NULL OR mlflow_model_version = ?2) ORDER BY created_at DESC, id DESC`, mlflowModelName, mlflowModelVersion).map(replayOf),
  };
}

function read(database: Database, id: string): PolicyVersion | null {
  const row = database.get<PolicyVersionRow>(`${VERSIONS} WHERE v.id = ?`, id);
  return row === undefined ? null : policyVersionOf(row);
}

function add(database: Database, version: NewPolicyVersion): PolicyVersion {
  const { id, policyId, policyName, mlflowModelName, mlflowModelVersion, configDefaults, status, createdAt } = version;
  const known = read(database, id);
  if (known !== null) {
    checkSamePolicyVersion(known, version);
    return known;
  }
  database.run("INSERT INTO exp_policies (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING", policyId, policyName, createdAt);
  database.run(
    `INSERT INTO exp_policy_versions (id, policy_id, version, mlflow_model_name, mlflow_model_version, config_defaults, status, created_at)
     SELECT ?1, p.id, (SELECT coalesce(max(version), 0) + 1 FROM exp_policy_versions WHERE policy_id = p.id), ?3, ?4, ?5, ?6, ?7 FROM exp_policies p WHERE p.name = ?2`,
    id, policyName, mlflowModelName, mlflowModelVersion, canonicalJson(configDefaults), status, createdAt,
  );
  database.run("UPDATE exp_policies SET default_version_id = ? WHERE name = ? AND default_version_id IS NULL", id, policyName);
  return read(database, id) as PolicyVersion;
}

export function writeVersionUpdates(database: Database, updates: readonly PolicyVersionUpdate[]): void {
  for (const { id, status, isDefault } of updates) {
    if (database.run("UPDATE exp_policy_versions SET status = coalesce(?, status) WHERE id = ?", status ?? null, id) === 0) throw unknownPolicyVersion(id);
    if (isDefault === true) database.run("UPDATE exp_policies SET default_version_id = ?1 WHERE id = (SELECT policy_id FROM exp_policy_versions WHERE id = ?1)", id);
  }
}

function writeReplay(database: Database, replay: OfflineReplay): void {
  const { id, mlflowModelName, mlflowModelVersion, policyVersionId, datasetVersion, mlflowRunId, scores, intervals, baselineModelVersion, isBetterThanBaseline, status, errorMessage, createdAt } = replay;
  database.run(
    `INSERT OR REPLACE INTO exp_offline_replay_results (id, mlflow_model_name, mlflow_model_version, policy_version_id, dataset_version, mlflow_run_id,
       ${SCORES.map((score) => `${score}_score`).join(", ")}, intervals, baseline_model_version, is_better_than_baseline, status, error_message, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id, mlflowModelName, mlflowModelVersion, policyVersionId, datasetVersion, mlflowRunId,
    ...SCORES.map((score) => scores[score]),
    jsonText(intervals), baselineModelVersion, isBetterThanBaseline === null ? null : Number(isBetterThanBaseline), status, errorMessage, createdAt,
  );
}
