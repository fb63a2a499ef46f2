import { Failure } from "@gauntlet/core";
import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { readPolicy } from "../session/read-policy.ts";
import { starting } from "../session/starting.ts";

interface StartOptions {
  readonly challenger?: string;
  readonly by?: string;
}

export function registerStart(program: Command, launch: Launch): void {
  program
    .command("start")
    .description("Begin the rollout of a challenger under a policy")
    .argument("<policy>", "policy file")
    .option("--challenger <version>", "the version that wants to serve; a policy of slots finds it in the registry")
    .option("--by <name>", "who begins it")
    .action((policy: string, options: StartOptions, command: Command) => launch(command, (cli) => start(cli, policy, options)));
}

async function start(cli: Cli, file: string, { challenger, by }: StartOptions): Promise<number> {
  const { policy, text } = await readPolicy(cli, file);
  if (challenger === undefined && policy.kind !== "slots") throw new Failure("invalid_input", `${file} is of kind ${policy.kind}, and there is no --challenger`, { fix: "add --challenger <version>" });
  const begun = await starting(cli, { policy, text, challenger: challenger ?? null, by: by ?? null, command: "start" });
  show(cli, begun, () => (challenger === undefined ? `A cycle of ${begun.model} has begun (ledger entry ${begun.seq}).` : `The rollout of ${begun.model} version ${challenger} has begun (ledger entry ${begun.seq}).`));
  return EXIT.ok;
}
