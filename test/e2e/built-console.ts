import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { builtOnce } from "./built-once.ts";

const VITE = fileURLToPath(new URL("../../node_modules/vite/bin/vite.js", import.meta.url));
const CONSOLE = fileURLToPath(new URL("../../apps/console", import.meta.url));

/** The folder of the built console. */
export function builtConsole(): string {
  return builtOnce("gauntlet-console", ["apps/console", "packages/contract/src", "packages/core/src", "packages/client/src"], (folder) => {
    execFileSync(process.execPath, [VITE, "build", "--logLevel", "error", "--outDir", folder, CONSOLE], { env: { ...process.env, NODE_ENV: "production" } });
  });
}
