import { join } from "node:path";

import { readMarkers } from "../../../examples/rps/src/serving/cache/alias-markers.ts";
import { cachedRuns, wholeRuns } from "../../../examples/rps/src/serving/cache/cached-runs.ts";
import { directoryCache } from "../../../examples/rps/src/serving/cache/directory-cache.ts";
import type { ModelCache } from "../../../examples/rps/src/serving/cache/model-cache.ts";
import { s3Cache, type S3Settings } from "../../../examples/rps/src/serving/cache/s3-cache.ts";
import { openModelManager } from "../../../examples/rps/src/serving/manager/open-manager.ts";
import { CACHE_CASES } from "../../../examples/rps/src/serving/testing/cache-conformance.ts";
import { openStage, type RegistryStage } from "../../../examples/rps/src/serving/testing/registry-stage.ts";
import type { Component } from "../component.ts";
import { installMinio, startMinio } from "../minio/install.ts";

/** The model cache of the world of rock, paper, scissors in a real bucket. */
export const component: Component = {
  name: "MinIO",
  required: true,
  async run(context) {
    const server = await installMinio(context);
    if (server.kind === "missing") return { kind: "skipped", version: "", why: server.why };
    const minio = await startMinio(context, server.command);
    const settings = { ...minio, region: "us-east-1", bucket: "conformance" };
    const cache = s3Cache(settings);
    for (const { name, run } of CACHE_CASES) {
      await run(cache).catch((cause: unknown) => {
        throw new Error(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
      });
    }
    cache.close();
    await refused({ ...settings, secretKey: "wrong-wrong" });
    await refused({ ...settings, endpoint: "http://127.0.0.1:1" });
    const models = s3Cache({ ...settings, bucket: "mlflow-artifacts" });
    const stage = await openStage();
    try {
      const swaps = await serveFrom(stage, models);
      await sameInAFolder(stage, models, directoryCache(join(context.workDir, "models")));
      return { kind: "passed", version: server.version, note: `${CACHE_CASES.length} cases of a cache, 1003 keys among them; 12 models served from a bucket of ${swaps} keys, swapped, restarted without a registry` };
    } finally {
      await stage.close();
      models.close();
    }
  },
};

/** It fails when it is used, and quickly. */
async function refused(settings: S3Settings): Promise<void> {
  const cache = s3Cache(settings);
  const began = performance.now();
  const keys = await cache.list("").catch(() => null);
  cache.close();
  if (keys !== null || performance.now() - began > 5000) throw new Error("a bucket that can't be had was not said to be so within 5 s");
}

/** @returns how many keys the bucket had, so many of other people's that ours are on several pages */
async function serveFrom(stage: RegistryStage, cache: ModelCache): Promise<number> {
  for (let from = 0; from < 1200; from += 10) await Promise.all(Array.from({ length: 10 }, (_, i) => cache.write(`0-notes/${String(from + i).padStart(5, "0")}`, new Uint8Array([1]))));
  const options = { registry: stage.registry, cache, now: Date.now, pollMs: null, keepUnusedMs: 0 };
  const manager = await openModelManager(options);
  await manager.refresh();
  await expectRuns(cache, 12);
  await stage.point("xgboost", "Production", "2");
  await stage.point("xgboost", "B", "1");
  await manager.refresh();
  await manager.close();
  const keys = await cache.list("");
  const markers = [...(await readMarkers(cache, keys)).values()].filter((marker) => marker?.name === "rps_bot_xgboost");
  const seen = Object.fromEntries(markers.map((marker) => [marker?.alias, marker?.version]));
  if (JSON.stringify([seen["Production"], seen["B"], markers.length]) !== '["2","1",4]') throw new Error(`markers after a swap: ${JSON.stringify(seen)}`);
  stage.isAway = true;
  const alone = await openModelManager(options);
  stage.isAway = false;
  const versions = alone.slots().filter(({ type }) => type === "xgboost").map(({ model }) => model?.version);
  await alone.close();
  if (versions.join() !== "2,1,3,4") throw new Error(`without a registry ${versions.join()} were served`);
  // A new version in a slot: its run comes, the old one goes, and there are twelve again.
  await stage.point("feedforward_nn", "shadow2", await stage.register("feedforward_nn"));
  const last = await openModelManager(options);
  for (let looks = 0; looks < 2; looks++) await last.refresh();
  await last.close();
  await expectRuns(cache, 12);
  return keys.length;
}

async function expectRuns(cache: ModelCache, count: number): Promise<void> {
  const keys = await cache.list("");
  if (cachedRuns(keys).size !== count || wholeRuns(keys).size !== count) throw new Error(`${cachedRuns(keys).size} runs are cached, ${wholeRuns(keys).size} of them whole, instead of ${count}`);
}

/** A bucket and a folder hold the same keys and bytes. */
async function sameInAFolder(stage: RegistryStage, bucket: ModelCache, folder: ModelCache): Promise<void> {
  const manager = await openModelManager({ registry: stage.registry, cache: folder, now: Date.now, pollMs: null });
  await manager.refresh();
  await manager.close();
  const own = (await bucket.list("")).filter((key) => !key.startsWith("0-notes/"));
  if ((await folder.list("")).join() !== own.join()) throw new Error("a folder holds other keys than a bucket");
  for (const key of own) if (Buffer.compare((await folder.read(key))!, (await bucket.read(key))!) !== 0) throw new Error(`${key} differs`);
}
