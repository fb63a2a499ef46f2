import { join } from "node:path";
import type { Component } from "../component.ts";
import { installMlflow, MLFLOW_VERSION } from "../mlflow/install.ts";
import { startMlflow } from "../mlflow/server.ts";
import { lastLines } from "../processes.ts";

/** The conformance suite of the Registry and Artifacts ports, through our client, against a real server. */
export const component: Component = {
  name: "MLflow server",
  required: true,
  async run(context) {
    const installed = await installMlflow(context);
    if (installed.kind === "missing") return { kind: "skipped", version: MLFLOW_VERSION, why: installed.why };
    const url = await startMlflow(context, installed.bin);
    const root = join(import.meta.dirname, "../../..");
    const { code, stdout, stderr } = await context.processes.run({
      command: process.execPath,
      args: [join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", root, "--config", join(root, "test/real/vitest.config.ts"), "--no-color", "test/real/mlflow"],
      cwd: root,
      env: { GAUNTLET_MLFLOW_URL: url, NO_COLOR: "1" },
      timeoutMs: 5 * 60_000,
    });
    const count = /Tests\s+(\d+) passed/.exec(stdout)?.[1];
    if (code !== 0 || count === undefined) throw new Error(`the conformance suite failed\n${lastLines(stdout, 60)}\n${lastLines(stderr, 40)}`);
    return { kind: "passed", version: MLFLOW_VERSION, note: `${count} conformance tests` };
  },
};
