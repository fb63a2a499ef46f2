import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/**/*.test.ts", "apps/**/*.test.ts", "examples/**/*.test.ts", "scripts/**/*.test.ts", "test/{e2e,chaos,docs,prove}/**/*.test.ts"],
    setupFiles: ["./test/setup/property-seed.ts"],
    pool: "forks",
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
