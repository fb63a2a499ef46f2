import assert from "node:assert/strict";
import type { Context } from "../component.ts";
import { lastLines } from "../processes.ts";
import { installGoCommand, type GoCommand } from "./go-command.ts";

export const KUSTOMIZE_VERSION = "5.7.1";

export function installKustomize(context: Context): Promise<GoCommand> {
  return installGoCommand(context, { name: "kustomize", version: KUSTOMIZE_VERSION, module: "sigs.k8s.io/kustomize/kustomize/v5" });
}

/** What it makes of a folder. @throws when it fails, or warns. */
export async function kustomizeBuild(context: Context, command: string, folder: string): Promise<string> {
  const { code, stdout, stderr } = await context.processes.run({ command, args: ["build", folder], timeoutMs: 60_000 });
  if (code !== 0) throw new Error(`kustomize build ${folder} ended with ${code}\n${lastLines(stderr, 20)}`);
  assert.equal(stderr, "", `kustomize warns of ${folder}`);
  return stdout;
}
