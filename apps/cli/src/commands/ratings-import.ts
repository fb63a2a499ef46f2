import type { Command } from "commander";
import { resolve } from "node:path";

import type { Launch } from "../main.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { progressBar } from "../output/progress.ts";
import { noteRefused, readMatchFile } from "../ratings/read-match-file.ts";

interface ImportOptions {
  readonly into: string;
  readonly origin?: string;
}

export function registerRatingsImport(ratings: Command, launch: Launch): void {
  ratings
    .command("import")
    .description("Take matches into a SQLite file in the rating service's schema; rows that are wrong are reported, the others taken, and exit is 1")
    .argument("<file>", "NDJSON, or a SQLite database in a known schema; it is only read")
    .requiredOption("--into <file.db>", "a new file, or one that this command made")
    .option("--origin <node>", "the node to name where a row names none (default: the file's name)")
    .action((file: string, options: ImportOptions, command: Command) => launch(command, (cli) => importMatches(cli, file, options)));
}

async function importMatches(cli: Cli, file: string, { into, origin }: ImportOptions): Promise<number> {
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
