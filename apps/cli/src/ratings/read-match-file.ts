import type { Match } from "@gauntlet/core";
import type { MatchesOfFile, RefusedRow } from "@gauntlet/server";
import { basename, extname, resolve } from "node:path";

import type { Cli } from "../output/cli.ts";
import { progressBar } from "../output/progress.ts";

/** A file of matches that the caller named, with what is wrong in it said on standard error. */
export async function readMatchFile(cli: Cli, file: string, origin: string | null): Promise<MatchesOfFile> {
  const { readMatches } = await import("@gauntlet/server");
  const path = resolve(cli.cwd, file);
  const bar = progressBar(path.endsWith(".db") ? "matches read" : "read");
  try {
    return readMatches(path, { now: Date.now(), origin: origin ?? basename(path, extname(path)), onProgress: bar.move });
  } finally {
    bar.end();
  }
}

/** Those that the file does not contradict, of the boards that were asked for. */
export function believed({ matches, conflicts }: MatchesOfFile, { board, numPlayers }: { readonly board?: string; readonly numPlayers?: number }): readonly Match[] {
  const doubtful = new Set(conflicts.map(({ match }) => match.id));
  return matches.filter((match) => !doubtful.has(match.id) && (board === undefined || match.board === board) && (numPlayers === undefined || match.numPlayers === numPlayers));
}

const SHOWN_MAX = 20;

export function noteRefused(cli: Cli, file: string, { refused, refusedCount: count }: { readonly refused: readonly RefusedRow[]; readonly refusedCount: number }): void {
  if (count === 0) return;
  cli.note(`${count} ${count === 1 ? "row" : "rows"} of ${file} can't be read and ${count === 1 ? "is" : "are"} left out:`);
  for (const { row, id, problems } of refused.slice(0, SHOWN_MAX)) cli.note(`  row ${row}${id === null ? "" : ` (${id})`}: ${problems.map(({ pointer, detail }) => `${pointer} ${detail}`.trim()).join("; ")}`);
  if (count > SHOWN_MAX) cli.note(`  and ${count - SHOWN_MAX} more`);
}
