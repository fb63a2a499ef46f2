import { Failure, type LedgerRecord, type Match } from "@gauntlet/core";
import type { MatchLedger } from "@gauntlet/server";
import type { Command } from "commander";
import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { withThisNode, type NodeOptions } from "../reconcile/this-node.ts";
import { isFolder } from "../ratings/read-match-source.ts";

export function registerRatingsExport(ratings: Command, launch: Launch): void {
  ratings
    .command("export")
    .description("Write the ledger's matches to a file that another program reads, or all of its records to a folder of segments")
    .argument("<where>", "file.ndjson, new; file.db in the rating service's schema, new or made by `ratings import`; or a folder/ of segments")
    .option("--local-db <file>", "a file of matches; its ledger is in <file>.gauntlet (default: the data directory, or its server)")
    .action((where: string, options: NodeOptions, command: Command) => launch(command, (cli) => exportMatches(cli, where, options)));
}

/** To a folder goes everything, also what lost or was purged; to a file what counts. */
async function exportMatches(cli: Cli, where: string, options: NodeOptions): Promise<number> {
  const path = resolve(cli.cwd, where);
  const toFolder = where.endsWith("/") || isFolder(path);
  const written = await withThisNode(cli, { command: "ratings export", options }, {
    server: async (client) => {
      if (toFolder) throw new Failure("conflict", `the data is held by the server at ${client.url}, which gives out matches and not records`, { fix: "export to a file, stop the server first, or reconcile with `gauntlet sync`" });
      const matches: Match[] = [];
      for (const { config } of (await client.ratings.configs()).configs) for await (const match of client.matches.list(config)) matches.push(match);
      return writeFile(path, matches);
    },
    here: ({ ledger }) => (toFolder ? writeFolder(cli, path, ledger) : writeFile(path, ledger.configs().flatMap(({ config }) => [...ledger.matches(config)]))),
  });
  show(cli, { where, written }, () => `${written} ${toFolder ? "records" : "matches"} written to ${where}`);
  return EXIT.ok;
}

async function writeFolder(cli: Cli, folder: string, ledger: MatchLedger): Promise<number> {
  const { openMatchSegments } = await import("@gauntlet/server");
  const store = await openMatchSegments({ folder, mode: "exclusive", holder: "gauntlet ratings export", onTorn: ({ path, keptAs }) => cli.note(`an append to ${path} never ended; it was cut off, and kept as ${keptAs}`) });
  try {
    const records: readonly LedgerRecord[] = [...ledger.index().shelves.values()].flatMap((shelf) => shelf.records);
    return (await store.append(records)).added;
  } finally {
    await store.close();
  }
}

async function writeFile(path: string, matches: readonly Match[]): Promise<number> {
  if (path.endsWith(".db")) {
    const { addMatches } = await import("@gauntlet/server");
    return addMatches(path, matches, { now: Date.now() }).added;
  }
  if (!/\.(?:ndjson|jsonl)$/.test(path)) throw new Failure("invalid_input", `what ${path} should be is not known`, { fix: "name a file.ndjson, a file.db, or a folder with a / at its end" });
  const file = newFile(path);
  try {
    const lines = matches.map((match) => `${JSON.stringify(match)}\n`);
    for (let from = 0; from < lines.length; from += 1000) writeFileSync(file, lines.slice(from, from + 1000).join(""));
    fsyncSync(file);
  } catch (error) {
    rmSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
  return matches.length;
}

/** Never over what is there. */
function newFile(path: string): number {
  try {
    return openSync(path, "wx");
  } catch (cause) {
    throw new Failure("conflict", `${path} can't be made: ${(cause as Error).message}`, { fix: "name a new file, in a folder that may be written", cause });
  }
}
