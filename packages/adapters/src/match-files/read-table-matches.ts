import { digestOf, Failure, parseMatch, type Problem } from "@gauntlet/core";

import { list, requireTable, type MatchDatabase } from "./match-database.ts";
import type { MatchFileContext, MatchFileKind, MatchRow } from "./match-row.ts";

export type SqliteKind = Exclude<MatchFileKind, "ndjson">;

type Cell = null | number | string | Uint8Array;

/** How one schema's table of matches becomes records. */
interface Schema {
  readonly kind: SqliteKind;
  /** All of these columns, or it is another schema. */
  readonly required: readonly string[];
  /** Read where they are there. */
  readonly optional: readonly string[];
  /** A record for `parseMatch`, or problems that it would not see. */
  readonly record: (cell: (column: string) => Cell | undefined, problems: Problem[]) => Readonly<Record<string, unknown>>;
  /** Which column a field of the record came from. */
  readonly columns: Readonly<Record<string, string>>;
}

const SHARED_COLUMNS = { board: "board_type", numPlayers: "num_players", length: "game_length", durationMs: "duration_sec", at: "timestamp", tournament: "tournament_id" };

/** Facts of the three modules, in the order in which they are tried: the most telling column first. */
const SCHEMAS: readonly Schema[] = [
  {
    kind: "tournament",
    required: ["participant_a", "participant_b", "winner", "board_type", "num_players", "timestamp"],
    optional: ["game_id", "participant_ids", "rankings", "game_length", "duration_sec", "tournament_id", "worker"],
    record: tournamentRecord,
    columns: { ...SHARED_COLUMNS, id: "game_id", "players/0": "participant_a", "players/1": "participant_b", players: "participant_ids", places: "rankings", winner: "winner", origin: "worker" },
  },
  {
    kind: "reconciler",
    required: ["match_id", "player1_id", "player2_id", "winner_id", "board_type", "num_players", "timestamp"],
    optional: ["game_length", "source"],
    record: reconcilerRecord,
    columns: { ...SHARED_COLUMNS, id: "match_id", "players/0": "player1_id", "players/1": "player2_id", players: "player1_id", winner: "winner_id", origin: "source" },
  },
  {
    kind: "service",
    required: ["id", "participant_ids", "winner_id", "board_type", "num_players", "timestamp"],
    optional: ["game_length", "duration_sec", "tournament_id"],
    record: serviceRecord,
    columns: { ...SHARED_COLUMNS, id: "id", players: "participant_ids", places: "winner_id", winner: "winner_id" },
  },
];

/** Which of the schemas a database has. @throws Failure `invalid_input` naming the columns that were found. */
export function recogniseSchema(database: MatchDatabase): SqliteKind {
  return schemaOf(database).kind;
}

/** Its matches in the order of the table; a wrong row is reported and keeps no other out. */
export function* readTableMatches(database: MatchDatabase, context: MatchFileContext): Generator<MatchRow> {
  const schema = schemaOf(database);
  const found = requireTable(database, "match_history");
  const columns = [...schema.required, ...schema.optional.filter((column) => found.includes(column))];
  const places = database.tables.has(PLACES_TABLE) && schema.kind === "service";
  const names = places ? [...columns, "places", "origin"] : columns;
  const statement = database.connection.prepare(`SELECT ${columns.map((column) => whole(`m.${column}`)).join(", ")}${places ? ", p.places, p.origin" : ""} FROM match_history m${places ? ` LEFT JOIN ${PLACES_TABLE} p ON p.id = m.id` : ""}`);
  statement.setReturnArrays(true);
  const at = new Map(names.map((name, index) => [name, index]));
  const of = (database.connection.prepare("SELECT count(*) AS n FROM match_history").get() as { n: number }).n;
  // Pages that point at each other in a damaged file would be read again and again.
  const rowsMax = (database.connection.prepare("SELECT page_count * page_size / 8 AS n FROM pragma_page_count, pragma_page_size").get() as { n: number }).n;
  let row = 0;
  for (const cells of statement.iterate() as unknown as Iterable<readonly Cell[]>) {
    row++;
    if (row > rowsMax) throw new Failure("invalid_input", `${database.path} is a damaged database: it has more rows than bytes for them`, { fix: "take it from its node again" });
    if (row % 10_000 === 0 || row === of) context.onProgress?.(row, of);
    yield rowOf(schema, row, { cell: (column) => (at.has(column) ? (cells[at.get(column) as number] as Cell) : undefined), context });
  }
}

/** Our own table in the files that we write: what the service's schema has no columns for. */
export const PLACES_TABLE = "gauntlet_matches";

interface Cells {
  readonly cell: (column: string) => Cell | undefined;
  readonly context: MatchFileContext;
}

