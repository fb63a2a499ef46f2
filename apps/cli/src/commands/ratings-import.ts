import type { Command } from "commander";
import { Failure } from "@gauntlet/core";
import { resolve } from "node:path";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { progressBar } from "../output/progress.ts";
import { importIntoFolder, importIntoLedger } from "../ratings/import-into.ts";
import { noteRefused, readMatchFile } from "../ratings/read-match-file.ts";
import { isFolder, readMatchSource } from "../ratings/read-match-source.ts";

interface ImportOptions {
  readonly into: string;
  readonly origin?: string;
}

export function registerRatingsImport(ratings: Command, launch: Launch): void {
  ratings
    .command("import")
    .description("Take matches into a ledger, a folder of segments, or a SQLite file in the rating service's schema; rows that are wrong are reported, the others taken, and exit is 1")
    .argument("<file>", "NDJSON, a SQLite database in a known schema, or a folder of segments; it is only read")
    .requiredOption("--into <where>", "ledger: that of the data directory, or of its server; a folder, written with a / at its end when it is new; or a file.db, new or one that this command made")
    .option("--origin <node>", "the node to name where a row names none (default: the file's name)")
    .action((file: string, options: ImportOptions, command: Command) => launch(command, (cli) => importMatches(cli, file, options)));
}

function importMatches(cli: Cli, file: string, options: ImportOptions): Promise<number> {
  const { into } = options;
  if (into === "ledger" || into.endsWith("/") || isFolder(resolve(cli.cwd, into))) return importRecords(cli, file, options);
  if (isFolder(resolve(cli.cwd, file))) throw new Failure("invalid_input", `${file} is a folder of segments, which goes into a ledger or another folder`, { fix: "give --into ledger, or --into another-folder/" });
  return importIntoFile(cli, file, options);
}

async function importRecords(cli: Cli, file: string, { into, origin }: ImportOptions): Promise<number> {
  const source = await readMatchSource(cli, file, origin ?? null);
  const done = into === "ledger" ? await importIntoLedger(cli, source) : await importIntoFolder(cli, into, source);
  const { kind, rows, refused } = source;
  const refusedCount = source.refusedCount + done.rejected;
  const known = done.known + source.duplicates;
  const { rejected: _, ...counted } = done;
  const settled = done.resolved === 0 ? "" : `, ${done.resolved} further versions were settled by the strategy`;
  const open = done.conflicts === 0 ? "" : `, ${done.conflicts} further versions wait for a decision: gauntlet ratings conflicts`;
  show(cli, { file, kind, into, rows, ...counted, known, refusedCount, refused }, () => `${done.added} records added to ${into === "ledger" ? "the ledger" : into}, ${known} were known${settled}${open}`);
  return refusedCount === 0 ? EXIT.ok : EXIT.failure;
}

async function importIntoFile(cli: Cli, file: string, { into, origin }: ImportOptions): Promise<number> {
  const { addMatches, conflictsWith } = await import("@gauntlet/server");
  const read = await readMatchFile(cli, file, origin ?? null);
  if (read.conflicts.length > 0) throw conflictsWith(resolve(cli.cwd, file), [...new Set(read.conflicts.map(({ match }) => match.id))]);
  noteRefused(cli, file, read);
  const bar = progressBar("matches written");
  let written;
  try {
    written = addMatches(resolve(cli.cwd, into), read.matches, { now: Date.now(), onProgress: bar.move });
  } finally {
    bar.end();
  }
  const { kind, rows, duplicates, refused, refusedCount } = read;
  show(cli, { file, kind, into, rows, ...written, known: written.known + duplicates, refusedCount, refused }, () => `${written.added} matches added to ${into}, ${written.known + duplicates} were known; it has ${written.total}`);
  return refusedCount === 0 ? EXIT.ok : EXIT.failure;
}
