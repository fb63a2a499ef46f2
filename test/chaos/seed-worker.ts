import { parentPort, workerData } from "node:worker_threads";

import type { SeedWork } from "./many-seeds.ts";
import { runSeed } from "./run-seed.ts";

const { seeds, promotion } = workerData as SeedWork;
for (const seed of seeds) {
  const result = await runSeed(seed, { promotion });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(result);
}
