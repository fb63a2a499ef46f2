import { cp, mkdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { Context } from "../component.ts";
import { lastLines } from "../processes.ts";

const ROOT = join(import.meta.dirname, "../../..");
const HOME = "/opt/gauntlet";

interface Image {
  /** What is in the last stage's working directory. */
  readonly folder: string;
  readonly stages: number;
  readonly steps: number;
}

/**
 * The steps of a container file of the repository, done one by one in folders, since an engine that builds images needs
 * rights that a test should not.
 */
export async function rehearseImage(context: Context, containerfile: string): Promise<Image> {
  const stages = stagesOf(await readFile(join(ROOT, containerfile), "utf8"));
  const ignored = ignoredBy(await readFile(join(ROOT, ".dockerignore"), "utf8"));
  const under = join(context.workDir, "images", containerfile.replaceAll("/", "-"));
  for (const stage of stages) await rehearse(context, { stage, under, ignored });
  return { folder: join(under, stages.at(-1)?.name ?? ""), stages: stages.length, steps: stages.flatMap(({ steps }) => steps).length };
}

/** Returns both of its outputs. @throws unless it ends well. */
export async function mustRun(context: Context, run: { readonly command: string; readonly args: readonly string[]; readonly cwd: string }): Promise<string> {
  const { code, stdout, stderr } = await context.processes.run({ ...run, env: { PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`, NODE_ENV: "" }, timeoutMs: 5 * 60_000 });
  if (code !== 0) throw new Error(`${run.args.join(" ")} ended with ${code}\n${lastLines(stdout + stderr, 30)}`);
  return stdout + stderr;
}

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

interface Rehearsal {
  readonly stage: Stage;
  /** The folder of all stages. */
  readonly under: string;
  readonly ignored: (path: string) => boolean;
}

async function rehearse(context: Context, { stage, under, ignored }: Rehearsal): Promise<void> {
  const folder = join(under, stage.name);
  await mkdir(folder, { recursive: true });
  for (const step of stage.steps) {
    if (step.kind === "run") await mustRun(context, { command: "/bin/sh", args: ["-c", step.script], cwd: folder });
    else for (const source of step.sources) await copy(context, { ...step, source, folder, under, ignored });
  }
}

async function copy(context: Context, { from, source, to, folder, under, ignored }: { readonly from: string | null; readonly source: string; readonly to: string; readonly folder: string } & Omit<Rehearsal, "stage">): Promise<void> {
  const isInto = to.endsWith("/") && from === null;
  const target = join(folder, to, isInto ? source : "");
  if (from !== null) await mkdir(target, { recursive: true });
  if (from !== null) {
    // Thousands of files that nobody changes afterwards: links do.
    const origin = join(under, from, relative(HOME, source));
    await mustRun(context, { command: "cp", args: ["-al", `${origin}/.`, target], cwd: folder });
    return;
  }
  return cp(join(ROOT, source), target, { recursive: true, filter: (path) => !ignored(relative(ROOT, path)) });
}
