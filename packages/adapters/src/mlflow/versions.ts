import { Failure } from "@gauntlet/core";
import type { MlflowClient } from "./client.ts";
import { asPart, integerOf, optionalText, pairsOf, partOf, partsOf, textOf } from "./shapes.ts";
import type { Part } from "./shapes.ts";

export interface MlflowVersion {
  readonly model: string;
  readonly version: string;
  readonly stage: string;
  readonly source: string | null;
  readonly runId: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
}

const API = "/api/2.0/mlflow";

/** @throws Failure `not_found`. */
export async function getVersion(client: MlflowClient, model: string, version: string): Promise<MlflowVersion> {
  const answer = await client.json({ method: "GET", path: `${API}/model-versions/get`, query: { name: model, version }, idempotent: true });
  const found = versionOf(partOf(asPart(answer, "answer"), "model_version"));
  if (found.model === model && found.version === version) return found;
  throw new Failure("registry_refused", `The registry was asked for ${model} version ${version} and answered with ${found.model} version ${found.version}.`);
}

/** Every page of the versions of a model, newest number first. */
export async function searchVersions(client: MlflowClient, model: string): Promise<readonly MlflowVersion[]> {
  const found: MlflowVersion[] = [];
  const filter = `name='${model.replaceAll("'", "''")}'`;
  for (let token: string | null = null; ; ) {
    const query = { filter, max_results: "1000", order_by: ["version_number DESC"], ...(token === null ? {} : { page_token: token }) };
    const page = asPart(await client.json({ method: "GET", path: `${API}/model-versions/search`, query, idempotent: true }), "answer");
    found.push(...partsOf(page, "model_versions").map(versionOf));
    const next = optionalText(page, "next_page_token");
    if (next === null) return found;
    if (next === token) throw new Failure("registry_refused", "The registry's search answers with the same page token again and again.");
    token = next;
  }
}

export interface NewVersion {
  readonly model: string;
  /** "mlflow-artifacts:/…" below the run, "runs:/<run>/<path>", "s3://…". */
  readonly source: string;
  readonly runId: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly description: string | null;
}

/** Not repeated after a time-out: each call makes a version. Returns its number. */
export async function createVersion(client: MlflowClient, { model, source, runId, tags, description }: NewVersion): Promise<string> {
  const json = {
    name: model,
    source,
    ...(runId === null ? {} : { run_id: runId }),
    ...(description === null ? {} : { description }),
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  };
  const answer = await client.json({ method: "POST", path: `${API}/model-versions/create`, json, idempotent: false });
  return versionOf(partOf(asPart(answer, "answer"), "model_version")).version;
}

function versionOf(part: Part): MlflowVersion {
  return {
    model: textOf(part, "name"),
    // Text in the protocol; some servers write a number.
    version: typeof part.value["version"] === "number" ? String(part.value["version"]) : textOf(part, "version"),
    stage: optionalText(part, "current_stage") ?? "None",
    source: optionalText(part, "source"),
    runId: optionalText(part, "run_id"),
    tags: pairsOf(part, "tags"),
    createdAt: integerOf(part, "creation_timestamp"),
  };
}
