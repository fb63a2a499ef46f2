import { defineConfig } from "vitest/config";

// The suites that need a server which test/real/main.ts has started.
export default defineConfig({ test: { include: ["test/real/**/*.test.ts"], pool: "forks", testTimeout: 60_000 } });
