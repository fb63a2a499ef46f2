import type { MatchDetail } from "@gauntlet/contract";
import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { conflictText } from "../ratings/conflict-text.ts";
import { withThisNode, type NodeOptions } from "../reconcile/this-node.ts";
import { userName } from "../session/user-name.ts";

interface ResolveOptions extends NodeOptions {
  readonly keep: string;
  readonly reason: string;
  readonly by?: string;
}

export function registerRatingsResolve(ratings: Command, launch: Launch): void {
  ratings
    .command("resolve")
    .description("Settle a conflict: one version of the match stays, the others are taken out, on every node that reconciles")
    .argument("<match>", "its id")
    .requiredOption("--keep <version>", "the version that stays, as `gauntlet ratings conflicts` names it")
    .requiredOption("--reason <text>", "why; kept in the ledger for ever")
    .option("--by <name>", "who decides")
    .option("--local-db <file>", "a file of matches; its ledger is in <file>.gauntlet (default: the data directory, or its server)")
    .action((match: string, options: ResolveOptions, command: Command) => launch(command, (cli) => resolve(cli, match, options)));
}

async function resolve(cli: Cli, matchId: string, options: ResolveOptions): Promise<number> {
  const { keep, reason } = options;
  const { matchDetailView } = await import("@gauntlet/server");
  const detail = await withThisNode<MatchDetail>(cli, { command: "ratings resolve", options }, {
    server: (client) => client.matches.resolve(matchId, { keep, reason }),
    here: async ({ ledger }) => {
      await ledger.resolve({ matchId, keep, reason, by: options.by ?? userName() });
      return matchDetailView(ledger, matchId);
    },
  });
  show(cli, detail, () => conflictText(detail));
  return EXIT.ok;
}
