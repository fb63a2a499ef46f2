import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { builtOnce } from "./built-once.ts";

const MAIN = fileURLToPath(new URL("../../examples/mail/src/main.ts", import.meta.url));

interface Printed {
  readonly runs: readonly { readonly decisionId: string }[];
}

/** Puts the data that the mail world leaves into a folder, and says what it printed. What the world does is tried beside it. */
export function mailWorldData(dataDir: string): Printed {
  const built = builtOnce("gauntlet-mail-world", ["examples/mail", "examples/shared/src", "apps/server/src", ...["adapters", "client", "contract", "controller", "core", "gateway", "registry"].map((name) => `packages/${name}/src`)], (folder) => {
    const done = spawnSync(process.execPath, [MAIN, "--once", "--json", "--data", join(folder, "data")], { encoding: "utf8" });
    if (done.status !== 0) throw new Error(`the mail world ended with ${done.status}: ${done.stderr}`);
    writeFileSync(join(folder, "printed.json"), done.stdout.trim().split("\n").at(-1) as string);
  });
  cpSync(join(built, "data"), dataDir, { recursive: true });
  return JSON.parse(readFileSync(join(built, "printed.json"), "utf8")) as Printed;
}
