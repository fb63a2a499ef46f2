import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Component, Context } from "../component.ts";
import { lastLines } from "../processes.ts";
import { type Agreement, mustAgree } from "../statistics/agreement.ts";
import { installR } from "../statistics/install.ts";

/** `gauntlet stat` against R's own tests, on inputs that R draws. */
export const component: Component = {
  name: "R stats",
  required: true,
  async run(context) {
    const tool = await installR(context);
    if (tool.kind === "missing") return { kind: "skipped", version: "", why: tool.why };
    const path = join(context.workDir, "r-expects.ndjson");
    const { code, stderr } = await context.processes.run({ command: tool.command, args: ["--vanilla", join(import.meta.dirname, "../statistics/r.R"), path], cwd: context.workDir, timeoutMs: 5 * 60_000 });
    if (code !== 0) throw new Error(`R ended with ${code}\n${lastLines(stderr, 20)}`);
    const byCheck = Map.groupBy((await readFile(path, "utf8")).trimEnd().split("\n").map((line) => JSON.parse(line) as Expectation), ({ check }) => check);
    const agreements: Agreement[] = [];
    for (const expectations of byCheck.values()) agreements.push(await compare(context, expectations));
    return { kind: "passed", version: tool.version, note: mustAgree(context, agreements, 10_000) };
  },
};

interface Expectation {
  readonly check: string;
  readonly statistic: string;
  readonly tolerance: number;
  readonly input: unknown;
  /** By path, such as interval.low; null where R has no number. */
  readonly expected: Readonly<Record<string, number | null>>;
}

async function compare(context: Context, expectations: readonly Expectation[]): Promise<Agreement> {
  const { check, statistic, tolerance } = expectations[0] as Expectation;
  const asked = join(context.workDir, "asked.ndjson");
  const answered = join(context.workDir, "answered.ndjson");
  await writeFile(asked, expectations.map(({ input }) => JSON.stringify(input)).join("\n"));
  const gauntlet = join(import.meta.dirname, "../../../apps/cli/bin/gauntlet.mjs");
  const script = '"$1" "$2" stat "$3" --json <"$4" >"$5"';
  await context.processes.run({ command: "sh", args: ["-c", script, "sh", process.execPath, gauntlet, statistic, asked, answered], timeoutMs: 5 * 60_000 });
  const results = (await readFile(answered, "utf8")).trimEnd().split("\n").map((line) => JSON.parse(line) as unknown);
  if (results.length !== expectations.length) throw new Error(`${statistic}: ${results.length} results for ${expectations.length} inputs`);
  let worst = 0;
  let failed = 0;
  let example: unknown = null;
  for (const [i, { input, expected }] of expectations.entries()) {
    const far = Math.max(...Object.entries(expected).map(([path, value]) => distance(at(results[i], path), value) / tolerance));
    worst = Math.max(worst, far);
    if (far <= 1) continue;
    failed++;
    example ??= { input, ours: results[i], r: expected };
  }
  return { check, inputs: expectations.length, worst, tolerance, failed, example };
}

/** Relative; the floor is where R's own p-values end. */
function distance(ours: unknown, theirs: number | null): number {
  if (theirs === null) return 0;
  return typeof ours === "number" ? Math.abs(ours - theirs) / (Math.abs(theirs) + 1e-6) : Number.POSITIVE_INFINITY;
}

function at(result: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, step) => (typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[step] : undefined), result);
}
