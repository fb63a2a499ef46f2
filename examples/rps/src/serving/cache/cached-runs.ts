import { folderDigest } from "../../artifact/folder-digest.ts";
import type { ModelFiles } from "../../artifact/model-folder.ts";
import type { ModelCache } from "./model-cache.ts";

/**
 * The cache holds `{run}/model/**`, the files of a run's model; `{run}/.digest`, written last, without which a run counts as
 * half copied; and `{run}/.alias_{alias}` for each alias that points at it.
 */
const RUN_KEY = /^([0-9a-f]{32})\//;

/**
 * The files of a run, when all are there and have the digest; null otherwise, and then the run counts as half copied from now on.
 * @param digest null: as it was when they were copied.
 */
export async function readRun(cache: ModelCache, runId: string, digest: string | null): Promise<ModelFiles | null> {
  const kept = await readText(cache, digestKey(runId));
  if (kept === null) return null;
  const folder = folderOf(runId);
  const keys = await cache.list(folder);
  const contents = await Promise.all(keys.map(async (key) => [key.slice(folder.length), await cache.read(key)] as const));
  const files = new Map(contents.flatMap(([path, content]) => (content === null ? [] : [[path, content] as const])));
  if (folderDigest(files) === kept && (digest === null || digest === kept)) return files;
  await cache.remove(digestKey(runId));
  return null;
}

/** The digest comes off first and on last, so that a crash in between leaves no run that seems whole. */
export async function writeRun(cache: ModelCache, runId: string, files: ModelFiles): Promise<void> {
  const folder = folderOf(runId);
  await cache.remove(digestKey(runId));
  for (const key of await cache.list(folder)) if (!files.has(key.slice(folder.length))) await cache.remove(key);
  for (const [path, content] of files) await cache.write(folder + path, content);
  await cache.write(digestKey(runId), new TextEncoder().encode(folderDigest(files)));
}

/** Runs of which all files are said to be there. */
export function wholeRuns(keys: readonly string[]): ReadonlySet<string> {
  return new Set(keys.flatMap((key) => (RUN_KEY.test(key) && key.slice(33) === ".digest" ? [key.slice(0, 32)] : [])));
}

export function cachedRuns(keys: readonly string[]): ReadonlySet<string> {
  return new Set(keys.flatMap((key) => RUN_KEY.exec(key)?.[1] ?? []));
}

/**
 * Removes the runs that are not kept, one object at a time: markers and digest first, so that what a crash leaves is no run.
 * What is not below 32 hex digits is somebody else's, and stays.
 * @returns how many objects were removed.
 */
export async function cleanUp(cache: ModelCache, keys: readonly string[], kept: ReadonlySet<string>): Promise<number> {
  const gone = keys.filter((key) => RUN_KEY.test(key) && !kept.has(key.slice(0, 32)));
  const isFile = (key: string): number => (key.slice(33).startsWith(".") ? 0 : 1);
  for (const key of gone.toSorted((a, b) => isFile(a) - isFile(b))) await cache.remove(key);
  return gone.length;
}

export async function readText(cache: ModelCache, key: string): Promise<string | null> {
  const content = await cache.read(key);
  return content === null ? null : new TextDecoder().decode(content).trim();
}

function folderOf(runId: string): string {
  return `${runId}/model/`;
}

function digestKey(runId: string): string {
  return `${runId}/.digest`;
}
