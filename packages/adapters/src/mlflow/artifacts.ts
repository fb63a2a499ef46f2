import type { Artifacts } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";
import { createHash } from "node:crypto";

import type { MlflowClient } from "./client.ts";
import { getRun } from "./runs.ts";
import { asPart, partsOf, textOf } from "./shapes.ts";

export const FILES = "/api/2.0/mlflow-artifacts/artifacts";

/** The Artifacts port on MLflow: files of a run, through the server's own artifact proxy. */
export function mlflowArtifacts(client: MlflowClient): Artifacts {
  // Where a run's files are never changes.
  const roots = new Map<string, string>();
  const folderOf = async (runId: string): Promise<string> => {
    const known = roots.get(runId);
    if (known !== undefined) return known;
    const root = proxiedFolder(client.url, (await getRun(client, runId)).artifactUri);
    if (roots.size >= ROOTS_MAX) roots.clear();
    roots.set(runId, root);
    return root;
  };
  const fetchFile = async (runId: string, path: string): Promise<Uint8Array | null> => {
    const file = encodePath(path);
    const folder = await folderOf(runId);
    const get = (idempotent: boolean): Promise<Uint8Array> => client.bytes({ method: "GET", path: `${FILES}/${encodePath(folder)}/${file}`, idempotent });
    try {
      return await get(false);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code === "not_found") return null;
      if (error.code !== "registry_unavailable") throw error;
      // Over an object store MLflow 3.17 answers 500 for a file that is not there, as it does when it is broken.
      return (await isListed(client, `${folder}/${path}`)) ? get(true) : null;
    }
  };
  return {
    async write(runId, path, content) {
      const file = encodePath(path);
      await client.bytes({ method: "PUT", path: `${FILES}/${encodePath(await folderOf(runId))}/${file}`, bytes: new TextEncoder().encode(content), idempotent: true });
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

/** Whether the store has the file, by the folder that it would be in. */
async function isListed(client: MlflowClient, path: string): Promise<boolean> {
  const parts = path.split("/");
  try {
    const answer = await client.json({ method: "GET", path: FILES, query: { path: parts.slice(0, -1).join("/") }, idempotent: true });
    return partsOf(asPart(answer, "answer"), "files").some((file) => textOf(file, "path") === parts.at(-1));
  } catch (error) {
    // No such folder, or no such bucket; of the run itself it says nothing.
    if (error instanceof Failure && error.code === "not_found") return false;
    throw error;
  }
}

/** `mlflow-artifacts:/1/abc/artifacts` → `1/abc/artifacts`, the folder below the server's artifact proxy. */
export function proxiedFolder(serverUrl: string, artifactUri: string): string {
  const ours = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.+)$/.exec(artifactUri)?.[1];
  const direct = artifactUri.startsWith(`${serverUrl}${FILES}/`) ? artifactUri.slice(serverUrl.length + FILES.length + 1) : undefined;
  const path = ours ?? direct;
  if (path !== undefined) {
    const folder = decodeURI(path);
    encodePath(folder);
    return folder;
  }
  throw new Failure("registry_refused", `The files are at ${artifactUri}, which the MLflow server does not hand out itself.`, {
    fix: "Start the MLflow server with --serve-artifacts, and make new runs in a new experiment.",
  });
}

/** Relative, with "/": a file that a path names must lie in the run. */
export function encodePath(path: string): string {
  const parts = path.split("/");
  // oxlint-disable-next-line no-control-regex
  if (parts.some((part) => part === "" || part === "." || part === ".." || /[\\\0]/.test(part))) {
    throw new Failure("invalid_input", `'${path}' is not a relative path within a run.`, { fix: 'Write it as "folder/file", without "..".' });
  }
  return parts.map(encodeURIComponent).join("/");
}
