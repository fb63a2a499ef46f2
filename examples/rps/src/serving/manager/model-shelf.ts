import { folderDigest } from "../../artifact/folder-digest.ts";
import { readModelFolder, type ModelFiles } from "../../artifact/model-folder.ts";
import { FEATURE_COUNT } from "../../features/feature-names.ts";
import type { ModelType } from "../../policies/bot-policy.ts";
import type { AliasMarker } from "../cache/alias-markers.ts";
import { readRun } from "../cache/cached-runs.ts";
import type { ModelCache } from "../cache/model-cache.ts";
import { RegistryError, type AliasReader, type RegisteredModel } from "../registry/alias-reader.ts";
import { MODEL_NAMES } from "../slots.ts";
import type { Absence, LoadedModel } from "./model-manager.ts";

export interface ShelfOptions {
  readonly registry: AliasReader;
  readonly cache: ModelCache | null;
  /** Milliseconds since the Unix epoch, for what people see. */
  readonly now: () => number;
  /** Milliseconds since some instant, for waiting. */
  readonly elapsedMs: () => number;
  /** How long a version that could not be loaded is not tried again. */
  readonly backoffMs: number;
}

/** What became of a load. */
export type Load = { readonly kind: "loaded"; readonly model: LoadedModel; readonly source: "memory" | "cache" | "registry"; readonly seconds: number } | ({ readonly kind: "failed" | "skipped" } & Absence);

/** Versions in memory. What is asked for twice at once is loaded once. */
export interface ModelShelf {
  /** Memory, then cache, then registry. Never throws. */
  load(type: ModelType, version: string): Promise<Load>;
  /** From the cache alone, as a marker says, while the registry can't be reached; the registry is asked as soon as it can be. */
  loadMarked(type: ModelType, marker: AliasMarker): Promise<Load>;
  /** The files of a model, for the cache: those that it was loaded from, or the registry's. @throws RegistryError */
  files(model: LoadedModel): Promise<ModelFiles>;
  /** The files of this run are in the cache now. */
  isCached(runId: string): void;
  /** A version, or all of a family, is read anew when it is asked for next; failures of the family are forgotten. */
  forget(type: ModelType, version: string | null): void;
  /** Drops what nothing has pointed at for a while. */
  trim(inUse: ReadonlySet<LoadedModel>, keepMs: number): void;
}

interface Entry {
  readonly model: LoadedModel;
  /** Whether the registry has said that this run and digest are the version's. */
  readonly isConfirmed: boolean;
  lastUsedAt: number;
}

/** A cache that is slower than this is passed over: the promise is two seconds in all. */
const CACHE_READ_MS = 500;

