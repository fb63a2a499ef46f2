import type { Artifacts } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";
import { createHash } from "node:crypto";

import type { MlflowClient } from "./client.ts";
import { getRun } from "./runs.ts";

const FILES = "/api/2.0/mlflow-artifacts/artifacts";

/** The Artifacts port on MLflow: files of a run, through the server's own artifact proxy. */
export function mlflowArtifacts(client: MlflowClient): Artifacts {
  // Where a run's files are never changes.
  const roots = new Map<string, string>();
  const rootOf = async (runId: string): Promise<string> => {
    const known = roots.get(runId);
    if (known !== undefined) return known;
    const root = proxyPath(client.url, (await getRun(client, runId)).artifactUri);
    if (roots.size >= ROOTS_MAX) roots.clear();
    roots.set(runId, root);
    return root;
  };
  const fetchFile = async (runId: string, path: string): Promise<Uint8Array | null> => {
    const file = encodePath(path);
    const root = await rootOf(runId);
    try {
      return await client.bytes({ method: "GET", path: `${root}/${file}`, idempotent: true });
    } catch (error) {
      if (error instanceof Failure && error.code === "not_found") return null;
      throw error;
    }
  };
  return {
    async write(runId, path, content) {
      const file = encodePath(path);
      await client.bytes({ method: "PUT", path: `${await rootOf(runId)}/${file}`, bytes: new TextEncoder().encode(content), idempotent: true });
    },
    async read(runId, path) {
      const bytes = await fetchFile(runId, path);
      return bytes === null ? null : new TextDecoder().decode(bytes);
    },
    async digest(runId, path) {
      const bytes = await fetchFile(runId, path);
      return bytes === null ? null : createHash("sha256").update(bytes).digest("hex");
    },
  };
}

const ROOTS_MAX = 10_000;

/** `mlflow-artifacts:/1/abc/artifacts` → the path below the server's artifact proxy. */
function proxyPath(serverUrl: string, artifactUri: string): string {
  const ours = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.+)$/.exec(artifactUri)?.[1];
  const direct = artifactUri.startsWith(`${serverUrl}${FILES}/`) ? artifactUri.slice(serverUrl.length + FILES.length + 1) : undefined;
  const path = ours ?? direct;
  if (path !== undefined) return `${FILES}/${encodePath(decodeURI(path))}`;
  throw new Failure("registry_refused", `The run's files are at ${artifactUri}, which the MLflow server does not hand out itself.`, {
    fix: "Start the MLflow server with --serve-artifacts, and make new runs in a new experiment.",
  });
}

/** Relative, with "/": a file that a path names must lie in the run. */
function encodePath(path: string): string {
  const parts = path.split("/");
  // oxlint-disable-next-line no-control-regex
  if (parts.some((part) => part === "" || part === "." || part === ".." || /[\\\0]/.test(part))) {
    throw new Failure("invalid_input", `'${path}' is not a relative path within a run.`, { fix: 'Write it as "folder/file", without "..".' });
  }
  return parts.map(encodeURIComponent).join("/");
}
