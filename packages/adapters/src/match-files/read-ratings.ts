import { Failure, type Problem, type TableRow } from "@gauntlet/core";

import { list, readDatabase, requireTable, type MatchDatabase } from "./match-database.ts";
import type { RefusedRow } from "./read-matches.ts";

export interface RatingsOfFile {
  readonly ratings: readonly TableRow[];
  readonly refused: readonly RefusedRow[];
}

type Cell = null | number | string | Uint8Array;

/**
 * The ratings that a database has stored: those of `elo_ratings`, or where that table is missing those of
 * `participants`, as the reconciler reads them.
 *
 * @throws Failure as `readMatches`
 */
export function readRatings(path: string, waitMs?: number): RatingsOfFile {
  const ratings: TableRow[] = [];
  const refused: RefusedRow[] = [];
  let row = 0;
  for (const cells of readDatabase(path, waitMs, ratingRows)) {
    row++;
    const problems: Problem[] = [];
    const [participant, board, numPlayers, rating] = cells;
    if (typeof participant !== "string" || participant === "") problems.push({ pointer: "/participant_id", detail: "names no participant" });
    if (typeof board !== "string" || board === "") problems.push({ pointer: "/board_type", detail: "names no board" });
    if (typeof numPlayers !== "number" || !Number.isSafeInteger(numPlayers)) problems.push({ pointer: "/num_players", detail: "is no whole number" });
    if (typeof rating !== "number" || !Number.isFinite(rating)) problems.push({ pointer: "/rating", detail: `is no number but ${JSON.stringify(rating)}` });
    if (problems.length === 0) ratings.push({ participant, board, numPlayers, rating } as TableRow);
    else refused.push({ row, id: typeof participant === "string" ? participant : null, problems });
  }
  return { ratings, refused };
}

function* ratingRows(database: MatchDatabase): Generator<readonly Cell[]> {
  const table = database.tables.has("elo_ratings") ? "elo_ratings" : "participants";
  const columns = requireTable(database, table);
  const id = ["participant_id", "model_id", "id"].find((name) => columns.includes(name));
  if (id === undefined || !["rating", "board_type", "num_players"].every((name) => columns.includes(name))) {
    throw new Failure("invalid_input", `${database.path} has no ratings: the columns of ${table} are ${list(columns)}`, { fix: "name a database with elo_ratings, or with rating, board_type and num_players of its participants" });
  }
  const statement = database.connection.prepare(`SELECT ${id}, board_type, CAST(num_players AS REAL), CAST(iif(typeof(rating) IN ('integer', 'real'), rating, NULL) AS REAL) FROM ${table}`);
  statement.setReturnArrays(true);
  yield* statement.iterate() as unknown as Iterable<readonly Cell[]>;
}
