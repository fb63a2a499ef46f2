import { RegistryError, type AliasReader, type RegisteredModel } from "./alias-reader.ts";

export interface RestReaderOptions {
  /** Of a server that speaks MLflow's REST API, with any path prefix. */
  readonly url: string;
  readonly token?: string;
  /** For one answer; a look at the registry must not outlast the promise of two seconds. 1 s when left out. */
  readonly timeoutMs?: number;
  /** For one file, which no look waits for; 30 s when left out. */
  readonly fileTimeoutMs?: number;
  /** An embedded server's own `fetch`, where there is no socket. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

const API = "/api/2.0/mlflow";
const FILES = "/api/2.0/mlflow-artifacts/artifacts";
const TIMEOUT_MS = 1000;
const FILE_TIMEOUT_MS = 30_000;
/** More than any model folder holds: a circle of folders must end. */
const FILES_MAX = 1000;

/** Aliases, versions and files as MLflow's REST API gives them. */
export function restReader({ url, token, timeoutMs = TIMEOUT_MS, fileTimeoutMs = FILE_TIMEOUT_MS, fetch: send = fetch }: RestReaderOptions): AliasReader {
  const base = url.replace(/\/+$/, "");
  const get = async (path: string, query: Readonly<Record<string, string>>, withinMs: number = timeoutMs): Promise<Response> => {
    const request = new Request(`${base}${path}?${new URLSearchParams(query)}`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(withinMs), redirect: "manual" });
    try {
      return await send(request);
    } catch (cause) {
      throw new RegistryError("unreachable", `the registry at ${base} does not answer ${path}`, cause);
    }
  };
  const json = async (path: string, query: Readonly<Record<string, string>>): Promise<Json> => {
    const response = await get(path, query);
    if (response.ok) return asJson(await bodyOf(response, path));
    throw await refusalOf(response, path);
  };
  const filesBelow = async (folder: string): Promise<readonly string[]> => {
    const found: string[] = [];
    const folders = [""];
    for (let below = folders.pop(); below !== undefined; below = folders.pop()) {
      const { files = [] } = (await json(FILES, { path: `${folder}${below === "" ? "" : `/${below}`}` })) as { readonly files?: readonly { readonly path: string; readonly is_dir?: boolean }[] };
      for (const { path, is_dir: isFolder } of files) {
        // Some servers give the name, others the path from the folder that was asked for.
        const name = path.split("/").at(-1) ?? "";
        const whole = below === "" ? name : `${below}/${name}`;
        (isFolder === true ? folders : found).push(whole);
        if (found.length + folders.length > FILES_MAX) throw new RegistryError("refused", `${folder} holds more than ${FILES_MAX} files`);
      }
    }
    return found;
  };
  return {
    async aliases(name) {
      const response = await get(`${API}/registered-models/get`, { name });
      if (!response.ok) {
        const refusal = await refusalOf(response, name);
        // Only a registry says it like this; another 404 is of somebody who doesn't know.
        if (response.status === 404 && refusal.message.includes("RESOURCE_DOES_NOT_EXIST")) return new Map();
        throw refusal;
      }
      const model = part(asJson(await bodyOf(response, name)), "registered_model");
      if (model["name"] !== name) throw new RegistryError("refused", `the registry was asked for ${name} and answered with ${String(model["name"])}`);
      const aliases = (model["aliases"] ?? []) as readonly { readonly alias: string; readonly version: string | number }[];
      return new Map(aliases.map(({ alias, version }) => [alias, String(version)]));
    },
    async version(name, version) {
      const found = part(await json(`${API}/model-versions/get`, { name, version }), "model_version");
      const tags = (found["tags"] ?? []) as readonly { readonly key: string; readonly value?: string }[];
      const runId = String(found["run_id"] ?? "");
      if (!RUN_ID.test(runId)) throw new RegistryError("refused", `version ${version} of ${name} has no run, so that it can't be kept`);
      return { name, version, runId, source: String(found["source"] ?? ""), digest: tags.find(({ key }) => key === "gauntlet.digest")?.value ?? null };
    },
    async files(model) {
      const folder = await folderOf(model, json);
      const paths = await filesBelow(folder);
      if (paths.length === 0) throw new RegistryError("refused", `version ${model.version} of ${model.name} has no files at ${model.source}`);
      const contents = await Promise.all(paths.map(async (path) => {
        const response = await get(`${FILES}/${`${folder}/${path}`.split("/").map(encodeURIComponent).join("/")}`, {}, fileTimeoutMs);
        if (!response.ok) throw await refusalOf(response, path);
        return [path, await bodyOf(response, path)] as const;
      }));
      return new Map(contents);
    },
  };
}

/** The ids that MLflow gives to runs. */
const RUN_ID = /^[0-9a-f]{32}$/;

/** Below the server's own artifact proxy; a source below a run is looked up there. */
async function folderOf({ source, runId }: RegisteredModel, json: (path: string, query: Readonly<Record<string, string>>) => Promise<Json>): Promise<string> {
  const proxied = /^mlflow-artifacts:(?:\/\/[^/]*)?\/+(.+)$/;
  const direct = proxied.exec(source)?.[1];
  if (direct !== undefined) return direct;
  const ofRun = /^runs:\/+[0-9a-f]{32}\/(.+)$/.exec(source)?.[1];
  const root = ofRun === undefined ? undefined : proxied.exec(String(part(part(await json(`${API}/runs/get`, { run_id: runId }), "run"), "info")["artifact_uri"]))?.[1];
  if (root === undefined) throw new RegistryError("refused", `the files at ${source} are not handed out by the registry itself`);
  return `${root}/${ofRun}`;
}

type Json = Readonly<Record<string, unknown>>;

async function refusalOf(response: Response, what: string): Promise<RegistryError> {
  const text = await response.text().catch(() => "");
  const kind = response.status >= 500 || response.status === 429 ? "unreachable" : "refused";
  return new RegistryError(kind, `the registry answered ${response.status} for ${what}: ${text.slice(0, 200)}`);
}

async function bodyOf(response: Response, what: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw new RegistryError("unreachable", `the registry's answer for ${what} broke off`, cause);
  }
}

function asJson(bytes: Uint8Array): Json {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value === "object" && value !== null) return value as Json;
  } catch {
    // Said below.
  }
  throw new RegistryError("refused", "the registry's answer is not JSON: check its address");
}

function part(json: Json, name: string): Json {
  const value = json[name];
  if (typeof value !== "object" || value === null) throw new RegistryError("refused", `the registry's answer has no "${name}"`);
  return value as Json;
}
