import { join } from "node:path";
import type { Component } from "../component.ts";
import { lastLines } from "../processes.ts";
import { type Agreement, mustAgree } from "../statistics/agreement.ts";
import { installScipy } from "../statistics/install.ts";

/** `gauntlet stat` against scipy and statsmodels: 10,000 random inputs a statistic, through NDJSON. */
export const component: Component = {
  name: "scipy + statsmodels",
  required: true,
  async run(context) {
    const tool = await installScipy(context);
    if (tool.kind === "missing") return { kind: "skipped", version: "", why: tool.why };
    const script = join(import.meta.dirname, "../statistics/scipy_statsmodels.py");
    const gauntlet = join(import.meta.dirname, "../../../apps/cli/bin/gauntlet.mjs");
    const { code, stdout, stderr } = await context.processes.run({ command: tool.command, args: [script, process.execPath, gauntlet], cwd: context.workDir, timeoutMs: 5 * 60_000 });
    if (code !== 0) throw new Error(`the comparison ended with ${code}\n${lastLines(stderr, 20)}`);
    const agreements = stdout.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Agreement);
    return { kind: "passed", version: tool.version, note: mustAgree(context, agreements, 10_000) };
  },
};
