import type { ConflictPage } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";
import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { conflictText } from "../ratings/conflict-text.ts";
import { withThisNode, type NodeOptions } from "../reconcile/this-node.ts";

interface ConflictOptions extends NodeOptions {
  readonly of?: string;
  readonly limit: string;
}

const LIMIT_MAX = 100;

export function registerRatingsConflicts(ratings: Command, launch: Launch): void {
  ratings
    .command("conflicts")
    .description("Matches of which nodes say different things: every version, and which one counts")
    .option("--of <config>", "of this configuration only, such as square8_2p")
    .option("--limit <n>", `how many are shown, 1–${LIMIT_MAX}`, "20")
    .option("--local-db <file>", "a file of matches; its ledger is in <file>.gauntlet (default: the data directory, or its server)")
    .action((options: ConflictOptions, command: Command) => launch(command, (cli) => conflicts(cli, options)));
}

async function conflicts(cli: Cli, options: ConflictOptions): Promise<number> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) throw new Failure("invalid_input", `--limit is ${options.limit}`, { fix: `give a whole number from 1 to ${LIMIT_MAX}` });
  const { of: config } = options;
  const { conflictsView } = await import("@gauntlet/server");
  const page = await withThisNode<ConflictPage>(cli, { command: "ratings conflicts", options }, {
    server: (client) => client.matches.conflicts({ limit, ...(config === undefined ? {} : { config }) }),
    here: async ({ ledger }) => conflictsView(ledger, { config: config ?? null, after: "", limit }),
  });
  show(cli, page, () => (page.total === 0 ? "There are no conflicts." : [...page.conflicts.map(conflictText), `${page.total} ${page.total === 1 ? "match" : "matches"}; a version stays with: gauntlet ratings resolve <match> --keep <version> --reason <text>`].join("\n\n")));
  return EXIT.ok;
}
