import type { DriftCheckView } from "@gauntlet/contract";
import { driftOf, Failure } from "@gauntlet/core";
import { InvalidArgumentError, type Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { addToDriftFile } from "../ratings/drift-file.ts";
import { driftJson, driftText, questionOf, ratingsOf, splitLines, splitOf, type DriftFilter } from "../ratings/drift-tables.ts";
import { parsePlayers } from "../ratings/parse-options.ts";
import { withThisNode } from "../reconcile/this-node.ts";

interface CheckOptions extends DriftFilter {
  readonly localDb?: string;
  readonly remoteDb?: string;
  readonly peer?: string;
  readonly split?: true;
}

type SplitCheck = DriftCheckView & { readonly split?: Awaited<ReturnType<typeof splitOf>> | null };

export function registerCheckDrift(program: Command, launch: Launch): void {
  program
    .command("check-drift")
    .description("How far this node's ratings are from another's; kept in the history; exit 1 when that is significant: above 50 points at most or 25 on average")
    .option("--remote-db <file>", "a copy of the other node's database, or a file of its matches; it is only read")
    .option("--peer <name>", "or a peer, with which a session has ended well: its ratings of then (default: the one of the latest)", parseName)
    .option("--local-db <file>", "instead of the data directory, a database or a file of matches; its history is in elo_drift_history.json beside it")
    .option("--board-type <board>", "only this board")
    .option("--num-players <n>", "only ratings for so many seats", parsePlayers)
    .option("--split", "with --local-db: how much comes from different matches, and how much from the order in which they were rated")
    .action((options: CheckOptions, command: Command) => launch(command, (cli) => checkDrift(cli, options)));
}

async function checkDrift(cli: Cli, options: CheckOptions): Promise<number> {
  if (options.remoteDb !== undefined && options.peer !== undefined) throw new Failure("invalid_input", "there is one to compare with: --remote-db or --peer", { fix: "name one of them" });
  if (options.split === true && options.localDb === undefined) throw new Failure("invalid_input", "--split needs two files", { fix: "name this node's with --local-db; ratings of a ledger do not depend on an order" });
  const { split = null, ...drift } = options.localDb === undefined ? await ofNode(cli, options) : await ofFiles(cli, options.localDb, options);
  show(cli, { ...drift, ...split }, () => `${drift.source} and ${drift.target}: ${driftText(drift, split === null ? [] : splitLines(split), cli.colour)}`);
  return drift.is_significant ? EXIT.failure : EXIT.ok;
}

async function ofFiles(cli: Cli, localDb: string, { remoteDb, split, ...filter }: CheckOptions): Promise<SplitCheck> {
  // The reconciler compares with nothing then, and finds that nothing differs.
  if (remoteDb === undefined) throw new Failure("invalid_input", "there is nothing to compare with", { fix: "name the other database with --remote-db" });
  const question = questionOf(filter);
  const [ours, theirs] = [await ratingsOf(cli, localDb), await ratingsOf(cli, remoteDb)];
  const drift = driftOf(ours, theirs, question);
  const at = Date.now();
  addToDriftFile(cli, localDb, { drift, question, at });
  return { ...driftJson(drift, { source: localDb, target: remoteDb, at, question }), split: split === true ? await splitOf(cli, { source: localDb, target: remoteDb, ours, theirs, question }) : null };
}

async function ofNode(cli: Cli, options: CheckOptions): Promise<SplitCheck> {
  const target = options.remoteDb ?? options.peer ?? null;
  const theirs = options.remoteDb === undefined ? null : await ratingsOf(cli, options.remoteDb);
  const question = questionOf(options);
  return withThisNode<DriftCheckView>(cli, { command: "check-drift", options: {} }, {
    server: (client) => client.sync.checkDrift({ ...(target === null ? {} : { target }), ...(theirs === null ? {} : { ratings: [...theirs] }), boardType: question.board, numPlayers: question.numPlayers }),
    here: async ({ ledger, composition }) => {
      const { checkDrift: check, driftCheckView } = await import("@gauntlet/server");
      const now = Date.now();
      return driftCheckView(ledger.node, await check({ ledger, store: composition!.store.sync, now, target, theirs, question }), { checkedAt: now, question });
    },
  });
}

function parseName(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("a peer's name");
  return text;
}
