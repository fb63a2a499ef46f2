import type { VersionFiles } from "@gauntlet/controller";
import { Failure, type VersionFile } from "@gauntlet/core";

import { encodePath, FILES, proxiedFolder } from "./artifacts.ts";
import type { MlflowClient } from "./client.ts";
import { getRun } from "./runs.ts";
import { asPart, partsOf, textOf } from "./shapes.ts";

export interface FileLimits {
  /** Of all files of a version together. */
  readonly bytesMax: number;
  readonly filesMax: number;
}

const LIMITS: FileLimits = { bytesMax: 64 * 2 ** 30, filesMax: 10_000 };
const TEXT_BYTES_MAX = 4 * 2 ** 20;
const DEPTH_MAX = 32;

/** The VersionFiles port on MLflow: a version's files, through the server's own artifact proxy, from where its models are loaded. */
export function mlflowVersionFiles(client: MlflowClient, { bytesMax, filesMax }: FileLimits = LIMITS): VersionFiles {
  return {
    async list(model, version, beat) {
      const tooLarge = (most: string): Failure => new Failure("too_large", `version ${version} of ${model} has more than the ${most} that are read`, { fix: "keep what does not belong to the model out of the version's files" });
      const folder = await folderOf(client, model, version);
      const paths: string[] = [];
      for await (const path of walk(client, folder, "")) {
        if (paths.length === filesMax) throw tooLarge(`${filesMax} files`);
        paths.push(path);
        await beat();
      }
      if (paths.length === 0) throw new Failure("not_found", `version ${version} of ${model} has no files in the registry's store`, { fix: "log the model's files where the version's source says they are" });
      const files: VersionFile[] = [];
      let left = bytesMax;
      for (const path of paths.toSorted((a, b) => (a < b ? -1 : 1))) {
        const { sha256, bytes } = await client.digest({ method: "GET", path: `${FILES}/${encodePath(`${folder}/${path}`)}`, idempotent: true }, { bytesMax: left, tooLarge: () => tooLarge(`${bytesMax} bytes`), beat });
        left -= bytes;
        files.push({ path, sha256, bytes });
        await beat();
      }
      return files;
    },
    async text(model, version, path) {
      const folder = await folderOf(client, model, version);
      const place = path.split("/").slice(0, -1).join("/");
      for (const { below, isFolder } of await entriesOf(client, folder, place)) {
        if (below !== path || isFolder) continue;
        const bytes = await client.bytes({ method: "GET", path: `${FILES}/${encodePath(`${folder}/${path}`)}`, idempotent: true });
        if (bytes.byteLength > TEXT_BYTES_MAX) throw new Failure("too_large", `${JSON.stringify(path)} of ${model} version ${version} has more than the ${TEXT_BYTES_MAX} bytes that are read`);
        return new TextDecoder().decode(bytes);
      }
      return null;
    },
  };
}

/** Where the version's files are below the server's artifact proxy. */
async function folderOf(client: MlflowClient, model: string, version: string): Promise<string> {
  const answer = await client.json({ method: "GET", path: "/api/2.0/mlflow/model-versions/get-download-uri", query: { name: model, version }, idempotent: true });
  const uri = textOf(asPart(answer, "answer"), "artifact_uri");
  const [, runId, path] = /^runs:\/+([^/]+)\/(.+)$/.exec(uri) ?? [];
  const place = runId === undefined || path === undefined ? uri : `${(await getRun(client, runId)).artifactUri}/${path}`;
  return proxiedFolder(client.url, place).replace(/\/+$/, "");
}

/** Paths of all files below a folder, relative to `root`. */
async function* walk(client: MlflowClient, root: string, folder: string): AsyncGenerator<string> {
  if (folder.split("/").length > DEPTH_MAX) throw new Failure("too_large", `the files of the registry lie more than ${DEPTH_MAX} folders deep, which are not read`);
  for (const { below, isFolder } of await entriesOf(client, root, folder)) {
    if (isFolder) yield* walk(client, root, below);
    else yield below;
  }
}

/** What is in one folder. A store that lists what no folder can hold is not believed. */
async function entriesOf(client: MlflowClient, root: string, folder: string): Promise<readonly { readonly below: string; readonly isFolder: boolean }[]> {
  const answer = await client.json({ method: "GET", path: FILES, query: { path: folder === "" ? root : `${root}/${folder}` }, idempotent: true });
  return partsOf(asPart(answer, "answer"), "files").map((entry) => {
    const name = textOf(entry, "path");
    // oxlint-disable-next-line no-control-regex
    if (name === "." || name === ".." || /[/\\\u0000-\u001f\u007f]/.test(name)) throw new Failure("registry_refused", `The registry lists ${JSON.stringify(name.slice(0, 200))} in a folder of files, which is no name of one.`);
    return { below: folder === "" ? name : `${folder}/${name}`, isFolder: entry.value["is_dir"] === true };
  });
}
