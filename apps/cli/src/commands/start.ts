import { parsePolicy } from "@gauntlet/contract";
import type { Command } from "commander";

import type { Launch } from "../main.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { readNamed } from "../session/read-named.ts";
import { starting } from "../session/starting.ts";

interface StartOptions {
  readonly challenger: string;
  readonly by?: string;
}

export function registerStart(program: Command, launch: Launch): void {
  program
    .command("start")
    .description("Begin the rollout of a challenger under a policy")
    .argument("<policy>", "policy file")
    .requiredOption("--challenger <version>", "the version that wants to serve")
    .option("--by <name>", "who begins it")
    .action((policy: string, options: StartOptions, command: Command) => launch(command, (cli) => start(cli, policy, options)));
}

async function start(cli: Cli, file: string, { challenger, by }: StartOptions): Promise<number> {
  const text = readNamed(cli, "policy", file);
  const begun = await starting(cli, { policy: parsePolicy(text, file), text, challenger, by: by ?? null, command: "start" });
  show(cli, begun, () => `The rollout of ${begun.model} version ${challenger} has begun (ledger entry ${begun.seq}).`);
  return EXIT.ok;
}
