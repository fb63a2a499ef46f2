import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

import type { SeedResult } from "./run-seed.ts";

/** What a worker is given. */
export interface SeedWork {
  readonly seeds: readonly number[];
  readonly promotion: boolean;
}

/** Runs `count` seeds from `from` on all cores. The results come in any order; each is a function of its seed. */
export async function manySeeds(range: { readonly from: number; readonly count: number; readonly promotion?: boolean }, onResult: (result: SeedResult) => void): Promise<void> {
  const seeds = Array.from({ length: range.count }, (_, index) => range.from + index);
  const workers = Math.min(availableParallelism(), seeds.length);
  await Promise.all(Array.from({ length: workers }, (_, turn) => runWorker({ seeds: seeds.filter((_seed, index) => index % workers === turn), promotion: range.promotion ?? false }, onResult)));
}

function runWorker(work: SeedWork, onResult: (result: SeedResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./seed-worker.ts", import.meta.url), { workerData: work });
    worker.on("message", onResult);
    worker.on("error", reject);
    worker.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
  });
}
