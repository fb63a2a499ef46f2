import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import type { ModelType } from "../../policies/bot-policy.ts";
import { readMarkers } from "../cache/alias-markers.ts";
import { cachedRuns, wholeRuns } from "../cache/cached-runs.ts";
import { directoryCache } from "../cache/directory-cache.ts";
import type { ModelCache } from "../cache/model-cache.ts";
import { SLOTS } from "../slots.ts";
import { openStage, type RegistryStage } from "../testing/registry-stage.ts";
import type { ModelManager, ServingEvent } from "./model-manager.ts";
import { openModelManager, type ManagerOptions } from "./open-manager.ts";

let stage: RegistryStage;
let folders = 0;
const open: ModelManager[] = [];

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());
afterEach(async () => {
  stage.isAway = false;
  for (const manager of open.splice(0)) await manager.close();
});

const folder = (): ModelCache => directoryCache(join(stage.dir, `cache-${(folders += 1)}`));

async function opened(some: Partial<ManagerOptions> = {}): Promise<ModelManager> {
  const manager = await openModelManager({ registry: stage.registry, cache: folder(), now: Date.now, pollMs: null, keepUnusedMs: 0, ...some });
  open.push(manager);
  return manager;
}

const versions = (manager: ModelManager, type: ModelType): readonly (string | undefined)[] => SLOTS.map((slot) => manager.model(type, slot)?.version);

async function markersOf(cache: ModelCache, name: string): Promise<Readonly<Record<string, string>>> {
  const markers = [...(await readMarkers(cache, await cache.list(""))).values()];
  return Object.fromEntries(markers.flatMap((marker) => (marker?.name === name ? [[marker.alias, marker.version]] : [])));
}

async function swap(type: ModelType, name: string): Promise<readonly [string, string]> {
  const before = await stage.registry.aliases(name);
  const [production, b] = [before.get("Production")!, before.get("B")!];
  await stage.point(type, "Production", b);
  await stage.point(type, "B", production);
  return [b, production];
}

test("all twelve models are there at the start, each in its slot, and in the cache with one marker each", async () => {
  const cache = folder();
  const manager = await opened({ cache });
  for (const type of ["feedforward_nn", "xgboost", "multinomial_logistic"] as const) expect(versions(manager, type)).toEqual(["1", "2", "3", "4"]);
  const keys = await cache.list("");
  expect([cachedRuns(keys).size, wholeRuns(keys).size, keys.filter((key) => key.includes("/.alias_")).length]).toEqual([12, 12, 12]);
  const chances = Array.from(manager.model("xgboost", "B")!.predict(new Float32Array(50)));
  expect(chances.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
});
