import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Context } from "../component.ts";
import { lastLines } from "../processes.ts";
import { installGoCommand, type GoCommand } from "./go-command.ts";
import { KUBERNETES_VERSION } from "./install.ts";

export const HELM_VERSION = "3.19.5";

export function installHelm(context: Context): Promise<GoCommand> {
  return installGoCommand(context, { name: "helm", version: HELM_VERSION, module: "helm.sh/helm/v3/cmd/helm" });
}

export interface Chart {
  readonly command: string;
  readonly folder: string;
  readonly values: unknown;
}

/** What a release called `gauntlet`, in a namespace of that name, would be. Never throws for what helm refuses. */
export async function helmTemplate(context: Context, { command, folder, values }: Chart): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const file = join(context.workDir, "values.yaml");
  await writeFile(file, stringify(values));
  return run(context, command, ["template", "gauntlet", folder, "--namespace", "gauntlet", "--kube-version", KUBERNETES_VERSION, "--values", file]);
}

/** What it prints. @throws when it fails. */
export async function helmRun(context: Context, { command, args }: { readonly command: string; readonly args: readonly string[] }): Promise<string> {
  const { code, stdout, stderr } = await run(context, command, args);
  if (code !== 0) throw new Error(`helm ${args[0]} ended with ${code}\n${lastLines(stderr, 20)}`);
  return stdout;
}

/** Nothing of this machine's own helm is read or written. */
function run({ workDir, processes }: Context, command: string, args: readonly string[]): ReturnType<Context["processes"]["run"]> {
  const home = join(workDir, "helm");
  return processes.run({ command, args, env: { HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home, KUBECONFIG: "" }, timeoutMs: 60_000 });
}
