import { readText } from "./cached-runs.ts";
import type { ModelCache } from "./model-cache.ts";

/** Says that an alias of a model points at a version, whose files are those of the run: `{run}/.alias_{alias}`. */
export interface AliasMarker {
  readonly name: string;
  readonly alias: string;
  readonly version: string;
  readonly runId: string;
}

const MARKER_KEY = /^([0-9a-f]{32})\/\.alias_(.+)$/;

export function markerKey({ runId, alias }: AliasMarker): string {
  return `${runId}/.alias_${alias}`;
}

export function markerText({ name, alias, version }: AliasMarker): string {
  return `${name}@${alias} v${version}`;
}

/** Null for a text that is no marker, or one of another alias than its key says. */
export function parseMarker(key: string, text: string): AliasMarker | null {
  const [, runId, alias] = MARKER_KEY.exec(key) ?? [];
  const [, name, said, version] = /^([^@\s]+)@(\S+) v([1-9]\d*)$/.exec(text) ?? [];
  if (runId === undefined || alias === undefined || name === undefined || version === undefined || said !== alias) return null;
  return { name, alias, version, runId };
}

/** @param keys all keys of the cache. Null stands for a marker that can't be read as one. */
export async function readMarkers(cache: ModelCache, keys: readonly string[]): Promise<ReadonlyMap<string, AliasMarker | null>> {
  const own = keys.filter((key) => MARKER_KEY.test(key));
  return new Map(await Promise.all(own.map(async (key) => [key, parseMarker(key, (await readText(cache, key)) ?? "")] as const)));
}

/**
 * Makes the markers those that are wanted. Every wrong one is gone before a right one is written: whatever crashes, an alias
 * has the marker of then, that of now, or none.
 */
export async function settleMarkers(cache: ModelCache, found: ReadonlyMap<string, AliasMarker | null>, wanted: readonly AliasMarker[]): Promise<void> {
  const right = new Map(wanted.map((marker) => [markerKey(marker), markerText(marker)]));
  const isRight = (key: string, marker: AliasMarker | null): boolean => marker !== null && right.get(key) === markerText(marker);
  for (const [key, marker] of found) if (!isRight(key, marker)) await cache.remove(key);
  for (const [key, text] of right) {
    if (!isRight(key, found.get(key) ?? null)) await cache.write(key, new TextEncoder().encode(text));
  }
}

/** The aliases of a model as the markers have them. An alias with two markers points at nothing: nobody knows at which. */
export function markedAliases(markers: Iterable<AliasMarker | null>, name: string): ReadonlyMap<string, AliasMarker> {
  const own = [...markers].filter((marker) => marker !== null && marker.name === name) as readonly AliasMarker[];
  return new Map(own.filter(({ alias }) => own.filter((other) => other.alias === alias).length === 1).map((marker) => [marker.alias, marker]));
}
