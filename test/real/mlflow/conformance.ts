import { join } from "node:path";
import type { Context } from "../component.ts";
import { lastLines } from "../processes.ts";

/** How a real server is reached. */
export interface MlflowAccess {
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
}

/** The conformance suite of the Registry and Artifacts ports, through our client. @returns how many tests passed */
export async function runConformance({ processes }: Context, { url, user, password }: MlflowAccess): Promise<string> {
  const root = join(import.meta.dirname, "../../..");
  const login = user === undefined || password === undefined ? {} : { GAUNTLET_MLFLOW_USER: user, GAUNTLET_MLFLOW_PASSWORD: password };
  const { code, stdout, stderr } = await processes.run({
    command: process.execPath,
    args: [join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", root, "--config", join(root, "test/real/vitest.config.ts"), "--no-color", "test/real/mlflow"],
    cwd: root,
    env: { GAUNTLET_MLFLOW_URL: url, NO_COLOR: "1", ...login },
    timeoutMs: 5 * 60_000,
  });
  const count = /Tests\s+(\d+) passed/.exec(stdout)?.[1];
  if (code !== 0 || count === undefined) throw new Error(`the conformance suite failed\n${lastLines(stdout, 60)}\n${lastLines(stderr, 40)}`);
  return count;
}
