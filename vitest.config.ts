import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

import { LongestFirst } from "./test/setup/longest-first.ts";

export default defineConfig({
  test: {
    include: ["packages/**/*.test.ts", "apps/**/*.test.ts", "examples/**/*.test.ts", "scripts/**/*.test.ts", "test/{e2e,chaos,docs,prove}/**/*.test.ts"],
    setupFiles: ["./test/setup/property-seed.ts"],
    pool: "forks",
    // Many tests wait for servers and browsers, so that two cores are better used by three than by the usual one.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
});
