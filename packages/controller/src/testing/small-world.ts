import { allocate, type AbtestPolicy, type Allocation, type Outcome, type RegisteredVersion, type Rollout } from "@gauntlet/core";

import type { Controller } from "../controller.ts";
import { recordOutcomes } from "../record-outcomes.ts";
import { startRollout } from "../start-rollout.ts";
import { tick } from "../tick.ts";
import { memoryArtifacts } from "./memory-artifacts.ts";
import { memoryRegistry, type RegistryMemory, type RegistryModel } from "./memory-registry.ts";
import { emptyMemory, type Memory } from "./memory-store/memory.ts";
import { openMemoryStore } from "./memory-store/open-memory-store.ts";
import { memoryTraffic } from "./memory-traffic.ts";

export const MODEL = "fraud";
export const MINUTE = 60_000;
const START = 1_767_225_600_000;
const LEASE_MS = 10_000;

/** A controller over memory, and what it is over: a test moves the clock, and changes what it is about. */
export interface SmallWorld {
  readonly controller: Controller;
  readonly memory: Memory;
  readonly registry: RegistryMemory;
  readonly traffic: Map<string, Allocation>;
  readonly files: Map<string, string>;
  pass(ms: number): void;
  model(): RegistryModel;
  /** Somebody else sets an alias, past the controller. */
  moveAlias(alias: string, version: string): void;
}

export function smallWorld(): SmallWorld {
  let now = START;
  const version = (name: string): RegisteredVersion => ({ version: name, digest: `sha256:${name.repeat(64)}`, runId: `run-${name}`, stage: "None", tags: {}, metrics: {} });
  const memory = emptyMemory();
  const registry: RegistryMemory = new Map([[MODEL, { aliases: { champion: "1", previous: "0" }, versions: ["0", "1", "2", "3", "9"].map(version) }]]);
  const traffic = new Map([[MODEL, allocate({ model: MODEL, epoch: 4, seed: "before", shares: [{ slot: "champion", version: "1", basisPoints: 10_000 }], shadow: false })]]);
  const files = new Map<string, string>();
  const model = (): RegistryModel => registry.get(MODEL) as RegistryModel;
  return {
    memory,
    registry,
    traffic,
    files,
    model,
    pass: (ms) => {
      now += ms;
    },
    moveAlias: (alias, to) => registry.set(MODEL, { ...model(), aliases: { ...model().aliases, [alias]: to } }),
    controller: {
      store: openMemoryStore(memory),
      registry: memoryRegistry(registry),
      artifacts: memoryArtifacts(registry, files),
      traffic: memoryTraffic(traffic),
      clock: { now: () => now },
      holder: "small world",
      leaseMs: LEASE_MS,
    },
  };
}

/** One look after ten minutes, decided by the rate of errors. */
export function policyOf(change: Partial<AbtestPolicy> = {}): AbtestPolicy {
  return {
    kind: "abtest",
    name: "errors",
    model: MODEL,
    mode: "compat",
    monitoring: "looks",
    spending: "each",
    metrics: { error: "rate" },
    bucketMs: MINUTE,
    approval: null,
    effects: ["registry.alias", "registry.tag", "traffic", "document"],
    impact: null,
    split: { champion: 5000, challenger: 5000 },
    shadow: false,
    window: { minMs: 10 * MINUTE, maxMs: 10 * MINUTE },
    labels: { maturityMs: 0, coverageMin: { parts: 0, of: 1 }, coverageGapMax: { parts: 1, of: 1 } },
    minSamples: 10,
    alpha: { parts: 1, of: 20 },
    srmAlpha: { parts: 1, of: 1000 },
    checks: [{ kind: "rate", metric: "error", increaseMax: { parts: 0, of: 1 } }],
    harm: [],
    ...change,
  };
}

/** A rollout of version 2 whose split is open. */
export async function openRollout({ controller }: SmallWorld, policy: AbtestPolicy = policyOf()): Promise<Rollout> {
  const { rollout } = await startRollout(controller, { policy, challenger: "2", by: "ada" });
  await tick(controller, MODEL);
  if (rollout === null) throw new Error("no rollout was started");
  return rollout;
}

/** Twenty outcomes of each version in the first minutes; the challenger does not err, the champion does twice. */
export async function serve({ controller }: SmallWorld, rollout: Rollout, batchId: string): Promise<void> {
  const outcomes = Array.from({ length: 40 }, (_, i): Outcome => {
    const slot = i % 2 === 0 ? "champion" : "challenger";
    return {
      requestId: `${batchId}-${i}`,
      at: rollout.startedAt + i * 1000,
      model: MODEL,
      version: rollout[slot].version,
      slot,
      mode: "live",
      epoch: rollout.allocation.epoch,
      unit: `u${i}`,
      prediction: true,
      metrics: { error: i === 0 || i === 20 ? 1 : 0 },
    };
  });
  await recordOutcomes(controller, { model: MODEL, batchId, outcomes, labels: [] });
}