function rowOf(schema: Schema, row: number, { cell, context }: Cells): MatchRow {
  const problems: Problem[] = [];
  const record = schema.record(cell, problems);
  const match = problems.length > 0 ? problems : parseMatch(record, context);
  if ("id" in match) return { kind: "match", row, match };
  return { kind: "refused", row, id: typeof record["id"] === "string" ? record["id"].slice(0, 256) : null, problems: match.map(({ pointer, detail }) => ({ pointer: `/${columnOf(schema, pointer.slice(1))}`, detail })) };
}

function columnOf({ columns }: Schema, field: string): string {
  return columns[field] ?? columns[field.split("/")[0] as string] ?? field;
}

/** Whole numbers beyond what a double holds would end the whole reading; as text they are a problem of their row. */
function whole(column: string): string {
  return `iif(typeof(${column}) = 'integer' AND ${column} NOT BETWEEN -9007199254740991 AND 9007199254740991, CAST(${column} AS TEXT), ${column})`;
}

function schemaOf(database: MatchDatabase): Schema {
  const found = requireTable(database, "match_history");
  const schema = SCHEMAS.find(({ required }) => required.every((column) => found.includes(column)));
  if (schema !== undefined) return schema;
  throw new Failure("invalid_input", `the table match_history of ${database.path} has a schema that is not known: its columns are ${list(found)}`, {
    fix: `known are those with ${SCHEMAS.map(({ required }) => required.slice(0, 4).join(", ")).join("; or ")}`,
  });
}

type Fields = Readonly<Record<string, unknown>>;

function serviceRecord(cell: Cells["cell"], problems: Problem[]): Fields {
  const players = jsonList(cell("participant_ids"), "players", problems);
  const winner = cell("winner_id");
  const shared = { id: cell("id"), players, ...sharedFields(cell), ...optional("origin", cell("origin")) };
  const noted = cell("places");
  if (typeof noted !== "string") return { ...shared, winner };
  const places: unknown = JSON.parse(noted);
  // Their tool may have overwritten the row since: then its winner counts, and the places are of no use.
  return Array.isArray(places) && Array.isArray(players) && winnerIn(players, places) === winner ? { ...shared, places } : { ...shared, winner };
}

function winnerIn(players: readonly unknown[], places: readonly unknown[]): unknown {
  const first = players.filter((_, seat) => places[seat] === 1);
  return places.length === players.length && first.length === 1 ? first[0] : null;
}

function reconcilerRecord(cell: Cells["cell"]): Fields {
  return { id: cell("match_id"), players: [cell("player1_id"), cell("player2_id")], winner: cell("winner_id"), ...sharedFields(cell), ...optional("origin", cell("source")) };
}

/** Its row numbers differ from node to node; a match without a game_id is known by what that module itself knows it by. */
function tournamentRecord(cell: Cells["cell"], problems: Problem[]): Fields {
  const several = cell("participant_ids");
  const players = typeof several === "string" ? jsonList(several, "players", problems) : [cell("participant_a"), cell("participant_b")];
  const rankings = cell("rankings");
  const ranks = typeof rankings === "string" ? jsonList(rankings, "places", problems) : null;
  const result = Array.isArray(ranks) ? { places: ranks.map((rank: unknown) => (typeof rank === "number" ? rank + 1 : rank)) } : { winner: cell("winner") };
  const shared = sharedFields(cell);
  const id = cell("game_id") ?? `unnamed-${digestOf([players ?? null, shared.board ?? null, shared.numPlayers, shared.at ?? null]).slice(0, 32)}`;
  return { id, players, ...result, ...shared, ...optional("origin", cell("worker")) };
}

function sharedFields(cell: Cells["cell"]) {
  const seconds = cell("duration_sec");
  const timestamp = cell("timestamp");
  return {
    board: cell("board_type"),
    numPlayers: cell("num_players") ?? null,
    length: cell("game_length") ?? null,
    durationMs: typeof seconds === "number" ? Math.round(seconds * 1000) : (seconds ?? null),
    // Numbers are seconds since 1970 in these schemas.
    at: typeof timestamp === "number" && Number.isFinite(timestamp) ? Math.round(timestamp * 1000) : timestamp,
    tournament: cell("tournament_id") ?? null,
  };
}

function optional(key: string, value: Cell | undefined): Fields {
  return value === null || value === undefined ? {} : { [key]: value };
}

function jsonList(text: Cell | undefined, field: string, problems: Problem[]): unknown {
  if (typeof text !== "string") return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    problems.push({ pointer: `/${field}`, detail: `is no JSON: ${(error as Error).message}` });
    return [];
  }
}
