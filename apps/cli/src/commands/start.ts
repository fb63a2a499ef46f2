import { acted, parsePolicy, paths } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";
import type { Command } from "commander";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import type { Launch } from "../main.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { changing } from "../session/changing.ts";

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
  const text = readPolicy(resolve(cli.cwd, file));
  const policy = parsePolicy(text, file);
  const begun = await changing(cli, { command: "start", by: by ?? null }, {
    server: (api) => api.post(paths.rollouts(policy.model), acted, { policy: text, challenger }),
    here: async (server, who) => {
      const { startRollout } = await import("@gauntlet/server");
      const { model, seq, hash } = await startRollout(server.composition.controller, { policy, challenger, by: who });
      await server.tick(model);
      return { model, seq, hash };
    },
  });
  show(cli, begun, () => `The rollout of ${begun.model} version ${challenger} has begun (ledger entry ${begun.seq}).`);
  return EXIT.ok;
}

function readPolicy(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Failure("not_found", `the policy ${path} can't be read`, { fix: "name a file that exists", cause });
  }
}
