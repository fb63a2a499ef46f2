import { Failure, isoTime, winnerOf, type Match } from "@gauntlet/core";
import { randomUUID } from "node:crypto";
import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { eloOfMatches, type ConfigElo } from "./elo-of-matches.ts";
import { sqliteGuard } from "./match-database.ts";
import { fileKind, sameMatch } from "./read-matches.ts";
import { PLACES_TABLE, readTableMatches } from "./read-table-matches.ts";

export interface WrittenMatches {
  readonly added: number;
  /** They were there, saying the same. */
  readonly known: number;
  readonly total: number;
}

export interface WriteOptions {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly onProgress?: (done: number, of: number) => void;
  readonly waitMs?: number;
}

/**
 * Adds matches to a SQLite file in the rating service's schema, which its tools can read, and rates all of them anew;
 * all or nothing. A new file is made beside its place and appears complete; one that is there is changed in one
 * transaction, and only if it is one of ours.
 *
 * @throws Failure `conflict` when a match is there with another content, naming it; nothing is written then
 */
export function addMatches(path: string, matches: readonly Match[], options: WriteOptions): WrittenMatches {
  if (existsSync(path)) return addTo(path, matches, options);
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    const written = sqliteGuard(draft, () => withDatabase(draft, options, (database) => fill(database, matches, options)));
    publish(draft, path);
    return written;
  } finally {
    for (const end of ["", "-journal"]) rmSync(draft + end, { force: true });
  }
}

function addTo(path: string, matches: readonly Match[], options: WriteOptions): WrittenMatches {
  if (fileKind(path) !== "sqlite") throw new Failure("conflict", `${path} is there already and is no database`, { fix: "name another file" });
  return sqliteGuard(path, () => withDatabase(path, options, (database) => fill(database, matches, options)));
}

/** A name that appears at once and replaces nothing, durably. */
function publish(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (cause) {
    throw new Failure("conflict", `${path} can't be put in its place: ${(cause as Error).message}`, { fix: "another process made it meanwhile? then try again", cause });
  }
  const folder = openSync(dirname(path), "r");
  fsyncSync(folder);
  closeSync(folder);
}

function withDatabase<T>(path: string, { waitMs }: WriteOptions, work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path, { timeout: waitMs ?? 5000 });
  try {
    database.exec("PRAGMA synchronous = FULL; BEGIN IMMEDIATE");
    const result = work(database);
    database.exec("COMMIT");
    return result;
  } finally {
    // Closing rolls back what was not committed.
    database.close();
  }
}

function fill(database: DatabaseSync, matches: readonly Match[], options: WriteOptions): WrittenMatches {
  const path = database.location() ?? "";
  if ((database.prepare("SELECT count(*) AS n FROM sqlite_master").get() as { n: number }).n === 0) database.exec(SCHEMA);
  else if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(PLACES_TABLE) === undefined) {
    throw new Failure("conflict", `${path} was not made by this command`, { fix: "name a new file: somebody else's data are only read" });
  }
  const before = matchesThere(database, path, options);
  const fresh: Match[] = [];
  const conflicts: string[] = [];
  for (const match of matches) {
    const there = before.get(match.id);
    if (there === undefined) fresh.push(match);
    else if (!sameMatch(there, match)) conflicts.push(match.id);
  }
  if (conflicts.length > 0) throw conflictsWith(path, conflicts);
  insertMatches(database, fresh, options);
  for (const match of fresh) before.set(match.id, match);
  writeRatings(database, eloOfMatches([...before.values()]), lastPlayed(before.values()));
  return { added: fresh.length, known: matches.length - fresh.length, total: before.size };
}

export function conflictsWith(path: string, ids: readonly string[]): Failure {
  return new Failure("conflict", `${ids.length === 1 ? "1 match is" : `${ids.length} matches are`} in ${path} with another content; nothing was written`, {
    fix: "find out which is right, and import the others without these",
    problems: ids.slice(0, 20).map((id) => ({ pointer: id, detail: "differs" })),
  });
}

