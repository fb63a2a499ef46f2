import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import type { ModelType } from "../../policies/bot-policy.ts";
import { readMarkers } from "../cache/alias-markers.ts";
import { cachedRuns, wholeRuns } from "../cache/cached-runs.ts";
import { directoryCache } from "../cache/directory-cache.ts";
import type { ModelCache } from "../cache/model-cache.ts";
import { RegistryError } from "../registry/alias-reader.ts";
import { restReader } from "../registry/rest-reader.ts";
import { openServing } from "../open-serving.ts";
import { readServingSettings } from "../serving-settings.ts";
import { SLOTS } from "../slots.ts";
import { openStage, type RegistryStage } from "../testing/registry-stage.ts";
import type { ModelManager, ServingEvent } from "./model-manager.ts";
import { openModelManager, type ManagerOptions } from "./open-manager.ts";

let stage: RegistryStage;
let folders = 0;
/** What answers in place of the registry. */
let proxy: (() => Response) | null = null;
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
  const manager = await openModelManager({ registry: stage.registry, cache: null, now: Date.now, pollMs: null, keepUnusedMs: 0, ...some });
  open.push(manager);
  // Until the cache is settled too.
  if (!stage.isAway) await manager.refresh();
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

test("I22, V19: after a swap both markers have moved, and what was Production is not served as such again; a retrained version leaves one marker", async () => {
  const cache = folder();
  const manager = await opened({ cache });
  const name = "rps_bot_xgboost";
  const held = await stage.registry.aliases(name);
  const after = await swap("xgboost", name);
  await manager.refresh();
  expect(versions(manager, "xgboost").slice(0, 2)).toEqual(after);
  expect(await markersOf(cache, name)).toMatchObject({ Production: after[0], B: after[1] });
  // A replica that starts now, and has nothing but the cache.
  stage.isAway = true;
  expect(versions(await opened({ cache }), "xgboost").slice(0, 2)).toEqual(after);
  stage.isAway = false;
  const retrained = await stage.register("xgboost");
  await stage.point("xgboost", "Production", retrained);
  await manager.refresh();
  expect(await markersOf(cache, name)).toEqual({ Production: retrained, B: held.get("Production"), shadow1: "3", shadow2: "4" });
  expect((await cache.list("")).filter((key) => key.endsWith(".alias_Production")).length).toBe(3);
  expect(cachedRuns(await cache.list("")).size).toBe(12);
  stage.isAway = true;
  expect((await opened({ cache })).model("xgboost", "Production")?.version).toBe(retrained);
});

test("V19: markers that others left stale are mended at the start, and no version is served by them while the registry answers", async () => {
  const cache = folder();
  await opened({ cache });
  const name = "rps_bot_feedforward";
  await swap("feedforward_nn", name);
  const stale = await markersOf(cache, name);
  const truth = await stage.registry.aliases(name);
  expect(stale["Production"]).not.toBe(truth.get("Production"));
  const manager = await opened({ cache });
  expect(versions(manager, "feedforward_nn")).toEqual(SLOTS.map((slot) => truth.get(slot)));
  expect(await markersOf(cache, name)).toEqual(Object.fromEntries(truth));
});

