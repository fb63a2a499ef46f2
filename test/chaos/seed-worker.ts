import { parentPort, workerData } from "node:worker_threads";

import { runSeed, type SeedResult } from "./run-seed.ts";

for (const seed of workerData as readonly number[]) {
  const result = await runSeed(seed);
  parentPort?.postMessage({ ...result } satisfies SeedResult);
}
