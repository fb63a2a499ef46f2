import type { ModelSummary } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";
import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { act } from "../session/act.ts";
import { changing } from "../session/changing.ts";

interface PromoteOptions {
  readonly force?: boolean;
  readonly reason?: string;
  readonly by?: string;
}

export function registerPromote(program: Command, launch: Launch): void {
  program
    .command("promote")
    .description("Decide now; exits 3 unless the challenger is promoted")
    .argument("<model>")
    .option("--force", "promote on your word, whatever the evidence says")
    .option("--reason <text>", "why; needed with --force")
    .option("--by <name>", "who asks")
    .action((model: string, options: PromoteOptions, command: Command) => launch(command, (cli) => promote(cli, model, options)));
}

async function promote(cli: Cli, model: string, options: PromoteOptions): Promise<number> {
  const by = options.by ?? null;
  if (options.force === true) {
    if (options.reason === undefined) throw new Failure("invalid_input", "a promotion by force needs a reason", { fix: 'add --reason "…"; it is kept in the ledger' });
    await act(cli, { model, verb: "promote", reason: options.reason, by });
  }
  const summary = await decideNow(cli, model);
  show(cli, summary, () => `${model}: ${summary.sentence ?? "nothing is decided yet"}`);
  return summary.verdict === "promote" ? EXIT.ok : EXIT.notPromoted;
}

function decideNow(cli: Cli, model: string): Promise<ModelSummary> {
  return changing(cli, { command: "promote", by: null }, {
    server: ({ rollouts }) => rollouts.tick(model),
    here: async (server) => {
      const { modelDetailView } = await import("@gauntlet/server");
      const { controller } = server.composition;
      await modelDetailView(controller, model, {});
      await server.tick(model);
      return (await modelDetailView(controller, model, {})).summary;
    },
  });
}
