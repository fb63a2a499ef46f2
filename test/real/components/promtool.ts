import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Component, Context } from "../component.ts";
import { lastLines } from "../processes.ts";
import { dashboardQueries } from "../prometheus/dashboard-queries.ts";
import { installPrometheus } from "../prometheus/install.ts";

const RULES = join(import.meta.dirname, "../../../deploy/prometheus");

/** The alerts that we ship and their unit tests, and every query of the dashboards, read by promtool. */
export const component: Component = {
  name: "promtool",
  required: true,
  async run(context) {
    const tools = await installPrometheus(context);
    if (tools.kind === "missing") return { kind: "skipped", version: "", why: tools.why };
    const promtool = (args: readonly string[], cwd: string) => must(context, { command: tools.promtool, args, cwd });
    const found = await promtool(["check", "rules", "gauntlet.rules.yml", "ratings.rules.yml", "rps.rules.yml"], RULES);
    await promtool(["test", "rules", "gauntlet.rules.test.yml", "ratings.rules.test.yml", "rps.rules.test.yml"], RULES);
    const queries = await dashboardQueries();
    const file = join(context.workDir, "dashboard.rules.yml");
    const rules = queries.map((expr, index) => ({ record: `dashboard:query:${index}`, expr }));
    // JSON is YAML.
    await writeFile(file, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    await promtool(["check", "rules", file], context.workDir);
    return { kind: "passed", version: tools.version, note: `${[...found.matchAll(/(\d+) rules found/g)].reduce((sum, [, count]) => sum + Number(count), 0)} rules with their tests, ${queries.length} queries of the dashboards` };
  },
};

async function must(context: Context, run: { readonly command: string; readonly args: readonly string[]; readonly cwd: string }): Promise<string> {
  const { code, stdout, stderr } = await context.processes.run({ ...run, timeoutMs: 120_000 });
  if (code !== 0) throw new Error(`promtool ${run.args.join(" ")} ended with ${code}\n${lastLines(stdout + stderr, 30)}`);
  return stdout + stderr;
}