function matchesThere(database: DatabaseSync, path: string, { now }: WriteOptions): Map<string, Match> {
  const tables = new Map([PLACES_TABLE, "match_history"].map((name) => [name, (database.prepare(`SELECT name FROM pragma_table_info('${name}')`).all() as { name: string }[]).map((column) => column.name)]));
  const there = new Map<string, Match>();
  for (const row of readTableMatches({ path, connection: database, tables }, { now, origin: "unknown" })) {
    if (row.kind === "match") there.set(row.match.id, row.match);
    else throw new Failure("conflict", `row ${row.row} of ${path} (${row.id ?? "without an id"}) is no match any more`, { fix: "another program changed it; mend that row or import into a new file", problems: row.problems });
  }
  return there;
}

function insertMatches(database: DatabaseSync, matches: readonly Match[], { onProgress }: WriteOptions): void {
  const history = database.prepare("INSERT INTO match_history (id, participant_ids, winner_id, game_length, duration_sec, board_type, num_players, timestamp, tournament_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const places = database.prepare(`INSERT INTO ${PLACES_TABLE} (id, places, origin) VALUES (?, ?, ?)`);
  for (const [index, match] of matches.entries()) {
    // Python before 3.11 reads +00:00 and not Z.
    const timestamp = isoTime(match.at).replace("Z", "+00:00");
    history.run(match.id, JSON.stringify(match.players), winnerOf(match), match.length, match.durationMs === null ? null : match.durationMs / 1000, match.board, match.numPlayers, timestamp, match.tournament);
    places.run(match.id, JSON.stringify(match.places), match.origin);
    if (index % 10_000 === 0 || index === matches.length - 1) onProgress?.(index + 1, matches.length);
  }
}

function writeRatings(database: DatabaseSync, tables: readonly ConfigElo[], played: ReadonlyMap<string, number>): void {
  const participant = database.prepare("INSERT INTO participants (id, name, ai_type, created_at) VALUES (?, ?, 'unknown', ?) ON CONFLICT (id) DO NOTHING");
  const rating = database.prepare("INSERT OR REPLACE INTO elo_ratings (participant_id, board_type, num_players, rating, games_played, wins, losses, draws, peak_rating, last_update) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const { board, numPlayers, rows } of tables) {
    for (const row of rows) {
      const seconds = (played.get(row.participant) ?? 0) / 1000;
      participant.run(row.participant, row.participant, seconds);
      rating.run(row.participant, board, numPlayers, row.rating, row.games, row.wins, row.losses, row.draws, row.peak, seconds);
    }
  }
}

function lastPlayed(matches: Iterable<Match>): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  for (const { players, at } of matches) for (const player of players) last.set(player, Math.max(at, last.get(player) ?? 0));
  return last;
}

/** The rating service's tables and indexes, and one of ours for places and origins, for which it has no columns. */
const SCHEMA = `
CREATE TABLE participants (id TEXT PRIMARY KEY, name TEXT NOT NULL, ai_type TEXT NOT NULL, difficulty INTEGER, use_neural_net INTEGER DEFAULT 0, model_path TEXT, created_at REAL, metadata TEXT);
CREATE TABLE elo_ratings (participant_id TEXT NOT NULL, board_type TEXT NOT NULL, num_players INTEGER NOT NULL, rating REAL DEFAULT 1500.0, games_played INTEGER DEFAULT 0, wins INTEGER DEFAULT 0, losses INTEGER DEFAULT 0, draws INTEGER DEFAULT 0, peak_rating REAL DEFAULT 1500.0, last_update REAL, PRIMARY KEY (participant_id, board_type, num_players));
CREATE TABLE match_history (id TEXT PRIMARY KEY, participant_ids TEXT NOT NULL, winner_id TEXT, game_length INTEGER, duration_sec REAL, board_type TEXT NOT NULL, num_players INTEGER NOT NULL, timestamp TEXT, elo_before TEXT, elo_after TEXT, tournament_id TEXT);
CREATE TABLE ${PLACES_TABLE} (id TEXT PRIMARY KEY, places TEXT NOT NULL, origin TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX idx_elo_config ON elo_ratings (board_type, num_players);
CREATE INDEX idx_match_time ON match_history (timestamp);
`;
