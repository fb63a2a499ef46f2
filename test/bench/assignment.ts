import { bucketOf } from "@gauntlet/core";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

import { load, post, type Load } from "./raw-client.ts";
import { bestOf, ratePerSecond, type BenchRow } from "./row.ts";

const CONNECTIONS = 16;
const ROUND_MS = 3000;
const ROUNDS = 2;
const FLAGS = "/ofrep/v1/evaluate/flags";

/** Units evaluated over HTTP by a whole server with 20 experiments and their records, beside the HTTP library alone. */
export async function benchAssignment(): Promise<readonly BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), "gauntlet-bench-assignment-"));
  const worker = new Worker(new URL("./assignment-worker.ts", import.meta.url), { workerData: dir });
  try {
    const [{ port, barePort, token }] = (await once(worker, "message")) as [{ readonly port: number; readonly barePort: number; readonly token: string }];
    const headers = { authorization: `Bearer ${token}` };
    const body = (index: number) => ({ context: { targetingKey: `user-${index}`, plan: "premium", country: "CA" } });
    const single = Array.from({ length: 5000 }, (_, index) => post(`${FLAGS}/exp_${index % 20}`, body(index), headers));
    const bulk = Array.from({ length: 1000 }, (_, index) => post(FLAGS, body(index), headers));

    const bare = { name: "the HTTP library alone", perSecond: await fastest(barePort, single) };
    const singles = await fastest(port, single);
    const bulks = await fastest(port, bulk);
    const p99 = (to: number) => lowestP99({ port: to, requests: single, connections: CONNECTIONS, ms: 1000, perSecond: singles / 2 });
    const bareP99 = { name: "the HTTP library alone", perSecond: await p99(barePort) };
    return [
      { name: "buckets by SHA-256", perSecond: bestOf(3, bucketsPerSecond), target: 300_000 },
      { name: "OFREP: single evaluations", perSecond: singles, target: 10_000, baseline: bare },
      { name: "OFREP: bulk evaluations of 20 flags", perSecond: bulks, target: 3000, baseline: bare },
      { name: "OFREP: p99 at half of that load, ms", perSecond: await p99(port), target: null, atMost: 5, baseline: bareP99 },
    ];
  } finally {
    await worker.terminate();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function fastest(port: number, requests: readonly Buffer[]): Promise<number> {
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) best = Math.max(best, (await load({ port, requests, connections: CONNECTIONS, ms: ROUND_MS })).perSecond);
  return best;
}

/** Of several short rounds: noise on a shared machine only ever slows. */
async function lowestP99(wanted: Load): Promise<number> {
  let lowest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 8; round++) lowest = Math.min(lowest, (await load(wanted)).p99Ms);
  return lowest;
}

function bucketsPerSecond(): number {
  let index = 0;
  return ratePerSecond(500, () => {
    bucketOf("550e8400-e29b-41d4-a716-446655440000", `user-${index++ % 10_000}`, "sha256");
  });
}
