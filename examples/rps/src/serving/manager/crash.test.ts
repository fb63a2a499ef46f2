import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { readMarkers } from "../cache/alias-markers.ts";
import { cachedRuns, wholeRuns } from "../cache/cached-runs.ts";
import { directoryCache } from "../cache/directory-cache.ts";
import type { ModelCache } from "../cache/model-cache.ts";
import { SLOTS, type Slot } from "../slots.ts";
import { openStage, type RegistryStage } from "../testing/registry-stage.ts";
import type { ModelManager } from "./model-manager.ts";
import { openModelManager } from "./open-manager.ts";

const TYPE = "multinomial_logistic";

let stage: RegistryStage;
beforeAll(async () => {
  stage = await openStage({ families: [TYPE] });
});
afterAll(() => stage.close());

/** A cache whose process dies before the `last` change after this: it is heard of no more. */
function dying(cache: ModelCache, last: number): { readonly cache: ModelCache; readonly changes: () => number; readonly dead: Promise<void> } {
  let changes = 0;
  let die: () => void = () => undefined;
  const dead = new Promise<void>((resolve) => (die = resolve));
  const change = <A extends readonly unknown[]>(call: (...args: A) => Promise<void>) => (...args: A): Promise<void> => {
    changes += 1;
    if (changes <= last) return call(...args);
    die();
    return new Promise(() => undefined);
  };
  return { cache: { ...cache, write: change(cache.write), remove: change(cache.remove) }, changes: () => changes, dead };
}

const served = (manager: ModelManager): Readonly<Record<string, string | undefined>> => Object.fromEntries(SLOTS.map((slot) => [slot, manager.model(TYPE, slot)?.version]));

test(`I22: killed before any change of the cache, while slots are swapped and one is retrained: what starts next serves and keeps what the registry says, and without a registry nothing that was never so`, async () => {
  const options = { registry: stage.registry, now: Date.now, pollMs: null, keepUnusedMs: 0 };
  const prepared = join(stage.dir, "prepared");
  await (await openModelManager({ ...options, cache: directoryCache(prepared) })).close();
  const before: Record<Slot, string> = { Production: "1", B: "2", shadow1: "3", shadow2: "4" };
  const after: Record<Slot, string> = { Production: "2", B: "1", shadow1: "3", shadow2: await stage.register(TYPE) };
  const point = async (to: Record<Slot, string>): Promise<void> => {
    for (const slot of SLOTS) await stage.point(TYPE, slot, to[slot]);
  };
  const times: number[] = [];
  for (let last = 0; ; last++) {
    await point(before);
    const root = join(stage.dir, `life-${last}`);
    cpSync(prepared, root, { recursive: true });
    const cache = directoryCache(root);
    const life = dying(cache, last);
    const doomed = await openModelManager({ ...options, cache: life.cache });
    await doomed.refresh();
    await point(after);
    const survived = await Promise.race([doomed.refresh().then(() => true), life.dead.then(() => false)]);
    stage.isAway = true;
    const alone = await openModelManager({ ...options, cache });
    for (const slot of SLOTS) expect([before[slot], after[slot], undefined], `${slot} without a registry, ${last} changes made`).toContain(served(alone)[slot]);
    stage.isAway = false;
    const began = performance.now();
    const next = await openModelManager({ ...options, cache });
    await next.refresh();
    times.push(performance.now() - began);
    expect(served(next), `${last} changes made`).toEqual(after);
    const keys = await cache.list("");
    const markers = [...(await readMarkers(cache, keys)).values()].filter((marker) => marker?.name === "rps_bot_mnlogit");
    expect(Object.fromEntries(markers.map((marker) => [marker?.alias, marker?.version])), `${last} changes made`).toEqual(after);
    expect([markers.length, cachedRuns(keys).size, wholeRuns(keys).size], `${last} changes made`).toEqual([4, 4, 4]);
    for (const marker of markers) expect(next.model(TYPE, marker!.alias as Slot)?.runId).toBe(marker?.runId);
    if (survived) break;
  }
  expect(times.length).toBeGreaterThan(15);
  expect(Math.max(...times)).toBeLessThan(2000);
});
