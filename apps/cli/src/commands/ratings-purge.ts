import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { withThisNode, type NodeOptions } from "../reconcile/this-node.ts";
import { userName } from "../session/user-name.ts";

interface PurgeOptions extends NodeOptions {
  readonly reason: string;
  readonly by?: string;
}

export function registerRatingsPurge(ratings: Command, launch: Launch): void {
  ratings
    .command("purge")
    .description("Take matches out of the ratings, in every version held or still to come, on every node that reconciles")
    .argument("<match...>", "their ids")
    .requiredOption("--reason <text>", "why; kept in the ledger for ever")
    .option("--by <name>", "who asks")
    .option("--local-db <file>", "a file of matches; its ledger is in <file>.gauntlet (default: the data directory, or its server)")
    .action((matches: string[], options: PurgeOptions, command: Command) => launch(command, (cli) => purge(cli, [...new Set(matches)], options)));
}

async function purge(cli: Cli, matchIds: readonly string[], options: PurgeOptions): Promise<number> {
  const { reason } = options;
  const done = await withThisNode(cli, { command: "ratings purge", options }, {
    server: async (client) => {
      // All are looked at before the first is changed.
      const before = await Promise.all(matchIds.map((id) => client.matches.get(id)));
      const left = before.filter(({ tombstones }) => !tombstones.some(({ version }) => version === null));
      for (const { matchId } of left) await client.matches.purge(matchId, reason);
      return { purged: left.length, known: matchIds.length - left.length };
    },
    here: ({ ledger }) => ledger.purge({ matchIds, reason, by: options.by ?? userName() }),
  });
  show(cli, done, () => `${done.purged} ${done.purged === 1 ? "match is" : "matches are"} purged${done.known === 0 ? "" : `; ${done.known} had been before`}`);
  return EXIT.ok;
}
