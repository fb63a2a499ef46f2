import { createMlflowClient, createRun, createVersion, DIGEST_TAG, ensureExperiment, ensureRegisteredModel, localTraffic, mlflowArtifacts, mlflowRegistry, openSqliteStore } from "@gauntlet/adapters";
import { beginHooks, readState, recordOutcomes, request, startRollout, tick, type Controller, type TickResult } from "@gauntlet/controller";
import type { Policy } from "@gauntlet/core";
import { createRegistry } from "@gauntlet/registry";
import { randomBytes } from "node:crypto";
import { join } from "node:path";

import { observedOf } from "./evidence-stream.ts";
import { LEASE_MS, MODEL, policyOf, rampOf, START_AT, WATCH_MS, withWatch } from "./scenario.ts";

/** When the look is due, and its decision is taken; when the watch after it is over; and when the first stage of a ramp is. */
export const DUE_AT = START_AT + 75_000;
export const WATCH_OVER_AT = DUE_AT + WATCH_MS + 10_000;
export const STAGE_OVER_AT = START_AT + 31_000;

interface Place {
  readonly controller: Controller;
  close(): Promise<void>;
}

/** A controller over the real SQLite store, the real embedded registry and local traffic, all in one data directory. */
export async function openPlace(dataDir: string, now: number): Promise<Place> {
  const store = await openSqliteStore({ dataDir, mode: "exclusive", holder: "kill test" });
  const registry = await createRegistry({ database: join(dataDir, "registry.db"), artifactsDir: join(dataDir, "artifacts"), now: () => now, newId: () => randomBytes(16).toString("hex") });
  const mlflow = createMlflowClient({ url: "http://registry.in-process", timeoutMs: 10_000, retries: 0, fetch: (call) => registry.fetch(call) });
  const controller: Controller = {
    store,
    registry: mlflowRegistry(mlflow),
    artifacts: mlflowArtifacts(mlflow),
    traffic: localTraffic(store.allocations),
    clock: { now: () => now },
    holder: `kill test ${process.pid} ${randomBytes(4).toString("hex")}`,
    leaseMs: LEASE_MS,
  };
  return {
    controller,
    close: async () => {
      registry.close();
      await store.close();
    },
  };
}

/** Two versions, a rollout of the second, and all its outcomes: what is left is to decide. */
export async function prepare(dataDir: string): Promise<void> {
  await rolledOut(dataDir, policyOf({ mode: "compat", joined: true, approved: false, continuous: false }));
}

/** The same, and a test that is won is watched before its promotion. */
export async function prepareWatch(dataDir: string): Promise<void> {
  await rolledOut(dataDir, withWatch(policyOf({ mode: "strict", joined: true, approved: false, continuous: false })));
}

/** The same, in its watch, with all that the challenger did in it. */
export async function prepareWatched(dataDir: string): Promise<void> {
  await prepareWatch(dataDir);
  await at(dataDir, DUE_AT, async (controller) => {
    await tickUntilApplied(controller);
    await observed(controller);
  });
}

/** The first one promoted, and a hook that is to be told. */
export async function prepareTelling(dataDir: string, hook: string): Promise<void> {
  await prepare(dataDir);
  await at(dataDir, DUE_AT, async (controller) => {
    await beginHooks(controller.store, [hook]);
    await tickUntilApplied(controller);
  });
}

/** A ramp whose first stage has lasted its time, with all its outcomes. */
export async function prepareRamp(dataDir: string): Promise<void> {
  await rolledOut(dataDir, rampOf({ mode: "strict", approved: false, watched: true }));
}

/** The first one promoted, and somebody has asked for a rollback. */
export async function preparePromoted(dataDir: string): Promise<void> {
  await prepare(dataDir);
  await at(dataDir, DUE_AT - 60_000 + 3_600_000, async (controller) => {
    await tickUntilApplied(controller);
    await request(controller, MODEL, { kind: "rollback", by: "grace", reason: "the kill test says so" });
  });
}

/** Ticks until the decision that is due, or asked for, is applied. Returns how many ticks it took. */
export async function tickUntilApplied(controller: Controller): Promise<TickResult> {
  for (let ticks = 1; ticks <= 5; ticks++) {
    const result = await tick(controller, MODEL);
    if (result.kind === "applied" || result.kind === "idle") return result;
  }
  throw new Error("nothing was applied within 5 ticks");
}

async function rolledOut(dataDir: string, policy: Policy): Promise<void> {
  await register(dataDir);
  await at(dataDir, START_AT, async (controller) => {
    await startRollout(controller, { policy, challenger: "2", by: "ada" });
    await tickUntilApplied(controller);
    await observed(controller);
  });
}

/** All outcomes of what is served now. */
async function observed(controller: Controller): Promise<void> {
  const { rollout } = await readState(controller, MODEL);
  if (rollout === null) throw new Error("no rollout was started");
  await recordOutcomes(controller, { model: MODEL, batchId: `all of epoch ${rollout.allocation.epoch}`, ...observedOf(rollout, "better") });
}

async function register(dataDir: string): Promise<void> {
  const registry = await createRegistry({ database: join(dataDir, "registry.db"), artifactsDir: join(dataDir, "artifacts"), now: () => START_AT, newId: () => randomBytes(16).toString("hex") });
  const mlflow = createMlflowClient({ url: "http://registry.in-process", timeoutMs: 10_000, retries: 0, fetch: (call) => registry.fetch(call) });
  await ensureRegisteredModel(mlflow, MODEL, "kill test");
  const experimentId = await ensureExperiment(mlflow, "kill test");
  for (const name of ["1", "2"]) {
    const run = await createRun(mlflow, { experimentId, name, startTime: START_AT, tags: {} });
    await createVersion(mlflow, { model: MODEL, source: `${run.artifactUri}/model`, runId: run.runId, description: name, tags: { [DIGEST_TAG]: `sha256:${name.repeat(64)}` } });
  }
  await mlflowRegistry(mlflow).setAlias(MODEL, "champion", "1");
  await mlflowRegistry(mlflow).setStage(MODEL, "1", "Production", false);
  registry.close();
}

export async function at<T>(dataDir: string, now: number, work: (controller: Controller) => Promise<T>): Promise<T> {
  const place = await openPlace(dataDir, now);
  try {
    return await work(place.controller);
  } finally {
    await place.close();
  }
}
