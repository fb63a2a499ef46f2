import { startPostgres } from "@gauntlet/adapters/testing";
import type { Outcome } from "@gauntlet/core";
import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

import { postBatches } from "./post-batches.ts";
import type { BenchRow } from "./row.ts";

const BIN = join(fileURLToPath(import.meta.url), "../../../apps/cli/bin/gauntlet.mjs");
const MODEL = "bench";
const BATCH = 100;
const BATCHES = 1500;
const CONNECTIONS = 16;
const ROUNDS = 2;

const POLICY = `
kind: abtest
name: bench
model: ${MODEL}
split: { champion: 80%, challenger: 20% }
window: { min: 14d, max: 28d }
labels: { maturity: 30d }
minSamples: 10000
checks:
  - { check: superiority, metric: recall, improveBy: 5% }
  - { check: quantile, metric: latency_ms, quantile: p95, atMost: 100, increaseMax: 10 }
`;

/**
 * The real program, `gauntlet up`, in a process of its own: how quickly it starts, what it weighs at rest, and how many
 * outcomes a second it makes durable when they come over HTTP in batches of 100, each outcome kept for its label.
 */
export async function benchHttp(): Promise<readonly BenchRow[]> {
  const echo = await echoRate();
  const baseline = { name: "node:http that parses and keeps nothing", perSecond: echo };
  const start = await startAndRest();
  const sqlite = await outcomesPerSecond("store: { kind: sqlite }");
  const postgres = await startPostgres();
  const replicated = await startPostgres();
  try {
    return [
      ...start,
      { name: "HTTP: outcomes a second on SQLite", perSecond: sqlite, target: 50_000, baseline },
      { name: "HTTP: outcomes a second on PostgreSQL", perSecond: await outcomesPerSecond(`store: { kind: postgres, url: "${postgres.url}" }`), target: 50_000, baseline },
      { name: "HTTP: outcomes a second on PostgreSQL, two servers", perSecond: await outcomesPerSecond(`store: { kind: postgres, url: "${replicated.url}" }`, 2), target: 100_000, baseline },
    ];
  } finally {
    await postgres.stop();
    await replicated.stop();
  }
}

async function startAndRest(): Promise<readonly BenchRow[]> {
  const nodeMs = best(() => {
    const from = performance.now();
    spawnSync(process.execPath, ["-e", ""]);
    return performance.now() - from;
  });
  const times: number[] = [];
  let restMb = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    const up = await startUp("store: { kind: sqlite }");
    times.push(up.readyMs);
    if (round === 2) {
      await sleep(6000);
      restMb = Number(execFileSync("ps", ["-o", "rss=", "-p", String(up.child.pid)]).toString()) / 1024;
    }
    await up.stop();
  }
  return [
    { name: "cold start of `gauntlet up`, ms", perSecond: Math.min(...times), target: null, atMost: 1000, baseline: { name: "node -e '', ms", perSecond: nodeMs } },
    { name: "memory at rest, MB", perSecond: restMb, target: null, atMost: 150 },
  ];
}

function best(measure: () => number): number {
  return Math.min(measure(), measure(), measure());
}

