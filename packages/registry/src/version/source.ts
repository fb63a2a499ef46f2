import type { Input } from "../request/fields.ts";
import { absent, invalid } from "../request/problem.ts";
import type { Context } from "../request/route.ts";
import { requireVersion } from "./read.ts";

/** Where a version's files are, after its source was checked. */
export interface ResolvedSource {
  readonly source: string;
  readonly storageLocation: string;
  readonly runId: string;
}

type SourceInput = Input<{ readonly source: "text!"; readonly run_id: "text"; readonly model_id: "text" }>;

/**
 * A source may not name this machine's files, nor climb out of the place it names, nor claim the files of a run or a
 * logged model that the request doesn't name (the class of mlflow CVE-2023-1177).
 */
export function resolveSource(context: Context, input: SourceInput): ResolvedSource {
  const { source } = input;
  const scheme = schemeOf(source);
  if (scheme === "models") return resolveModels(context, input);
  const runId = input.run_id ?? "";
  const modelId = input.model_id ?? "";
  const idName = modelId === "" ? "run_id" : "model_id";
  checkNotLocal(source, scheme, idName);
  checkNoTraversal(source);
  if (scheme === "runs" && (modelId !== "" || runId === "" || runOf(source) !== runId)) throw unrelated(source, idName);
  const model = modelId === "" ? undefined : modelRoot(context, modelId);
  if (isOurArtifact(source, scheme)) {
    const root = modelId === "" ? runRoot(context, runId) : model?.root;
    if (root === undefined || !isWithin(source, root)) throw unrelated(source, idName);
  }
  return { source, storageLocation: source, runId: runId === "" ? (model?.runId ?? "") : runId };
}

/** The run of `runs:/<run>/<path>`. */
function runOf(source: string): string | undefined {
  return /^runs:\/+([^/]+)/.exec(source)?.[1];
}

function resolveModels(context: Context, input: SourceInput): ResolvedSource {
  const { source } = input;
  const path = /^models:\/([^/].*)$/.exec(source)?.[1];
  if (path === undefined) throw invalid(`Invalid model version source: '${source}'. Registered model sources must use the active model registry.`);
  checkNoTraversal(source);
  if (!/[/@]/.test(path)) {
    if (path !== input.model_id) throw unrelated(source, "model_id");
    const model = modelRoot(context, path);
    if (model === undefined) throw absent(`Logged model with ID '${path}' not found.`);
    return { source, storageLocation: model.root, runId: input.run_id === undefined || input.run_id === "" ? model.runId : input.run_id };
  }
  const [, name, version] = /^([^/@]+)\/(\d+)$/.exec(path) ?? [];
  if (name === undefined || version === undefined) throw unrelated(source, "model_id");
  const row = requireVersion(context, name, version);
  const run = String(row["run"]);
  if (input.run_id !== undefined && input.run_id !== run) {
    throw invalid(`Invalid model version source: '${source}'. The run_id and model_id request parameters must match the referenced model version.`);
  }
  return { source: `models:/${name}/${Number(version)}`, storageLocation: String(row["storage_location"]), runId: run };
}

function schemeOf(source: string): string {
  return /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(source)?.[1]?.toLowerCase() ?? "";
}

function checkNotLocal(source: string, scheme: string, idName: string): void {
  if (scheme !== "" && scheme !== "file" && scheme.length > 1) return;
  throw invalid(
    `Invalid model version source: '${source}'. To use a local path as a model version source, the ${idName} request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the ${idName}.`,
  );
}

function checkNoTraversal(source: string): void {
  const plain = decodeFully(source);
  if (!plain.includes("\0") && !plain.includes("\\") && !plain.split("/").some((part) => part === ".." || part === ".")) return;
  throw invalid(
    `Invalid model version source: '${source}'. If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references present. Please provide an absolute path.`,
  );
}

function decodeFully(text: string): string {
  let result = text;
  for (;;) {
    let next: string;
    try {
      next = decodeURIComponent(result);
    } catch {
      return result;
    }
    if (next === result) return result;
    result = next;
  }
}

function isOurArtifact(source: string, scheme: string): boolean {
  return scheme === "mlflow-artifacts" || (/^https?$/.test(scheme) && decodeFully(source).includes("/api/2.0/mlflow-artifacts/artifacts"));
}

function isWithin(source: string, root: string): boolean {
  const inner = uriParts(source);
  return uriParts(root).every((part, index) => inner[index] === part);
}

function uriParts(uri: string): readonly string[] {
  return decodeFully(uri)
    .split("/")
    .filter((part) => part !== "");
}

function runRoot({ database }: Context, runId: string): string | undefined {
  const row = database.first("SELECT artifact_uri FROM runs WHERE id = ?", runId);
  return row === null ? undefined : String(row["artifact_uri"]);
}

function modelRoot({ database }: Context, modelId: string): { readonly root: string; readonly runId: string } | undefined {
  const row = database.first("SELECT artifact_uri, source_run FROM logged_models WHERE id = ? AND lifecycle_stage = 'active'", modelId);
  return row === null ? undefined : { root: String(row["artifact_uri"]), runId: String(row["source_run"]) };
}

function unrelated(source: string, idName: string): Error {
  return invalid(`Invalid model version source: '${source}'. The ${idName} request parameter must identify the resource that contains the source.`);
}
