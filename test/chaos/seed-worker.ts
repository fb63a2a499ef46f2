import { parentPort, workerData } from "node:worker_threads";

import { runSeed } from "./run-seed.ts";

for (const seed of workerData as readonly number[]) {
  const result = await runSeed(seed);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(result);
}
