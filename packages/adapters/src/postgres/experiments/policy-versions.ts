import { checkSamePolicyVersion, unknownPolicyVersion } from "@gauntlet/controller";
import type { ExperimentStore, NewPolicyVersion } from "@gauntlet/controller";
import { canonicalJson } from "@gauntlet/core";
import type { OfflineReplay, PolicyVersion, PolicyVersionUpdate } from "@gauntlet/core";
import { jsonText, policyVersionOf, replayOf, SCORES } from "../../sql/experiment-rows.ts";
import type { PolicyVersionRow, ReplayRow } from "../../sql/experiment-rows.ts";
import type { Database, Queries } from "../database.ts";
import { sharedReads } from "../shared-reads.ts";
import { instant, POLICY_VERSION, REPLAY } from "./columns.ts";

type Part = Pick<ExperimentStore, "addPolicyVersion" | "policyVersion" | "policyVersions" | "updatePolicyVersions" | "recordReplay" | "replays">;

const VERSIONS = `SELECT ${POLICY_VERSION} FROM @exp.policy_versions v JOIN @exp.policies p ON p.id = v.policy_id`;

export function policyVersionsOf(database: Database): Part {
  return {
    addPolicyVersion: (version) => database.transaction(`policy ${version.policyName}`, (queries) => add(queries, version)),
    policyVersion: sharedReads((id) => read(database, id)),
    policyVersions: async ({ mlflowModelName = null, policyName = null }) =>
      (await database.all<PolicyVersionRow>(`${VERSIONS} WHERE ($1::text IS NULL OR v.mlflow_model_name = $1) AND ($2::text IS NULL OR p.name = $2) ORDER BY p.name, v.version`, mlflowModelName, policyName)).map(policyVersionOf),
    updatePolicyVersions: (updates) => database.transaction("policy versions", (queries) => writeVersionUpdates(queries, updates)),
    recordReplay: (replay) => writeReplay(database, replay),
    replays: async ({ mlflowModelName, mlflowModelVersion = null }) =>
      (await database.all<ReplayRow>(`SELECT ${REPLAY} FROM @exp.offline_replay_results r WHERE mlflow_model_name = $1 AND ($2::text IS NULL OR mlflow_model_version = $2) ORDER BY r.created_at DESC, r.id DESC`, mlflowModelName, mlflowModelVersion)).map(replayOf),
  };
}

async function read(queries: Queries, id: string): Promise<PolicyVersion | null> {
  const [row] = await queries.all<PolicyVersionRow>(`${VERSIONS} WHERE v.id::text = $1`, id);
  return row === undefined ? null : policyVersionOf(row);
}

/** The lock of the transaction is the policy's, so that the highest version stays the highest until it is written. */
async function add(queries: Queries, version: NewPolicyVersion): Promise<PolicyVersion> {
  const { id, policyId, policyName, mlflowModelName, mlflowModelVersion, configDefaults, status, createdAt } = version;
  const known = await read(queries, id);
  if (known !== null) {
    checkSamePolicyVersion(known, version);
    return known;
  }
  await queries.run(`INSERT INTO @exp.policies (id, name, created_at) VALUES ($1, $2, ${instant("$3")}) ON CONFLICT (name) DO NOTHING`, policyId, policyName, createdAt);
  await queries.run(
    `INSERT INTO @exp.policy_versions (id, policy_id, version, mlflow_model_name, mlflow_model_version, config_defaults, status, created_at)
     SELECT $1, p.id, (SELECT coalesce(max(version), 0) + 1 FROM @exp.policy_versions WHERE policy_id = p.id), $3, $4, $5::jsonb, $6, ${instant("$7")} FROM @exp.policies p WHERE p.name = $2`,
    id, policyName, mlflowModelName, mlflowModelVersion, canonicalJson(configDefaults), status, createdAt,
  );
  await queries.run("UPDATE @exp.policies SET default_version_id = $1 WHERE name = $2 AND default_version_id IS NULL", id, policyName);
  return (await read(queries, id)) as PolicyVersion;
}

export async function writeVersionUpdates(queries: Queries, updates: readonly PolicyVersionUpdate[]): Promise<void> {
  for (const { id, status, isDefault } of updates) {
    if ((await queries.run("UPDATE @exp.policy_versions SET status = coalesce($1, status) WHERE id = $2", status ?? null, id)) === 0) throw unknownPolicyVersion(id);
    if (isDefault === true) await queries.run("UPDATE @exp.policies SET default_version_id = $1 WHERE id = (SELECT policy_id FROM @exp.policy_versions WHERE id = $1)", id);
  }
}

async function writeReplay(queries: Queries, replay: OfflineReplay): Promise<void> {
  const { id, mlflowModelName, mlflowModelVersion, policyVersionId, datasetVersion, mlflowRunId, scores, intervals, baselineModelVersion, isBetterThanBaseline, status, errorMessage, createdAt } = replay;
  const columns = ["mlflow_model_name", "mlflow_model_version", "policy_version_id", "dataset_version", "mlflow_run_id", ...SCORES.map((score) => `${score}_score`), "intervals", "baseline_model_version", "is_better_than_baseline", "status", "error_message", "created_at"];
  await queries.run(
    `INSERT INTO @exp.offline_replay_results (id, ${columns.join(", ")})
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13, $14, $15, $16, ${instant("$17")})
     ON CONFLICT (id) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(", ")}`,
    id, mlflowModelName, mlflowModelVersion, policyVersionId, datasetVersion, mlflowRunId,
    ...SCORES.map((score) => scores[score]),
    jsonText(intervals), baselineModelVersion, isBetterThanBaseline, status, errorMessage, createdAt,
  );
}
