import type { Controller } from "@gauntlet/controller";
import { emptyMemory, memoryArtifacts, memoryRegistry, memoryTraffic, openMemoryStore, type Memory, type RegistryMemory, type RegistryModel } from "@gauntlet/controller/testing";
import { allocate, type Allocation, type LedgerEntry, type RegisteredVersion } from "@gauntlet/core";

import { MODEL, START_AT } from "./scenario.ts";
import type { Actor, Scheduler } from "./scheduler.ts";

/** What really is: nobody in the simulation sees it but through ports. */
export interface World {
  readonly memory: Memory;
  readonly registry: RegistryMemory;
  readonly files: Map<string, string>;
  readonly traffic: Map<string, Allocation>;
  /** The registry as it was from each instant on; the newest last. */
  readonly past: { readonly from: number; readonly model: RegistryModel }[];
  readonly deeds: Deeds;
  /** Entries as they were when they were written. */
  readonly written: LedgerEntry[];
}

/** What was done to the world, and what should not have been. */
interface Deeds {
  /** Changes of aliases, oldest first; a write that changes nothing is none. */
  readonly writes: AliasWrite[];
  readonly problems: string[];
}

interface AliasWrite {
  readonly at: number;
  readonly by: string;
  readonly foreign: boolean;
  readonly alias: string;
  readonly from: string | null;
  readonly to: string | null;
}

export function createWorld(): World {
  const version = (name: string, stage: string): RegisteredVersion => ({ version: name, digest: `sha256:${name.repeat(64)}`, runId: `run-${name}`, stage, tags: { "gauntlet.threshold": "0.5" }, metrics: {} });
  const model: RegistryModel = { aliases: { champion: "1", previous: "0" }, versions: [version("0", "Archived"), version("1", "Production"), version("2", "Staging"), version("3", "Staging"), version("9", "None")] };
  const allocation = allocate({ model: MODEL, epoch: 7, seed: "before", shares: [{ slot: "champion", version: "1", basisPoints: 10_000 }], shadow: false });
  return {
    memory: emptyMemory(),
    registry: new Map([[MODEL, model]]),
    files: new Map(),
    traffic: new Map([[MODEL, allocation]]),
    past: [{ from: START_AT, model }],
    deeds: { writes: [], problems: [] },
    written: [],
  };
}

export interface Wiring {
  readonly world: World;
  readonly scheduler: Scheduler;
  readonly actor: Actor;
  readonly skewMs: number;
}

/** The ports themselves, without a scheduler: for what comes after the faults. */
export function truePorts(world: World): Pick<Controller, "store" | "registry" | "artifacts" | "traffic"> {
  return { store: openMemoryStore(world.memory), registry: memoryRegistry(world.registry), artifacts: memoryArtifacts(world.registry, world.files), traffic: memoryTraffic(world.traffic) };
}

export function modelOf(world: World): RegistryModel {
  return world.registry.get(MODEL) as RegistryModel;
}

/** Keeps the history of the registry, after each write. */
export function noteRegistry(world: World, at: number): void {
  const model = modelOf(world);
  if (world.past.at(-1)?.model !== model) world.past.push({ from: at, model });
}
