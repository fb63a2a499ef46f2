import { localTraffic, openSqliteStore } from "@gauntlet/adapters";
import { startRollout, tick, type Controller, type Store } from "@gauntlet/controller";
import { memoryArtifacts, memoryRegistry, type RegistryMemory } from "@gauntlet/controller/testing";
import { parsePolicy } from "@gauntlet/contract";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchRow } from "./row.ts";

const FEW = 200;
const MANY = 2000;
const START = 1_767_225_600_000;

/**
 * Ticks of rollouts that run side by side, by one controller on SQLite: ten thousand in a minute is what is promised, and
 * that a tick costs the same however many there are. The registry answers from memory, so that it is the controller that is measured.
 */
export async function benchFleet(): Promise<readonly BenchRow[]> {
  const few = await ticksPerSecond(FEW);
  const many = await ticksPerSecond(MANY);
  return [{ name: `controller: rollouts ticked, ${MANY} side by side`, perSecond: many, target: 10_000 / 60, baseline: { name: `with ${FEW} side by side`, perSecond: few } }];
}

async function ticksPerSecond(rollouts: number): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), "gauntlet-bench-"));
  const store = await openSqliteStore({ dataDir, mode: "exclusive", holder: "bench" });
  try {
    const models = Array.from({ length: rollouts }, (_, index) => `model-${index}`);
    const clock = { at: START };
    const controller = controllerOf(store, models, clock);
    for (const model of models) {
      await startRollout(controller, { policy: policyOf(model), challenger: "2", by: "bench" });
      await tick(controller, model);
    }
    clock.at += 3_600_000;
    for (const model of models) await tick(controller, model);
    clock.at += 60_000;
    const from = performance.now();
    for (const model of models) await tick(controller, model);
    return (rollouts * 1000) / (performance.now() - from);
  } finally {
    await store.close();
    rmSync(dataDir, { recursive: true });
  }
}

function controllerOf(store: Store, models: readonly string[], clock: { readonly at: number }): Controller {
  const version = (name: string) => ({ version: name, digest: `sha256:${name.repeat(64)}`, runId: null, stage: "None", tags: {}, metrics: {} });
  const registry: RegistryMemory = new Map(models.map((model) => [model, { aliases: { champion: "1" }, versions: [version("1"), version("2")] }]));
  return { store, registry: memoryRegistry(registry), artifacts: memoryArtifacts(registry, new Map()), traffic: localTraffic(store.allocations), clock: { now: () => clock.at }, holder: "bench", leaseMs: 30_000 };
}

function policyOf(model: string) {
  return parsePolicy(
    `{ kind: ramp, name: bench, model: ${model}, stages: [{ name: tenth, allocation: 10%, dwell: 3d }, { name: production, allocation: 100% }], minSamples: 100, metrics: { error: rate }, checks: [{ metric: error, better: lower, noWorseThan: 20% }] }`,
    "the bench",
  );
}
