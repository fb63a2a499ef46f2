import { Failure, type Match, type Problem } from "@gauntlet/core";
import { closeSync, fstatSync, readSync } from "node:fs";

import { readDatabase } from "./match-database.ts";
import type { MatchFileContext, MatchFileKind, MatchRow } from "./match-row.ts";
import { openFile } from "./read-lines.ts";
import { readNdjsonMatches } from "./read-ndjson-matches.ts";
import { readTableMatches, recogniseSchema } from "./read-table-matches.ts";

/** A row that is left out, by its number from 1 and, where it has one, its id. */
export interface RefusedRow {
  readonly row: number;
  readonly id: string | null;
  readonly problems: readonly Problem[];
}

export interface MatchesOfFile {
  readonly kind: MatchFileKind;
  readonly rows: number;
  /** One record for each id, in the order of the file. */
  readonly matches: readonly Match[];
  /** Rows that say again what an earlier one said. */
  readonly duplicates: number;
  /** Rows with the id of an earlier one and another content: the first is kept, and neither is to be believed. */
  readonly conflicts: readonly { readonly row: number; readonly match: Match }[];
  /** The first 1,000 of them, and how many there are. */
  readonly refused: readonly RefusedRow[];
  readonly refusedCount: number;
}

const REFUSED_MAX = 1000;

/**
 * All matches of a file, of NDJSON or of a SQLite database in a known schema, held in memory. What is wrong with a row
 * is reported and keeps no other out; what is wrong with the file is thrown.
 *
 * @throws Failure `not_found`, `invalid_input` (foreign, damaged, cut off, unknown schema), `store_unavailable` (locked)
 */
export function readMatches(path: string, context: MatchFileContext): MatchesOfFile {
  const file = fileKind(path);
  let kind: MatchFileKind = "ndjson";
  const rows = file === "ndjson" ? readNdjsonMatches(path, context) : readDatabase(path, context.waitMs, (database) => {
    kind = recogniseSchema(database);
    return readTableMatches(database, context);
  });
  const collected = collect(rows);
  return { kind, ...collected };
}

function collect(rows: Iterable<MatchRow>): Omit<MatchesOfFile, "kind"> {
  const byId = new Map<string, Match>();
  const conflicts: { row: number; match: Match }[] = [];
  const refused: RefusedRow[] = [];
  let [count, duplicates, refusedCount] = [0, 0, 0];
  for (const found of rows) {
    count++;
    if (found.kind === "refused") {
      refusedCount++;
      if (refused.length < REFUSED_MAX) refused.push({ row: found.row, id: found.id, problems: found.problems });
      continue;
    }
    const { row, match } = found;
    const earlier = byId.get(match.id);
    if (earlier === undefined) byId.set(match.id, match);
    else if (sameMatch(earlier, match)) duplicates++;
    else conflicts.push({ row, match });
  }
  return { rows: count, matches: [...byId.values()], duplicates, conflicts, refused, refusedCount };
}

/** Whether two records say the same of a match. Which node told it first is no part of that. */
export function sameMatch(a: Match, b: Match): boolean {
  return a.id === b.id && a.at === b.at && a.board === b.board && a.numPlayers === b.numPlayers && a.length === b.length && a.durationMs === b.durationMs && a.tournament === b.tournament && sameList(a.players, b.players) && sameList(a.places, b.places);
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

const SQLITE_HEAD = "SQLite format 3\0";

/** By the first bytes, whatever the file is called. @throws Failure `invalid_input` for what is neither. */
export function fileKind(path: string): "ndjson" | "sqlite" {
  const file = openFile(path);
  try {
    if (fstatSync(file).isDirectory()) throw new Failure("not_found", `${path} is a folder`, { fix: "name a file" });
    const bytes = Buffer.alloc(4096);
    const head = bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
    if (head.toString("latin1").startsWith(SQLITE_HEAD)) return "sqlite";
    if (head.length > 0 && SQLITE_HEAD.startsWith(head.toString("latin1"))) throw new Failure("invalid_input", `${path} is a cut-off database of ${head.length} bytes`, { fix: "take it from its node again" });
    if (head.includes(0)) throw new Failure("invalid_input", `${path} is neither NDJSON nor a SQLite database: it begins with ${head.subarray(0, 8).toString("hex")}`, { fix: "name a file with a match a line, or a database; unpack it first if it is packed" });
    return "ndjson";
  } finally {
    closeSync(file);
  }
}
