import { gauntlet } from "@gauntlet/client";
import { randomStream } from "@gauntlet/core";
import { createToken } from "@gauntlet/server";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { MODEL_TYPES } from "../../../examples/rps/src/artifact/model-types.ts";
import type { ModelType } from "../../../examples/rps/src/policies/bot-policy.ts";
import { readMarkers } from "../../../examples/rps/src/serving/cache/alias-markers.ts";
import { cachedRuns, wholeRuns } from "../../../examples/rps/src/serving/cache/cached-runs.ts";
import { directoryCache } from "../../../examples/rps/src/serving/cache/directory-cache.ts";
import { restReader } from "../../../examples/rps/src/serving/registry/rest-reader.ts";
import { MODEL_NAMES, SLOTS } from "../../../examples/rps/src/serving/slots.ts";
import { openStage, type RegistryStage } from "../../../examples/rps/src/serving/testing/registry-stage.ts";
import type { ChildSays, ServedSlot } from "./child-says.ts";
import { carriedOut, openCycle, placeOfKill, type DueSwap } from "./due-swap.ts";

export interface KillReport {
  readonly kills: number;
  /** From a restart, its code loaded and its registry up, to the agreement of all three, in milliseconds. */
  readonly slowestMs: number;
  /** Where promotions were when the process died; of that kind alone. */
  readonly places: Readonly<Record<"before" | "amid" | "after", number>>;
  readonly problems: readonly string[];
}

interface KillOptions {
  /**
   * app: the application alone, its registry elsewhere. whole: server, registry and application in one process. promotion: the
   * same, and what moves the aliases is a decision of Gauntlet's over a cycle of four slots, which must be carried out in the end.
   */
  readonly kind: "app" | "whole" | "promotion";
  readonly kills: number;
  readonly seed: number;
  /** Whose models there are; all three when left out. */
  readonly families?: readonly ModelType[];
  readonly onKill?: (done: number) => void;
}

/** From when a swap must be seen everywhere. */
const AGREE_MS = 2000;
const LOOK_MS = 10;
/** The longest that a swap is let run before the kill: some kills come before it is seen, some in the middle, some after. */
const SWAP_MS = 250;
/** Versions of each family that slots change between. */
const SPARE = 2;

/**
 * Swaps, rotations and new versions through the registry's API, a SIGKILL at a random instant of each, and a restart: registry,
 * memory and cache must then agree within two seconds.
 */
export async function killServing({ kind, kills, seed, families = MODEL_TYPES, onKill }: KillOptions): Promise<KillReport> {
  const random = randomStream(seed, 1);
  const stage = await openStage({ listen: kind === "app", families });
  const cacheDir = join(stage.dir, "models");
  for (const type of families) for (let i = 0; i < (kind === "promotion" ? 0 : SPARE); i++) await stage.register(type);
  const { token, place } = await handOver(kind, stage);
  const problems: string[] = [];
  const places = { before: 0, amid: 0, after: 0 };
  let slowestMs = 0;
  let life: Life | null = null;
  let expected: DueSwap | null = null;
  try {
    for (let kill = 0; ; kill++) {
      life = await start(kind, cacheDir, place);
      slowestMs = Math.max(slowestMs, await agreement(life, cacheDir, problems));
      const client = gauntlet({ url: life.url, token });
      if (expected !== null) {
        places[await placeOfKill(client, expected)] += 1;
        problems.push(...(await carriedOut(client, life.url, expected)));
        slowestMs = Math.max(slowestMs, await agreement(life, cacheDir, problems));
      }
      onKill?.(kill);
      if (kill === kills) return { kills, slowestMs, places, problems };
      expected = kind === "promotion" ? await openCycle(client, { type: pick(families, random), cycle: kill }) : null;
      const swapping = expected === null ? changeSlots(life.url, token, { families, random }) : client.rollouts.tick(expected.model).catch(() => null);
      await pause(random() * SWAP_MS);
      life.process.kill("SIGKILL");
      await Promise.all([life.ended, swapping]);
    }
  } finally {
    life?.process.kill("SIGKILL");
    await life?.ended;
    if (kind === "app") await stage.server.close();
    rmSync(stage.dir, { recursive: true, force: true });
  }
}

