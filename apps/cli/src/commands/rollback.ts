import type { Command } from "commander";

import type { Launch } from "../main.ts";
import { actAndTell } from "../session/act.ts";

export function registerRollback(program: Command, launch: Launch): void {
  program
    .command("rollback")
    .description("Restore what served before; works with no data at all, and after a promotion")
    .argument("<model>")
    .requiredOption("--reason <text>", "why; kept in the ledger for ever")
    .option("--by <name>", "who asks")
    .action((model: string, options: { reason: string; by?: string }, command: Command) =>
      launch(command, (cli) => actAndTell(cli, { model, verb: "rollback", reason: options.reason, by: options.by ?? null }, `Asked to roll back: ${model}`)),
    );
}