test("a swap is seen without being asked for, in one step for both slots, and read from memory", async () => {
  const events: ServingEvent[] = [];
  const manager = await opened({ pollMs: 20, onEvent: (event) => event.kind !== "resolved" && events.push(event) });
  const seen = new Set<string>();
  const before = versions(manager, "multinomial_logistic").slice(0, 2);
  events.length = 0;
  stage.asked();
  const after = await swap("multinomial_logistic", "rps_bot_mnlogit");
  const began = performance.now();
  while (versions(manager, "multinomial_logistic")[0] !== after[0] || versions(manager, "multinomial_logistic")[1] !== after[1]) {
    seen.add(versions(manager, "multinomial_logistic").slice(0, 2).join());
    if (performance.now() - began > 2000) throw new Error("a swap was not seen within 2 s");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  // Between the two writes of the swap both aliases have one version: that is what the registry said then.
  for (const pair of seen) expect([before.join(), [after[0], after[0]].join()]).toContain(pair);
  expect(new Set(events.map((event) => (event.kind === "loaded" ? event.source : event.kind)))).toEqual(new Set(["memory"]));
  expect(stage.asked().every((path) => path.endsWith("/registered-models/get"))).toBe(true);
});

test("I22: files that are not what was registered are never served: from the cache they are fetched anew, from the registry they are refused", async () => {
  const cache = folder();
  const first = await opened({ cache });
  const { runId, version } = first.model("xgboost", "shadow1")!;
  await cache.write(`${runId}/model/model.json`, new TextEncoder().encode("{}"));
  const second = await opened({ cache });
  expect(second.model("xgboost", "shadow1")).toMatchObject({ version, loadedFrom: "registry" });
  expect(wholeRuns(await cache.list("")).size).toBe(12);
  expect((await opened({ cache })).model("xgboost", "shadow1")).toMatchObject({ version, loadedFrom: "cache" });

  const forged = await stage.register("xgboost", { digest: `sha256:${"0".repeat(64)}` });
  await stage.point("xgboost", "shadow1", forged);
  const report = await second.refresh();
  expect(report.failed).toEqual([{ type: "xgboost", slot: "shadow1", reason: "load_failed", detail: expect.stringContaining("were registered with sha256:0") }]);
  expect([second.model("xgboost", "shadow1"), second.absence("xgboost", "shadow1"), second.absence("xgboost", "B")]).toEqual([null, "load_failed", null]);
  expect(Object.keys(await markersOf(cache, "rps_bot_xgboost"))).not.toContain("shadow1");
  await stage.point("xgboost", "shadow1", version);
  await second.refresh();
  expect(second.model("xgboost", "shadow1")?.version).toBe(version);
});

test("a version that failed is not tried again for 30 seconds, or until somebody asks for it", async () => {
  let now = 1_000_000;
  const kinds: string[] = [];
  const held = (await stage.registry.aliases("rps_bot_mnlogit")).get("shadow2")!;
  await stage.point("multinomial_logistic", "shadow2", await stage.register("multinomial_logistic", { digest: "sha256:none" }));
  const manager = await opened({ elapsedMs: () => now, onEvent: (event) => event.slot === "shadow2" && event.type === "multinomial_logistic" && event.kind !== "resolved" && kinds.push(event.kind) });
  expect(kinds.splice(0)).toEqual(["load_failed", "load_skipped"]);
  for (const after of [29_999, 1]) {
    now += after;
    await manager.refresh();
  }
  await manager.reload({ type: "multinomial_logistic" });
  expect(kinds).toEqual(["load_skipped", "load_failed", "load_failed"]);
  await stage.point("multinomial_logistic", "shadow2", held);
});

test("without a registry and without a cache there is no model, and why; when the registry is back there is", async () => {
  stage.isAway = true;
  const manager = await opened({ cache: null });
  expect(manager.slots().map(({ model, absence }) => [model, absence?.reason])).toEqual(Array.from({ length: 12 }, () => [null, "mlflow_error"]));
  stage.isAway = false;
  expect((await manager.refresh()).reloaded.length).toBe(12);
});

test("while the registry is away, what is in memory goes on; what the registry said last is not overruled by the cache", async () => {
  const manager = await opened();
  const before = versions(manager, "xgboost");
  stage.isAway = true;
  expect(await manager.refresh()).toMatchObject({ isCurrent: false, reloaded: [], failed: [] });
  expect(versions(manager, "xgboost")).toEqual(before);
});

test("what was served from markers alone is compared with the registry as soon as that answers", async () => {
  const cache = folder();
  const first = await opened({ cache });
  const [a, b] = [first.model("xgboost", "Production")!, first.model("xgboost", "B")!];
  // Somebody's markers say that version B's run is Production's.
  await cache.remove(`${a.runId}/.alias_Production`);
  await cache.remove(`${b.runId}/.alias_B`);
  await cache.write(`${b.runId}/.alias_Production`, new TextEncoder().encode(`rps_bot_xgboost@Production v${a.version}`));
  stage.isAway = true;
  const manager = await opened({ cache });
  expect(manager.model("xgboost", "Production")?.runId).toBe(b.runId);
  expect(manager.model("xgboost", "B")).toBeNull();
  stage.isAway = false;
  await manager.refresh();
  expect([manager.model("xgboost", "Production")?.runId, manager.model("xgboost", "B")?.runId]).toEqual([a.runId, b.runId]);
});

test("I22: what the registry said last is not overruled by markers either, when it goes away before the version is loaded", async () => {
  const cache = folder();
  await opened({ cache });
  const name = "rps_bot_feedforward";
  const after = await swap("feedforward_nn", name);
  let answers = 3;
  const registry = { ...stage.registry, aliases: async (model: string) => ((answers -= 1) < 0 ? Promise.reject(new RegistryError("unreachable", "gone")) : stage.registry.aliases(model)), version: () => Promise.reject(new RegistryError("unreachable", "gone")) };
  const manager = await openModelManager({ registry, cache, now: Date.now, pollMs: null });
  open.push(manager);
  expect(answers).toBe(0);
  await manager.refresh();
  expect(versions(manager, "feedforward_nn")).toEqual([undefined, undefined, "3", "4"]);
  expect(versions(manager, "xgboost").every((version) => version !== undefined)).toBe(true);
  expect((await markersOf(cache, name))["Production"]).not.toBe(after[0]);
});

test("an alias that was taken away leaves its slot empty; a family is unloaded and loaded again; models can be switched off", async () => {
  const manager = await opened();
  const held = (await stage.registry.aliases("rps_bot_xgboost")).get("shadow2")!;
  await stage.point("xgboost", "shadow2", null);
  await manager.refresh();
  expect(manager.slots().find(({ type, slot }) => type === "xgboost" && slot === "shadow2")).toMatchObject({ model: null, absence: { reason: "fallback" } });
  await stage.point("xgboost", "shadow2", held);
  expect(manager.unload("xgboost")).toBe(3);
  await manager.refresh();
  expect(versions(manager, "xgboost")).toEqual([undefined, undefined, undefined, undefined]);
  expect((await manager.reload({ type: "xgboost" })).reloaded.map(({ type }) => type)).toEqual(["xgboost", "xgboost", "xgboost", "xgboost"]);
  expect((await manager.reload({ type: "xgboost", slot: "B" })).reloaded).toMatchObject([{ type: "xgboost", slot: "B" }]);
  const forced = await opened({ forceFallbacks: true });
  expect(forced.slots().map(({ model, absence }) => [model, absence?.reason])).toEqual(Array.from({ length: 12 }, () => [null, "forced_fallback"]));
});

test("who is told of changes, and fails against its word, doesn't leave a family half changed", async () => {
  let isBroken = false;
  const other = await opened({ pollMs: 15, onEvent: () => { if (isBroken) throw new Error("no metrics"); } });
  isBroken = true;
  const after = await swap("xgboost", "rps_bot_xgboost");
  const began = performance.now();
  while (other.model("xgboost", "Production")?.version !== after[0] || other.model("xgboost", "B")?.version !== after[1]) {
    if (performance.now() - began > 2000) throw new Error("a swap was not seen within 2 s");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  isBroken = false;
});

test("a cache that can't be reached costs nothing but its own report", async () => {
  const away = (): Promise<never> => Promise.reject(new Error("no bucket"));
  const manager = await opened({ cache: { place: "nowhere", list: away, read: away, write: away, remove: away } });
  expect(manager.slots().every(({ model }) => model !== null)).toBe(true);
  expect((await manager.refresh()).cache.errors).toEqual(["no bucket"]);
});

test("I22: replicas that share a cache all follow a run of swaps, and leave it as the registry is", async () => {
  const cache = folder();
  const replicas = await Promise.all(Array.from({ length: 3 }, () => opened({ cache, pollMs: 15, keepUnusedMs: 30 })));
  const name = "rps_bot_feedforward";
  for (let swaps = 0; swaps < 6; swaps++) await swap("feedforward_nn", name);
  const truth = Object.fromEntries(await stage.registry.aliases(name));
  const began = performance.now();
  for (;;) {
    const memory = replicas.every((manager) => SLOTS.every((slot) => manager.model("feedforward_nn", slot)?.version === truth[slot]));
    const markers = await markersOf(cache, name);
    if (memory && SLOTS.every((slot) => markers[slot] === truth[slot]) && (await cache.list("")).filter((key) => key.includes("/.alias_")).length === 12) break;
    if (performance.now() - began > 2000) throw new Error(`after 2 s memory ${memory ? "agrees" : "differs"}, and the cache says ${JSON.stringify(markers)} of ${JSON.stringify(truth)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
});

test("I22: while the files of a new version are slow to come, its slot is empty, other swaps are followed, and then it is there", async () => {
  let arrive: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const registry = { ...stage.registry, files: async (model: Parameters<typeof stage.registry.files>[0]) => arrived.then(() => stage.registry.files(model)) };
  const cache = folder();
  await opened({ cache });
  const manager = await opened({ cache, registry, pollMs: 15 });
  const version = await stage.register("xgboost");
  await stage.point("xgboost", "shadow1", version);
  const [production] = await swap("multinomial_logistic", "rps_bot_mnlogit");
  const began = performance.now();
  while (manager.model("xgboost", "shadow1") !== null || manager.model("multinomial_logistic", "Production")?.version !== production) {
    if (performance.now() - began > 2000) throw new Error("after 2 s an old version still answers");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(manager.absence("xgboost", "shadow1")).toBe("mlflow_error");
  const [again] = await swap("multinomial_logistic", "rps_bot_mnlogit");
  const later = performance.now();
  while (manager.model("multinomial_logistic", "Production")?.version !== again) {
    if (performance.now() - later > 2000) throw new Error("a slow download holds up a swap");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  arrive();
  await manager.refresh();
  expect(manager.model("xgboost", "shadow1")?.version).toBe(version);
});

test("a model that the registry doesn't know has no aliases; whoever else says 404, or anything but JSON, is no registry, and changes nothing", async () => {
  expect(await stage.registry.aliases("nobody")).toEqual(new Map());
  await expect(stage.registry.version("rps_bot_xgboost", "999")).rejects.toMatchObject({ kind: "refused" });
  const manager = await opened({ cache: null, registry: { ...stage.registry, aliases: (name) => (proxy === null ? stage.registry : restReader({ url: "http://127.0.0.1", fetch: async () => proxy!() })).aliases(name) } });
  const before = versions(manager, "xgboost");
  for (const answer of [() => new Response("no such page", { status: 404 }), () => new Response("<html>log in</html>"), () => Response.json({ registered_model: { name: "another" } }), () => Response.json({}, { status: 503 })]) {
    proxy = answer;
    expect(await manager.refresh()).toMatchObject({ isCurrent: false, reloaded: [], failed: [] });
    expect(versions(manager, "xgboost")).toEqual(before);
  }
  proxy = null;
  expect((await manager.refresh()).isCurrent).toBe(true);
});

test("serving starts from its settings, with a bucket that isn't there too", async () => {
  const bucket = { USE_MINIO: "1", MINIO_ENDPOINT: "127.0.0.1:1", MINIO_ACCESS_KEY: "a", MINIO_SECRET_KEY: "s" };
  const dir = stage.dir;
  for (const env of [{}, { MODEL_CACHE_DIR: join(dir, "elsewhere") }, bucket]) {
    const serving = await openServing({ settings: readServingSettings(env), registry: stage.registry, dataDir: join(dir, "app"), now: Date.now, random: () => 0.5 });
    expect(serving.models.slots().every(({ model }) => model !== null)).toBe(true);
    await serving.close();
  }
  expect([readdirSync(join(dir, "app/models")).length, readdirSync(join(dir, "elsewhere")).length]).toEqual([13, 13]);
});
