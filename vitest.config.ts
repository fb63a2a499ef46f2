import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

import { LongestFirst } from "./test/setup/longest-first.ts";

export default defineConfig({
  test: {
    include: ["packages/**/*.test.ts", "apps/**/*.test.ts", "examples/**/*.test.ts", "scripts/**/*.test.ts", "test/{e2e,chaos,docs,prove}/**/*.test.ts"],
    setupFiles: ["./test/setup/property-seed.ts"],
    // Programs that tests start find compiled what those before them have loaded.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/gauntlet-compiled", import.meta.url)) },
    pool: "forks",
    // Files share a process, one after the other, and with it what they import: a process for each took a third of the time.
    isolate: false,
    // Many tests wait for servers and browsers, so that two cores are better used by three than by the usual one.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    testTimeout: 90_000,
    hookTimeout: 120_000,
    // A state that comes is waited for as long as a busy machine may need.
    expect: { poll: { timeout: 30_000 } },
  },
});
