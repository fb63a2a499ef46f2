import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { actAndTell } from "../session/act.ts";

export function registerReject(program: Command, launch: Launch): void {
  program
    .command("reject")
    .description("End the rollout; the champion stays")
    .argument("<model>")
    .requiredOption("--reason <text>", "why; kept in the ledger for ever")
    .option("--by <name>", "who asks")
    .action((model: string, options: { reason: string; by?: string }, command: Command) =>
      launch(command, (cli) => actAndTell(cli, { model, verb: "reject", reason: options.reason, by: options.by ?? null }, `Asked to reject: ${model}`)),
    );
}
