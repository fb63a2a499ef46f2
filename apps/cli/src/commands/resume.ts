import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { actAndTell } from "../session/act.ts";

export function registerResume(program: Command, launch: Launch): void {
  program
    .command("resume")
    .description("End a hold")
    .argument("<model>")
    .requiredOption("--reason <text>", "why; kept in the ledger for ever")
    .option("--by <name>", "who asks")
    .action((model: string, options: { reason: string; by?: string }, command: Command) =>
      launch(command, (cli) => actAndTell(cli, { model, verb: "resume", reason: options.reason, by: options.by ?? null }, `Resumed: ${model}`)),
    );
}
