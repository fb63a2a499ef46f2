import type { Registry } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";
import type { RegisteredVersion } from "@gauntlet/core";
import type { MlflowClient } from "./client.ts";
import { latestMetrics } from "./runs.ts";
import { asPart, pairsOf, partOf, textOf } from "./shapes.ts";
import { getVersion } from "./versions.ts";

const API = "/api/2.0/mlflow";

/** The tag in which a version's artifact digest is kept: `sha256:` and 64 hex digits, set by who made the version. */
export const DIGEST_TAG = "gauntlet.digest";

/** The Registry port on MLflow. Every call of it is idempotent, and so repeated after a time-out. */
export function mlflowRegistry(client: MlflowClient): Registry {
  const post = (path: string, json: object): Promise<unknown> => client.json({ method: "POST", path: API + path, json, idempotent: true });
  return {
    async read(model, versions) {
      const [aliases, found] = await Promise.all([readAliases(client, model), Promise.all(versions.map((version) => readVersion(client, model, version)))]);
      return { aliases, versions: found };
    },
    async setAlias(model, alias, version) {
      if (version !== null) await post("/registered-models/alias", { name: model, alias, version });
      else await client.json({ method: "DELETE", path: `${API}/registered-models/alias`, json: { name: model, alias }, idempotent: true });
    },
    // Four parameters are the port's shape.
    // oxlint-disable-next-line max-params
    async setTag(model, version, name, value) {
      await post("/model-versions/set-tag", { name: model, version, key: name, value });
    },
    // oxlint-disable-next-line max-params
    async setStage(model, version, stage, archiveExisting) {
      await post("/model-versions/transition-stage", { name: model, version, stage, archive_existing_versions: archiveExisting });
    },
  };
}

/** Made when there is none; an existing one is left as it is. */
export async function ensureRegisteredModel(client: MlflowClient, name: string, description: string): Promise<void> {
  try {
    await client.json({ method: "GET", path: `${API}/registered-models/get`, query: { name }, idempotent: true });
    return;
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "not_found") throw error;
  }
  try {
    await client.json({ method: "POST", path: `${API}/registered-models/create`, json: { name, description }, idempotent: false });
  } catch (error) {
    // Somebody else made it meanwhile.
    if (!(error instanceof Failure) || error.code !== "registry_refused" || !error.message.includes("RESOURCE_ALREADY_EXISTS")) throw error;
  }
}

async function readAliases(client: MlflowClient, model: string): Promise<Readonly<Record<string, string>>> {
  const answer = await client.json({ method: "GET", path: `${API}/registered-models/get`, query: { name: model }, idempotent: true });
  const part = partOf(asPart(answer, "answer"), "registered_model");
  const name = textOf(part, "name");
  if (name !== model) throw new Failure("registry_refused", `The registry was asked for the model ${model} and answered with ${name}.`);
  return { ...pairsOf(part, "aliases", { key: "alias", value: "version" }) };
}

async function readVersion(client: MlflowClient, model: string, version: string): Promise<RegisteredVersion> {
  const { stage, runId, tags } = await getVersion(client, model, version);
  const metrics = runId === null ? {} : await latestMetrics(client, runId);
  return { version, digest: tags[DIGEST_TAG] ?? null, runId, stage, tags: { ...tags }, metrics };
}
