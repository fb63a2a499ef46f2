import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { actAndTell } from "../session/act.ts";

export function registerHold(program: Command, launch: Launch): void {
  program
    .command("hold")
    .description("Promote nothing until it is resumed; harm still rolls back")
    .argument("<model>")
    .requiredOption("--reason <text>", "why; kept in the ledger for ever")
    .option("--by <name>", "who asks")
    .action((model: string, options: { reason: string; by?: string }, command: Command) =>
      launch(command, (cli) => actAndTell(cli, { model, verb: "hold", reason: options.reason, by: options.by ?? null }, `On hold: ${model}`)),
    );
}
