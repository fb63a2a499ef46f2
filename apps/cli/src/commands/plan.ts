import { Failure } from "@gauntlet/core";
import { Option, type Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { previewText } from "../output/preview-text.ts";
import { previewing, type PreviewOf } from "../session/previewing.ts";
import { readPolicy } from "../session/read-policy.ts";
import { planManifest } from "./plan-manifest.ts";

interface PlanOptions {
  readonly challenger?: string;
  readonly output: "text" | "manifests";
  readonly manifest?: string;
}

export function registerPlan(program: Command, launch: Launch): void {
  program
    .command("plan")
    .description("What the start of a rollout, or the next decision on a model, would do: shares, units that move, effects; changes nothing")
    .argument("<policy-or-model>", "policy file, with --challenger unless it is of slots; or the name of a model whose rollout runs")
    .option("--challenger <version>", "the version that wants to serve")
    .addOption(new Option("--output <form>", "text, or manifests: the target's manifest with the split that follows, for a pull request").choices(["text", "manifests"]).default("text"))
    .option("--manifest <file>", "the file that the target's object is kept in, for --output manifests")
    .action((about: string, options: PlanOptions, command: Command) => launch(command, (cli) => plan(cli, about, options)));
}

async function plan(cli: Cli, about: string, { challenger, output, manifest }: PlanOptions): Promise<number> {
  const of = await previewOf(cli, about, challenger);
  if ((output === "manifests") !== (manifest !== undefined)) throw new Failure("invalid_input", "--output manifests and --manifest go together", { fix: "name the file that the target's object is kept in" });
  if (manifest !== undefined) return planManifest(cli, of, manifest);
  const found = await previewing(cli, of);
  show(cli, found, () => previewText(found, cli.colour));
  return EXIT.ok;
}

async function previewOf(cli: Cli, about: string, challenger: string | undefined): Promise<PreviewOf> {
  const isFile = /\.ya?ml$/.test(about);
  if (!isFile && challenger === undefined) return { kind: "next", model: about };
  const { policy, text } = await readPolicy(cli, about);
  if (challenger === undefined && policy.kind !== "slots") throw new Failure("invalid_input", `${about} is a policy, and there is no --challenger`, { fix: "add --challenger <version>, or name a model to see its next decision" });
  return { kind: "start", policy, text, challenger: challenger ?? null };
}
