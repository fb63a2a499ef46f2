import { Failure } from "@gauntlet/core";
import type { Command } from "commander";
import { createInterface } from "node:readline/promises";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { previewText } from "../output/preview-text.ts";
import { previewing } from "../session/previewing.ts";
import { readPolicy } from "../session/read-policy.ts";
import { starting } from "../session/starting.ts";

interface ApplyOptions {
  readonly challenger: string;
  readonly by?: string;
  readonly yes?: boolean;
}

export function registerApply(program: Command, launch: Launch): void {
  program
    .command("apply")
    .description("Show what the start of a rollout would do, ask, and begin it")
    .argument("<policy>", "policy file")
    .requiredOption("--challenger <version>", "the version that wants to serve")
    .option("--by <name>", "who begins it")
    .option("--yes", "begin without asking")
    .action((policy: string, options: ApplyOptions, command: Command) => launch(command, (cli) => apply(cli, policy, options)));
}

async function apply(cli: Cli, file: string, { challenger, by, yes }: ApplyOptions): Promise<number> {
  const { policy, text } = await readPolicy(cli, file);
  const found = await previewing(cli, { kind: "start", policy, text, challenger });
  cli.note(previewText(found, cli.colour));
  if (yes !== true && !(await agreed())) {
    cli.note("Nothing was changed.");
    return EXIT.failure;
  }
  const begun = await starting(cli, { policy, text, challenger, by: by ?? null, command: "apply" });
  show(cli, begun, () => `The rollout of ${begun.model} version ${challenger} has begun (ledger entry ${begun.seq}).`);
  return EXIT.ok;
}

/** @throws Failure `invalid_input` where nobody can be asked. */
async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Failure("invalid_input", "there is nobody to ask whether this is wanted", { fix: "look at it with `gauntlet plan`, then add --yes" });
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await ask.question("Begin it? [y/N] ")).trim());
  } finally {
    ask.close();
  }
}
