import { readMarkers, settleMarkers, type AliasMarker } from "../cache/alias-markers.ts";
import { cachedRuns, cleanUp, wholeRuns, writeRun } from "../cache/cached-runs.ts";
import type { ModelCache } from "../cache/model-cache.ts";
import { MODEL_NAMES } from "../slots.ts";
import type { CacheReport, LoadedModel, ModelSlot } from "./model-manager.ts";
import type { ModelShelf } from "./model-shelf.ts";

export interface CacheKeeper {
  /**
   * Makes the cache what the slots are: a whole run for each model, one marker for each slot, and, some time after nothing
   * points at it any more, no other run. @param isStill asked right before markers move: whether the registry still says so.
   */
  settle(slots: readonly ModelSlot[], isStill: () => Promise<boolean>): Promise<CacheReport & { readonly isDone: boolean }>;
}

/** @param keepOrphansMs between the two writes of a swap a version has no alias; its run is not fetched twice for that. */
export function createCacheKeeper(cache: ModelCache, shelf: ModelShelf, { elapsedMs, keepOrphansMs }: { readonly elapsedMs: () => number; readonly keepOrphansMs: number }): CacheKeeper {
  const orphans = new Map<string, number>();
  return {
    async settle(slots, isStill) {
      const models = slots.flatMap(({ model }) => (model === null ? [] : [model]));
      const copied = await copyRuns(cache, shelf, models);
      const keys = await cache.list("");
      const whole = wholeRuns(keys);
      const wanted = slots.flatMap(({ slot, model }): readonly AliasMarker[] => (model === null || !whole.has(model.runId) ? [] : [{ name: model.name, alias: slot, version: model.version, runId: model.runId }]));
      if (!(await isStill())) return { ...copied, removed: 0, isDone: false };
      const { own, foreign } = splitMarkers(await readMarkers(cache, keys));
      await settleMarkers(cache, own, wanted);
      const kept = new Set([...models.map(({ runId }) => runId), ...foreign]);
      const gone = [...cachedRuns(keys)].filter((runId) => !kept.has(runId));
      for (const runId of [...orphans.keys()].filter((one) => !gone.includes(one))) orphans.delete(runId);
      for (const runId of gone) if (!orphans.has(runId)) orphans.set(runId, elapsedMs());
      const old = new Set(gone.filter((runId) => elapsedMs() - orphans.get(runId)! >= keepOrphansMs));
      const left = keys.filter((key) => old.has(key.slice(0, 32)) && !own.has(key));
      const removed = await cleanUp(cache, left, kept);
      return { ...copied, removed, isDone: copied.errors.length === 0 && old.size === gone.length };
    },
  };
}

async function copyRuns(cache: ModelCache, shelf: ModelShelf, models: readonly LoadedModel[]): Promise<Omit<CacheReport, "removed">> {
  const whole = wholeRuns(await cache.list(""));
  const missing = new Map(models.filter(({ runId }) => !whole.has(runId)).map((model) => [model.runId, model]));
  const errors: string[] = [];
  for (const model of missing.values()) {
    try {
      await writeRun(cache, model.runId, await shelf.files(model));
      shelf.isCached(model.runId);
    } catch (error) {
      errors.push(`run ${model.runId} of ${model.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { synced: missing.size - errors.length, skipped: new Set(models.map(({ runId }) => runId)).size - missing.size, errors };
}

/** Markers of other models than ours are not touched, nor are the runs that they point at. */
function splitMarkers(markers: ReadonlyMap<string, AliasMarker | null>): { readonly own: ReadonlyMap<string, AliasMarker | null>; readonly foreign: readonly string[] } {
  const names: readonly string[] = Object.values(MODEL_NAMES);
  const isForeign = (marker: AliasMarker | null): boolean => marker !== null && !names.includes(marker.name);
  const all = [...markers];
  return { own: new Map(all.filter(([, marker]) => !isForeign(marker))), foreign: all.flatMap(([, marker]) => (marker !== null && isForeign(marker) ? [marker.runId] : [])) };
}
