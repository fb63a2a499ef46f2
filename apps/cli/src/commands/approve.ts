import { Failure } from "@gauntlet/core";
import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { changing } from "../session/changing.ts";

interface ApproveOptions {
  readonly decision?: string;
  readonly comment: string;
  readonly by?: string;
}

interface Mark {
  readonly id: string;
  readonly evidenceDigest: string;
}

export function registerApprove(program: Command, launch: Launch): void {
  program
    .command("approve")
    .description("Sign the newest decision of a model, and the evidence it was made from")
    .argument("<model>")
    .option("--decision <id>", "the decision you have read; refused when there is a newer one")
    .option("--comment <text>", "kept in the ledger", "")
    .option("--by <name>", "who signs; a server takes the token's name")
    .action((model: string, options: ApproveOptions, command: Command) => launch(command, (cli) => approve(cli, model, options)));
}

async function approve(cli: Cli, model: string, options: ApproveOptions): Promise<number> {
  const { comment } = options;
  const signed = await changing(cli, { command: "approve", by: options.by ?? null }, {
    server: ({ rollouts }) => rollouts.approve(model, { comment, ...(options.decision === undefined ? {} : { decisionId: options.decision }) }),
    here: async (server, by) => {
      const use = await import("@gauntlet/server");
      const { controller } = server.composition;
      const mark = requireMark(model, (await use.readState(controller, model)).decision, options.decision);
      const { seq, hash } = await use.approve(controller, model, { by, decisionId: mark.id, evidenceDigest: mark.evidenceDigest, comment });
      await server.tick(model);
      return { model, seq, hash };
    },
  });
  show(cli, signed, () => `Signed: the newest decision of ${model} (ledger entry ${signed.seq})`);
  return EXIT.ok;
}

function requireMark(model: string, mark: Mark | null, wanted: string | undefined): Mark {
  if (mark === null) throw new Failure("not_found", `${model} has no decision yet, so there is nothing to sign`, { fix: "look at `gauntlet status`" });
  if (wanted !== undefined && wanted !== mark.id) throw new Failure("conflict", `decision ${wanted} is not the newest of ${model}`, { fix: `read the newest first: gauntlet explain ${mark.id}` });
  return mark;
}