export interface Up {
  readonly child: ChildProcess;
  readonly url: string;
  readonly token: string;
  /** From the start of the process to its first answer. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

export async function startUp(store: string): Promise<Up> {
  const folder = mkdtempSync(join(tmpdir(), "gauntlet-bench-http-"));
  writeFileSync(join(folder, "gauntlet.yaml"), `listen: { port: 0 }\n${store}\n`);
  const from = performance.now();
  const child = spawn(process.execPath, [BIN, "up", "--json"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const line = await Promise.race([once(child.stdout, "data").then(([data]) => String(data)), once(child, "exit").then(() => null)]);
  if (line === null) throw new Error(`gauntlet up ended: ${said}`);
  const { url } = JSON.parse(line) as { url: string };
  await (await fetch(`${url}/healthz`)).text();
  const readyMs = performance.now() - from;
  const token = /shown this once: (\S+)/.exec(said)?.[1] ?? "";
  const stop = async () => {
    child.kill("SIGTERM");
    await once(child, "exit");
    rmSync(folder, { recursive: true, force: true });
  };
  return { child, url, token, readyMs, stop };
}

/** Through one server, or through several on one database, whose load shares the machine with them. */
async function outcomesPerSecond(store: string, servers = 1): Promise<number> {
  const all = [await startUp(store)];
  try {
    await beginRollout(all[0]!);
    // The token of the first is in the database, where the others find it.
    while (all.length < servers) all.push({ ...(await startUp(store)), token: all[0]!.token });
    let highest = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const rates = await Promise.all(all.map((up) => sendOutcomes(up, outcomeBodies(BATCHES / servers))));
      highest = Math.max(highest, rates.reduce((sum, rate) => sum + rate, 0));
    }
    await requireCounted(all[0]!, ROUNDS * BATCHES * BATCH);
    return highest;
  } finally {
    for (const up of all) await up.stop();
  }
}

/** A test between two versions, so that outcomes of them are counted. */
export async function beginRollout(up: Up): Promise<void> {
  const post = async (path: string, body: object): Promise<void> => {
    const response = await fetch(up.url + path, { method: "POST", headers: { authorization: `Bearer ${up.token}`, "content-type": "application/json", "idempotency-key": randomUUID() }, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  const api = "/api/2.0/mlflow";
  await post(`${api}/registered-models/create`, { name: MODEL });
  for (const source of ["s3://bucket/1", "s3://bucket/2"]) await post(`${api}/model-versions/create`, { name: MODEL, source });
  await post(`${api}/registered-models/alias`, { name: MODEL, alias: "champion", version: "1" });
  await post(`/v1/models/${MODEL}/rollouts`, { policy: POLICY, challenger: "2" });
}

/** What was measured must be what was counted. */
async function requireCounted(up: Up, expected: number): Promise<void> {
  const detail = (await (await fetch(`${up.url}/v1/models/${MODEL}`)).json()) as { split: { count: number }[] };
  const counted = detail.split.reduce((sum, arm) => sum + arm.count, 0);
  if (counted !== expected) throw new Error(`${counted} outcomes were counted of ${expected}`);
}

async function echoRate(): Promise<number> {
  const worker = new Worker(new URL("./http-echo-worker.ts", import.meta.url));
  try {
    const [port] = (await once(worker, "message")) as [number];
    const prepared = outcomeBodies(BATCHES);
    return Math.max(await send({ port, token: "" }, prepared), await send({ port, token: "" }, prepared));
  } finally {
    await worker.terminate();
  }
}

/** Batches of 100, made before the clock runs. Random ids are the hardest for an index. */
export function outcomeBodies(batches: number): readonly string[] {
  const now = Date.now();
  return Array.from({ length: batches }, (_, batch) => JSON.stringify({ outcomes: Array.from({ length: BATCH }, (_unused, index) => outcomeOf(batch * BATCH + index, now)) }));
}

function outcomeOf(index: number, now: number): Outcome {
  const challenger = index % 5 === 0;
  return {
    requestId: randomUUID(),
    at: now - (index % 600) * 1000,
    model: MODEL,
    version: challenger ? "2" : "1",
    slot: challenger ? "challenger" : "champion",
    mode: "live",
    epoch: 1,
    unit: `unit-${index}`,
    prediction: index % 7 === 0,
    metrics: { latency_ms: 1 + (index % 90) / 3, error: 0 },
  };
}

/** Sends batches to a server; gives outcomes a second. */
export function sendOutcomes({ url, token }: Up, prepared: readonly string[]): Promise<number> {
  return send({ port: Number(new URL(url).port), token }, prepared);
}

/** Outcomes a second, over kept connections, every batch under a key of its own. */
async function send(to: { readonly port: number; readonly token: string }, prepared: readonly string[]): Promise<number> {
  return BATCH * (await postBatches({ ...to, path: "/v1/outcomes", bodies: prepared, connections: CONNECTIONS, headers: () => ({ "idempotency-key": randomUUID() }) }));
}
