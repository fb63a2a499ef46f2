import { registerVersion } from "@gauntlet/example-shared";
import { createMlflowClient } from "@gauntlet/server";
import { join } from "node:path";

import { folderDigest } from "../../../examples/rps/src/artifact/folder-digest.ts";
import { MODEL_TYPES } from "../../../examples/rps/src/artifact/model-types.ts";
import { directoryCache } from "../../../examples/rps/src/serving/cache/directory-cache.ts";
import type { ModelManager } from "../../../examples/rps/src/serving/manager/model-manager.ts";
import { openModelManager } from "../../../examples/rps/src/serving/manager/open-manager.ts";
import { restReader } from "../../../examples/rps/src/serving/registry/rest-reader.ts";
import { MODEL_NAMES, SLOTS, type Slot } from "../../../examples/rps/src/serving/slots.ts";
import { madeFolder } from "../../../examples/rps/src/serving/testing/made-model.ts";
import type { Component } from "../component.ts";
import { installMlflow, MLFLOW_VERSION } from "../mlflow/install.ts";
import { startMlflow } from "../mlflow/server.ts";

/** A swap is served by then. */
const SWAP_MS = 2000;

/** The models of rock, paper, scissors, served from a real MLflow server instead of the embedded registry. */
export const component: Component = {
  name: "MLflow, models served",
  required: true,
  async run(context) {
    const installed = await installMlflow(context);
    if (installed.kind === "missing") return { kind: "skipped", version: MLFLOW_VERSION, why: installed.why };
    const url = await startMlflow(context, installed.bin);
    const point = await registerAll(url);
    const manager = await openModelManager({ registry: restReader({ url, timeoutMs: 5000 }), cache: directoryCache(join(context.workDir, "mlflow-models")), now: Date.now });
    try {
      for (const type of MODEL_TYPES) expectVersions(manager.slots().filter((one) => one.type === type), ["1", "2", "3", "4"]);
      for (const { type, slot, model } of manager.slots()) {
        const chances = model?.predict(new Float32Array(50)) ?? [];
        if (chances.length !== 3) throw new Error(`${type} ${slot} answers with ${chances.length} chances`);
      }
      const slowestMs = await swaps(manager, point);
      return { kind: "passed", version: MLFLOW_VERSION, note: `12 models with their digests served from its registry; 6 swaps, the slowest seen after ${Math.round(slowestMs)} ms` };
    } finally {
      await manager.close();
    }
  },
};

type Point = (name: string, alias: Slot, version: string) => Promise<void>;

async function registerAll(url: string): Promise<Point> {
  const mlflow = createMlflowClient({ url, timeoutMs: 30_000, retries: 2 });
  const point: Point = async (name, alias, version) => void (await mlflow.json({ method: "POST", path: "/api/2.0/mlflow/registered-models/alias", json: { name, alias, version }, idempotent: true }));
  for (const [i, type] of MODEL_TYPES.entries()) {
    for (const [j, slot] of SLOTS.entries()) {
      const files = madeFolder(type, i * 10 + j);
      const { version } = await registerVersion(mlflow, { model: MODEL_NAMES[type], about: "a family of bots", experiment: "models", name: slot, at: Date.now(), runTags: {}, metrics: {}, params: {}, files: Object.fromEntries(files), versionTags: { "gauntlet.digest": folderDigest(files) } });
      await point(MODEL_NAMES[type], slot, version);
    }
  }
  return point;
}

async function swaps(manager: ModelManager, point: Point): Promise<number> {
  let slowestMs = 0;
  for (let turn = 0; turn < 6; turn++) {
    const type = MODEL_TYPES[turn % 3]!;
    const [production, b] = [manager.model(type, "B")!.version, manager.model(type, "Production")!.version];
    await point(MODEL_NAMES[type], "Production", production);
    await point(MODEL_NAMES[type], "B", b);
    const began = performance.now();
    while (manager.model(type, "Production")?.version !== production || manager.model(type, "B")?.version !== b) {
      if (performance.now() - began > SWAP_MS) throw new Error(`a swap of ${type} is not served after ${SWAP_MS} ms`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    slowestMs = Math.max(slowestMs, performance.now() - began);
  }
  return slowestMs;
}

function expectVersions(slots: ReturnType<ModelManager["slots"]>, versions: readonly string[]): void {
  const got = slots.map(({ model, absence }) => model?.version ?? `none: ${absence?.detail ?? ""}`);
  if (got.join() !== versions.join()) throw new Error(`${slots[0]?.type} serves ${got.join(", ")} instead of ${versions.join(", ")}`);
}
