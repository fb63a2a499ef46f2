import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

import type { SeedResult } from "./run-seed.ts";

/** Runs `count` seeds from `from` on all cores. The results come in any order; each is a function of its seed. */
export async function manySeeds(range: { readonly from: number; readonly count: number }, onResult: (result: SeedResult) => void): Promise<void> {
  const seeds = Array.from({ length: range.count }, (_, index) => range.from + index);
  const workers = Math.min(availableParallelism(), seeds.length);
  await Promise.all(Array.from({ length: workers }, (_, turn) => runWorker(seeds.filter((_seed, index) => index % workers === turn), onResult)));
}

function runWorker(seeds: readonly number[], onResult: (result: SeedResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./seed-worker.ts", import.meta.url), { workerData: seeds });
    worker.on("message", onResult);
    worker.on("error", reject);
    worker.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
  });
}