export function createShelf({ registry, cache, now, elapsedMs, backoffMs }: ShelfOptions): ModelShelf {
  const entries = new Map<string, Entry>();
  const failures = new Map<string, { readonly at: number; readonly absence: Absence }>();
  const underWay = new Map<string, Promise<Load>>();
  const uncached = new Map<string, ModelFiles>();

  const put = (type: ModelType, model: LoadedModel, isConfirmed: boolean): void => void entries.set(keyOf(type, model.version), { model, isConfirmed, lastUsedAt: elapsedMs() });

  const loadAnew = async (type: ModelType, version: string): Promise<Load> => {
    const began = elapsedMs();
    const found = await fetchModel({ registry, cache, now }, type, { version, known: entries.get(keyOf(type, version))?.model ?? null });
    if (found.files !== null && cache !== null) uncached.set(found.model.runId, found.files);
    put(type, found.model, true);
    return { kind: "loaded", model: found.model, source: found.source, seconds: (elapsedMs() - began) / 1000 };
  };
  const failed = (key: string, error: unknown): Load => {
    const absence = absenceOf(error);
    // What the registry could not be asked is asked again at the next look.
    if (absence.reason !== "mlflow_error") failures.set(key, { at: elapsedMs(), absence });
    return { kind: "failed", ...absence };
  };

  return {
    async load(type, version) {
      const key = keyOf(type, version);
      const entry = entries.get(key);
      if (entry?.isConfirmed === true) {
        entry.lastUsedAt = elapsedMs();
        return { kind: "loaded", model: entry.model, source: "memory", seconds: 0 };
      }
      const failure = failures.get(key);
      if (failure !== undefined && elapsedMs() - failure.at < backoffMs) return { kind: "skipped", ...failure.absence };
      const running = underWay.get(key) ?? loadAnew(type, version).then((load) => (failures.delete(key), load), (error: unknown) => failed(key, error)).finally(() => underWay.delete(key));
      underWay.set(key, running);
      return running;
    },
    async loadMarked(type, { version, runId }) {
      const key = keyOf(type, version);
      const entry = entries.get(key);
      if (entry !== undefined && entry.model.runId === runId) return { kind: "loaded", model: entry.model, source: "memory", seconds: 0 };
      const began = elapsedMs();
      try {
        const files = cache === null ? null : await inTime(readRun(cache, runId, null));
        if (files === null) return { kind: "failed", reason: "mlflow_error", detail: `the cache has no whole run ${runId}` };
        const model = modelOf(type, { name: MODEL_NAMES[type], version, runId, source: "", digest: null }, { files, from: "cache", at: now() });
        put(type, model, false);
        return { kind: "loaded", model, source: "cache", seconds: (elapsedMs() - began) / 1000 };
      } catch (error) {
        return { kind: "failed", ...absenceOf(error) };
      }
    },
    files: async (model) => uncached.get(model.runId) ?? registry.files(await registry.version(model.name, model.version)),
    isCached: (runId) => void uncached.delete(runId),
    forget(type, version) {
      for (const [key, { model }] of entries) if (model.type === type && model.version === (version ?? model.version)) entries.delete(key);
      for (const key of failures.keys()) if (key.startsWith(`${type}/`)) failures.delete(key);
    },
    trim(inUse, keepMs) {
      for (const [key, entry] of entries) {
        if (inUse.has(entry.model)) entry.lastUsedAt = elapsedMs();
        else if (elapsedMs() - entry.lastUsedAt >= keepMs) {
          entries.delete(key);
          uncached.delete(entry.model.runId);
        }
      }
    },
  };
}

/** The version as the registry describes it: what is known already, if it is that; else from the cache, else from the registry. */
async function fetchModel({ registry, cache, now }: Pick<ShelfOptions, "registry" | "cache" | "now">, type: ModelType, { version, known }: { readonly version: string; readonly known: LoadedModel | null }) {
  const registered = await registry.version(MODEL_NAMES[type], version);
  if (known !== null && isSame(known, registered)) return { model: known, source: "memory", files: null } as const;
  const cached = cache === null ? null : await inTime(readRun(cache, registered.runId, registered.digest));
  const files = cached ?? (await registry.files(registered));
  const source = cached === null ? "registry" : "cache";
  return { model: modelOf(type, registered, { files, from: source, at: now() }), source, files: cached === null ? files : null } as const;
}

function keyOf(type: ModelType, version: string): string {
  return `${type}/${version}`;
}

function isSame(model: LoadedModel, registered: RegisteredModel): boolean {
  return model.runId === registered.runId && (registered.digest === null || registered.digest === model.digest);
}

/** What was tested is what serves: the digest is that of the registry, and the folder that of this family. @throws RegistryError, Failure */
function modelOf(type: ModelType, { name, version, runId, digest }: RegisteredModel, { files, from, at }: { readonly files: ModelFiles; readonly from: LoadedModel["loadedFrom"]; readonly at: number }): LoadedModel {
  const own = folderDigest(files);
  if (digest !== null && own !== digest) throw new RegistryError("refused", `the files of version ${version} of ${name} have the digest ${own}, and were registered with ${digest}`);
  const { metadata, predict } = readModelFolder(files);
  if (metadata.model_type !== type) throw new RegistryError("refused", `version ${version} of ${name} is a model of ${metadata.model_type}`);
  const chances = Array.from(predict(new Float32Array(FEATURE_COUNT)));
  if (chances.length !== 3 || !chances.every((chance) => chance >= 0 && chance <= 1)) throw new RegistryError("refused", `version ${version} of ${name} answers with ${chances.join(", ")}, which are no chances of three moves`);
  return { type, name, version, runId, digest: own, predict, loadedFrom: from, loadedAt: at };
}

function absenceOf(error: unknown): Absence {
  const detail = error instanceof Error ? error.message : String(error);
  return { reason: error instanceof RegistryError && error.kind === "unreachable" ? "mlflow_error" : "load_failed", detail };
}

/** Null for a cache that fails or is slow: the registry has the same files. */
async function inTime(read: Promise<ModelFiles | null>): Promise<ModelFiles | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), CACHE_READ_MS)));
  try {
    return await Promise.race([read.catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}
