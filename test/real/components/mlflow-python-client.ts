import { join } from "node:path";
import type { Component, Context } from "../component.ts";
import { startEmbedded } from "../mlflow/embedded.ts";
import { installMlflow, MLFLOW_VERSION } from "../mlflow/install.ts";
import { QUIET, startMlflow } from "../mlflow/server.ts";
import { lastLines } from "../processes.ts";

/** MLflow's own Python client, used against a real server and against ours: every answer must be the same. */
export const component: Component = {
  name: "MLflow Python client",
  required: true,
  async run(context) {
    const installed = await installMlflow(context);
    if (installed.kind === "missing") return { kind: "skipped", version: MLFLOW_VERSION, why: installed.why };
    const embedded = await startEmbedded(context);
    try {
      const ours = await answersOf(context, installed.bin, embedded.url);
      const real = await answersOf(context, installed.bin, await startMlflow(context, installed.bin));
      const differing = real.flatMap((answer, index) => (answer === ours[index] ? [] : [`MLflow: ${answer}\nours:   ${ours[index] ?? "nothing"}`]));
      if (differing.length > 0 || ours.length !== real.length) throw new Error(`${differing.length} of ${real.length} answers differ\n${differing.join("\n")}`);
      await runShown(context, installed.bin, embedded.url);
      return { kind: "passed", version: MLFLOW_VERSION, note: `${real.length} answers alike, models loaded by alias, number and stage; the docs' example registers` };
    } finally {
      await embedded.close();
    }
  },
};

/** The example that docs/guides/mlflow.md shows, twice: the second version is no champion. */
async function runShown(context: Context, bin: string, url: string): Promise<void> {
  for (const version of ["1", "2"]) {
    const { code, stdout, stderr } = await context.processes.run({
      command: join(bin, "python"),
      args: [join(import.meta.dirname, "../../../docs/examples/register.py")],
      cwd: context.workDir,
      env: { ...QUIET, MLFLOW_TRACKING_URI: url },
      timeoutMs: 60_000,
    });
    if (code !== 0 || !stdout.includes(`fraud version ${version} of run `)) throw new Error(`docs/examples/register.py failed: ${stdout}\n${lastLines(stderr, 30)}`);
  }
  const alias = await fetch(`${url}/api/2.0/mlflow/registered-models/alias?name=fraud&alias=champion`);
  const { model_version: found } = (await alias.json()) as { readonly model_version: { readonly version: string; readonly tags: readonly { readonly key: string }[] } };
  if (found.version !== "1" || !found.tags.some(({ key }) => key === "gauntlet.digest")) throw new Error(`docs/examples/register.py left ${JSON.stringify(found)}`);
}

async function answersOf(context: Context, bin: string, url: string): Promise<readonly string[]> {
  context.log(`running MLflow's Python client against ${url}`);
  const { code, stdout, stderr } = await context.processes.run({
    command: join(bin, "python"),
    args: [join(import.meta.dirname, "../mlflow/client.py"), url],
    cwd: context.workDir,
    env: QUIET,
    timeoutMs: 3 * 60_000,
  });
  if (code !== 0) throw new Error(`the Python client failed against ${url}\n${lastLines(stderr, 30)}`);
  return stdout.split("\n").filter((line) => line.startsWith('{"step"'));
}
