import assert from "node:assert/strict";
import { cp, mkdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { Component, Context } from "../component.ts";
import { freePort, lastLines } from "../processes.ts";

const ROOT = join(import.meta.dirname, "../../..");
const HOME = "/opt/gauntlet";

/**
 * The steps of deploy/rps/Containerfile, done one by one in folders, since an engine that builds images needs rights that
 * a test should not. What comes out must start: Gauntlet, the app with its pages, and the trainer.
 */
export const component: Component = {
  name: "Image of rock, paper, scissors",
  required: true,
  async run(context) {
    const stages = stagesOf(await readFile(join(ROOT, "deploy/rps/Containerfile"), "utf8"));
    const ignored = ignoredBy(await readFile(join(ROOT, ".dockerignore"), "utf8"));
    for (const stage of stages) await rehearse(context, stage, ignored);
    const image = folderOf(context, stages.at(-1)?.name ?? "");
    await starts(context, image);
    return { kind: "passed", version: process.version, note: `${stages.length} stages, ${stages.flatMap(({ steps }) => steps).length} steps; Gauntlet, app and trainer start from what they leave` };
  },
};

type Step = { readonly kind: "copy"; readonly from: string | null; readonly sources: readonly string[]; readonly to: string } | { readonly kind: "run"; readonly script: string };

interface Stage {
  readonly name: string;
  readonly steps: readonly Step[];
}

function stagesOf(text: string): readonly Stage[] {
  const lines = text.replaceAll("\\\n", " ").split("\n").filter((line) => /^(FROM|COPY|RUN) /.test(line));
  const stages: { name: string; steps: Step[] }[] = [];
  for (const line of lines) {
    const [instruction, ...words] = line.trim().split(/\s+/);
    if (instruction === "FROM") stages.push({ name: / AS (\w+)$/.exec(line)?.[1] ?? "last", steps: [] });
    else if (instruction === "RUN") stages.at(-1)?.steps.push({ kind: "run", script: words.join(" ") });
    else {
      const from = /^--from=(\w+)$/.exec(words[0] ?? "")?.[1] ?? null;
      const paths = from === null ? words : words.slice(1);
      stages.at(-1)?.steps.push({ kind: "copy", from, sources: paths.slice(0, -1), to: paths.at(-1) ?? "" });
    }
  }
  return stages;
}

/** Names, and `**` before a name or an ending: all that our file has. */
function ignoredBy(text: string): (path: string) => boolean {
  const patterns = text.split("\n").filter((line) => line !== "").map((line) => {
    const source = line.replace(/^\*\*\//, "").replaceAll(".", "\\.").replaceAll("*", "[^/]*");
    return new RegExp(line.startsWith("**/") ? `(^|/)${source}(/|$)` : `^${source}(/|$)`);
  });
  return (path) => patterns.some((pattern) => pattern.test(path));
}

function folderOf({ workDir }: Context, stage: string): string {
  return join(workDir, "image", stage);
}

async function rehearse(context: Context, { name, steps }: Stage, ignored: (path: string) => boolean): Promise<void> {
  const folder = folderOf(context, name);
  await mkdir(folder, { recursive: true });
  for (const step of steps) {
    if (step.kind === "run") await mustRun(context, { command: "/bin/sh", args: ["-c", step.script], cwd: folder });
    else for (const source of step.sources) await copy(context, { ...step, source, folder, ignored });
  }
}

async function copy(context: Context, { from, source, to, folder, ignored }: { readonly from: string | null; readonly source: string; readonly to: string; readonly folder: string; readonly ignored: (path: string) => boolean }): Promise<void> {
  const isInto = to.endsWith("/") && from === null;
  const target = join(folder, to, isInto ? source : "");
  if (from !== null) await mkdir(target, { recursive: true });
  if (from !== null) {
    // Thousands of files that nobody changes afterwards: links do.
    const origin = join(folderOf(context, from), relative(HOME, source));
    await mustRun(context, { command: "cp", args: ["-al", `${origin}/.`, target], cwd: folder });
    return;
  }
  return cp(join(ROOT, source), target, { recursive: true, filter: (path) => !ignored(relative(ROOT, path)) });
}

async function mustRun(context: Context, run: { readonly command: string; readonly args: readonly string[]; readonly cwd: string }): Promise<string> {
  const { code, stdout, stderr } = await context.processes.run({ ...run, env: { PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`, NODE_ENV: "" }, timeoutMs: 5 * 60_000 });
  if (code !== 0) throw new Error(`${run.args.join(" ")} ended with ${code}\n${lastLines(stdout + stderr, 30)}`);
  return stdout + stderr;
}

/** As the manifests start them. */
async function starts(context: Context, image: string): Promise<void> {
  const none = { NODE_ENV: "production", GAUNTLET_URL: "", GAUNTLET_TOKEN: "" };
  const bare = await context.processes.run({ command: process.execPath, args: ["examples/rps/src/deployed/serve-main.ts"], cwd: image, env: none, timeoutMs: 60_000 });
  assert.deepEqual([bare.code, /GAUNTLET_URL is not set/.test(bare.stderr)], [1, true], bare.stderr);
  const [port, appPort] = [await freePort(), await freePort()];
  const data = join(context.workDir, "image-data");
  const gauntlet = `http://127.0.0.1:${port}`;
  const cli = ["apps/cli/bin/gauntlet.mjs", "--data", data];
  // While no server holds the data, no token is needed to make one.
  const token = (await mustRun(context, { command: process.execPath, args: [...cli, "token", "create", "rps", "--role", "operator"], cwd: image })).trim().split("\n").at(-1) ?? "";
  await context.processes.start({ command: process.execPath, args: [...cli, "up", "--port", String(port)], cwd: image, isReady: async () => (await fetch(`${gauntlet}/readyz`)).ok, readyMs: 60_000 });
  const env = { NODE_ENV: "production", GAUNTLET_URL: gauntlet, GAUNTLET_TOKEN: token, RPS_API_TOKEN: "of-the-environment-0123456789", RPS_HOST: "127.0.0.1", RPS_PORT: String(appPort), DATA_PATH: join(context.workDir, "image-app") };
  const app = `http://127.0.0.1:${appPort}`;
  await context.processes.start({ command: process.execPath, args: ["examples/rps/src/deployed/serve-main.ts"], cwd: image, env, isReady: async () => (await fetch(`${app}/healthz`)).ok, readyMs: 60_000 });
  const page = await (await fetch(`${app}/`)).text();
  const script = /src="(\/[^"]+\.js)"/.exec(page)?.[1] ?? "";
  assert.deepEqual([(await fetch(`${app}${script}`)).headers.get("content-type")?.split(";")[0], (await fetch(`${gauntlet}/`)).headers.get("content-type")?.split(";")[0]], ["text/javascript", "text/html"], page.slice(0, 500));
  assert.match(await (await fetch(`${app}/metrics`)).text(), /^rps_promotion_ledger_up 1$/m);
  const trained = await context.processes.run({ command: process.execPath, args: ["examples/rps/src/deployed/train-main.ts"], cwd: image, env, timeoutMs: 60_000 });
  assert.deepEqual([trained.code, /nothing is trained: there are 0 rounds/.test(trained.stderr)], [0, true], trained.stderr);
}
