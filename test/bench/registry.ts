import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

import type { BenchRow } from "./row.ts";

const API = "/api/2.0/mlflow";
const CONNECTIONS = 8;

/** Alias reads and durable alias writes of the embedded registry, over HTTP on eight kept connections. */
export async function benchRegistry(): Promise<readonly BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), "gauntlet-bench-registry-"));
  const worker = new Worker(new URL("./registry-worker.ts", import.meta.url), { workerData: dir });
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  try {
    const port = await new Promise<number>((resolve, reject) => worker.once("message", resolve).once("error", reject));
    const send = (call: Call): Promise<void> => exchange({ agent, port }, call);
    const post = (path: string, json: object): Call => ({ method: "POST", path: API + path, body: JSON.stringify(json) });
    await send(post("/registered-models/create", { name: "bench" }));
    for (const source of ["s3://bucket/1", "s3://bucket/2"]) await send(post("/model-versions/create", { name: "bench", source }));
    await send(post("/registered-models/alias", { name: "bench", alias: "champion", version: "1" }));
    const nothing = { name: "the same HTTP layer, answering nothing", perSecond: await rate(6000, () => send({ method: "GET", path: "/nothing", body: null })) };
    const read: Call = { method: "GET", path: `${API}/registered-models/alias?name=bench&alias=champion`, body: null };
    const writes = ["1", "2"].map((version) => post("/registered-models/alias", { name: "bench", alias: "champion", version }));
    return [
      { name: "registry: alias reads over HTTP", perSecond: await rate(6000, () => send(read)), target: 5000, baseline: nothing },
      { name: "registry: durable alias writes over HTTP", perSecond: await rate(3000, (index) => send(writes[index % 2] as Call)), target: 1000, baseline: nothing },
    ];
  } finally {
    agent.destroy();
    await worker.terminate();
    rmSync(dir, { recursive: true, force: true });
  }
}

interface Call {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body: string | null;
}

/** The best of three rounds. */
async function rate(count: number, call: (index: number) => Promise<void>): Promise<number> {
  let best = 0;
  for (let round = 0; round < 3; round++) {
    let next = 0;
    const from = performance.now();
    const lane = async (): Promise<void> => {
      while (next < count) await call(next++);
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, lane));
    best = Math.max(best, (count * 1000) / (performance.now() - from));
  }
  return best;
}

function exchange({ agent, port }: { readonly agent: Agent; readonly port: number }, { method, path, body }: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = body === null ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const sent = request({ agent, host: "127.0.0.1", port, method, path, headers }, (response) => {
      response.resume().once("end", () => (response.statusCode === 200 ? resolve() : reject(new Error(`${method} ${path} answered ${response.statusCode}`))));
    });
    sent.once("error", reject).end(body ?? undefined);
  });
}