/** The token that may move aliases, and where the child finds its registry; a whole one opens the data that this process has prepared. */
async function handOver(kind: KillOptions["kind"], { server, dir }: RegistryStage): Promise<{ readonly token: string; readonly place: string }> {
  if (kind === "app") return { token: server.firstToken ?? "", place: server.url ?? "" };
  const { secret } = await createToken(server.composition.controller.store.tokens, { name: "chaos", role: "operator", now: Date.now() });
  await server.close();
  return { token: secret, place: join(dir, "data") };
}

interface Life {
  readonly process: ChildProcess;
  readonly url: string;
  readonly ended: Promise<unknown>;
  slots: readonly ServedSlot[];
}

async function start(kind: KillOptions["kind"], cacheDir: string, place: string): Promise<Life> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "serving-child.ts"), kind, cacheDir, place], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, NODE_COMPILE_CACHE: join(cacheDir, "../compiled") } });
  const ended = once(child, "exit");
  const life: { url: string | null; slots: readonly ServedSlot[] } = { url: null, slots: [] };
  const listening = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const said = JSON.parse(line) as ChildSays;
      if (said.kind === "listening") resolve(said.url);
      if (said.kind === "slots") life.slots = said.slots;
    });
    void ended.then(() => reject(new Error("the child ended before it listened")));
  });
  const url = await listening;
  return { process: child, url, ended, get slots() { return life.slots; } };
}

/** How long it took from now until all three agreed; the time in which the machine let this process wait for its turn is not the application's. */
async function agreement(life: Life, cacheDir: string, problems: string[]): Promise<number> {
  const began = performance.now();
  const registry = restReader({ url: life.url });
  const cache = directoryCache(cacheDir);
  let heldUpMs = 0;
  for (;;) {
    const why = await disagreement(life, registry, cache).catch(String);
    const ms = performance.now() - began - heldUpMs;
    if (why === null) return ms;
    if (ms > AGREE_MS) {
      problems.push(`${Math.round(ms)} ms after a restart or a swap: ${why}`);
      return ms;
    }
    const from = performance.now();
    await pause(LOOK_MS);
    heldUpMs += Math.max(0, performance.now() - from - 2 * LOOK_MS);
  }
}

async function disagreement(life: Life, registry: ReturnType<typeof restReader>, cache: ReturnType<typeof directoryCache>): Promise<string | null> {
  const keys = await cache.list("");
  const markers = [...(await readMarkers(cache, keys)).values()];
  const whole = wholeRuns(keys);
  const current = new Set<string>();
  for (const type of MODEL_TYPES) {
    const aliases = await registry.aliases(MODEL_NAMES[type]);
    for (const slot of SLOTS) {
      const version = aliases.get(slot) ?? null;
      const served = life.slots.find((one) => one.type === type && one.slot === slot);
      if (served?.version === null && version === null) continue;
      if (served?.version !== version) return `${type} ${slot} is ${version} in the registry and ${served?.version} in memory`;
      const own = markers.filter((marker) => marker?.name === MODEL_NAMES[type] && marker.alias === slot);
      if (own.length !== 1 || own[0]?.version !== version || own[0].runId !== served.runId || !whole.has(own[0].runId)) return `${type} ${slot} is ${version} in the registry, and in the cache ${JSON.stringify(own)}`;
      current.add(own[0].runId);
    }
  }
  return [...current].every((run) => cachedRuns(keys).has(run)) ? null : "a run is missing";
}

/** One change of the slots of one family, alias by alias as a plan applies it; what fails is the killed server's. */
async function changeSlots(url: string, token: string, { families, random }: { readonly families: readonly ModelType[]; readonly random: () => number }): Promise<void> {
  const type = pick(families, random);
  const before = await restReader({ url }).aliases(MODEL_NAMES[type]).catch(() => null);
  if (before === null) return;
  const versions = SLOTS.map((slot) => before.get(slot) ?? "1");
  const kind = random();
  const after = kind < 0.5 ? [versions[1]!, versions[0]!, versions[2]!, versions[3]!] : kind < 0.75 ? [...versions.slice(1), versions[0]!] : versions.map((version, i) => (i === Math.floor(random() * 4) ? String(1 + Math.floor(random() * (SLOTS.length + SPARE))) : version));
  for (const [i, slot] of SLOTS.entries()) {
    if (after[i] === versions[i]) continue;
    const body = JSON.stringify({ name: MODEL_NAMES[type], alias: slot, version: after[i] });
    await fetch(`${url}/api/2.0/mlflow/registered-models/alias`, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body }).catch(() => null);
    await pause(random() * 30);
  }
}

function pick<T>(all: readonly T[], random: () => number): T {
  return all[Math.floor(random() * all.length)]!;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
