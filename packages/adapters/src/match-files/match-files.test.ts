import { Failure, matchHash, type Match } from "@gauntlet/core";
import fc from "fast-check";
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeEach, describe, expect, test } from "vitest";

import { LINE_BYTES_MAX } from "./read-lines.ts";
import { readMatches } from "./read-matches.ts";
import { readRatings } from "./read-ratings.ts";
import { addMatches } from "./write-matches.ts";

const NOW = Date.UTC(2026, 0, 31, 12);
const CONTEXT = { now: NOW, origin: "here" };
const root = mkdtempSync(join(tmpdir(), "gauntlet-match-files-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folder = root;
let path = "";
let count = 0;
beforeEach(() => {
  folder = join(root, String(++count));
  mkdirSync(folder);
  path = join(folder, "matches.db");
});

/** The tables as the three modules make them. */
const SERVICE = `CREATE TABLE participants (id TEXT PRIMARY KEY, name TEXT NOT NULL, ai_type TEXT NOT NULL, difficulty INTEGER, use_neural_net INTEGER DEFAULT 0, model_path TEXT, created_at REAL, metadata TEXT);
CREATE TABLE elo_ratings (participant_id TEXT NOT NULL, board_type TEXT NOT NULL, num_players INTEGER NOT NULL, rating REAL DEFAULT 1500.0, games_played INTEGER DEFAULT 0, wins INTEGER DEFAULT 0, losses INTEGER DEFAULT 0, draws INTEGER DEFAULT 0, peak_rating REAL DEFAULT 1500.0, last_update REAL, PRIMARY KEY (participant_id, board_type, num_players));
CREATE TABLE match_history (id TEXT PRIMARY KEY, participant_ids TEXT NOT NULL, winner_id TEXT, game_length INTEGER, duration_sec REAL, board_type TEXT NOT NULL, num_players INTEGER NOT NULL, timestamp TEXT, elo_before TEXT, elo_after TEXT, tournament_id TEXT);`;
const RECONCILER = `CREATE TABLE match_history (match_id TEXT PRIMARY KEY, player1_id TEXT NOT NULL, player2_id TEXT NOT NULL, winner_id TEXT, player1_rating_before REAL, player2_rating_before REAL, player1_rating_after REAL, player2_rating_after REAL, board_type TEXT, num_players INTEGER, game_length INTEGER, timestamp TEXT, source TEXT);
CREATE TABLE participants (participant_id TEXT PRIMARY KEY, rating REAL DEFAULT 1500, games_played INTEGER DEFAULT 0, wins INTEGER DEFAULT 0, losses INTEGER DEFAULT 0, draws INTEGER DEFAULT 0, last_update TEXT, board_type TEXT, num_players INTEGER);`;
const TOURNAMENT = `CREATE TABLE match_history (id INTEGER PRIMARY KEY AUTOINCREMENT, participant_a TEXT, participant_b TEXT, participant_ids TEXT, rankings TEXT, winner TEXT, board_type TEXT NOT NULL, num_players INTEGER NOT NULL, game_length INTEGER, duration_sec REAL, timestamp REAL NOT NULL, tournament_id TEXT, game_id TEXT, worker TEXT, metadata TEXT);
CREATE UNIQUE INDEX idx_match_game_id ON match_history (game_id) WHERE game_id IS NOT NULL;`;

function make(schema: string, rows: readonly string[] = []): void {
  const database = new DatabaseSync(path);
  database.exec(schema);
  database.exec("BEGIN");
  for (const row of rows) database.exec(`INSERT INTO match_history ${row}`);
  database.exec("COMMIT");
  database.close();
}

function serviceRow(id: string, more: { readonly players?: string; readonly winner?: string; readonly time?: string; readonly length?: string; readonly board?: string } = {}): string {
  const { players = `'["a","b"]'`, winner = "'a'", time = "'2026-01-30T10:00:00.123456+00:00'", length = "40", board = "'square8'" } = more;
  return `(id, participant_ids, winner_id, game_length, duration_sec, board_type, num_players, timestamp, tournament_id) VALUES ('${id}', ${players}, ${winner}, ${length}, 1.5, ${board}, 2, ${time}, 't-1')`;
}

function failureOf(work: () => unknown): Failure {
  try {
    work();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("three schemas", () => {
  test("the service's: JSON participants, ISO instants", () => {
    make(SERVICE, [serviceRow("m-1"), serviceRow("m-2", { winner: "NULL", time: "'2026-01-30T12:00:00+02:00'" })]);
    const before = readFileSync(path);
    const read = readMatches(path, CONTEXT);
    expect(read).toMatchObject({ kind: "service", rows: 2, duplicates: 0, conflicts: [], refused: [] });
    expect(read.matches[0]).toEqual({ id: "m-1", players: ["a", "b"], places: [1, 2], board: "square8", numPlayers: 2, length: 40, durationMs: 1500, at: Date.UTC(2026, 0, 30, 10, 0, 0, 123), origin: "here", tournament: "t-1" });
    expect(read.matches[1]).toMatchObject({ places: [1, 1], at: Date.UTC(2026, 0, 30, 10) });
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(folder)).toEqual(["matches.db"]);
  });

  test("the reconciler's: two players, and where it comes from", () => {
    make(RECONCILER, [
      "(match_id, player1_id, player2_id, winner_id, board_type, num_players, game_length, timestamp, source) VALUES ('m-1', 'a', 'b', 'b', 'hex8', 2, 9, '2026-01-30T10:00:00Z', 'sync:gh200-1')",
      "(match_id, player1_id, player2_id, winner_id, board_type, num_players, game_length, timestamp, source) VALUES ('m-2', 'a', 'b', NULL, 'hex8', 4, NULL, '2026-01-30T10:00:00Z', NULL)",
    ]);
    const { kind, matches } = readMatches(path, CONTEXT);
    expect(kind).toBe("reconciler");
    expect(matches).toEqual([
      { id: "m-1", players: ["a", "b"], places: [2, 1], board: "hex8", numPlayers: 2, length: 9, durationMs: null, at: Date.UTC(2026, 0, 30, 10), origin: "sync:gh200-1", tournament: null },
      { id: "m-2", players: ["a", "b"], places: [1, 1], board: "hex8", numPlayers: 4, length: null, durationMs: null, at: Date.UTC(2026, 0, 30, 10), origin: "here", tournament: null },
    ]);
  });

  test("the tournament module's: seconds since 1970, ranks from 0, ids that are the same on every node", () => {
    const seconds = Date.UTC(2026, 0, 30, 10) / 1000 + 0.25;
    const columns = "(participant_a, participant_b, participant_ids, rankings, winner, board_type, num_players, timestamp, game_id, worker)";
    make(TOURNAMENT, [
      `${columns} VALUES ('a', 'b', NULL, NULL, 'b', 'hex8', 2, ${seconds}, 'g-1', 'w-1')`,
      `${columns} VALUES ('a', 'b', '["a","b","c","d"]', '[2,0,1,1]', 'b', 'hex8', 4, ${seconds}, 'g-2', NULL)`,
      // A tie names the first as the winner; the ranks are right.
      `${columns} VALUES ('a', 'b', '["a","b"]', '[0,0]', 'a', 'hex8', 2, ${seconds}, 'g-3', NULL)`,
      `${columns} VALUES ('a', 'b', NULL, NULL, NULL, 'hex8', 2, ${seconds}, NULL, NULL)`,
    ]);
    const { kind, matches } = readMatches(path, CONTEXT);
    expect(kind).toBe("tournament");
    expect(matches.map(({ id, players, places, origin, at }) => [id, players.length, places, origin, at % 1000])).toEqual([
      ["g-1", 2, [2, 1], "w-1", 250],
      ["g-2", 4, [3, 1, 2, 2], "here", 250],
      ["g-3", 2, [1, 1], "here", 250],
      [expect.stringMatching(/^unnamed-[0-9a-f]{32}$/), 2, [1, 1], "here", 250],
    ]);
    const database = new DatabaseSync(path);
    database.exec("UPDATE match_history SET id = id + 100");
    database.close();
    expect(readMatches(path, CONTEXT).matches).toEqual(matches);
  });

  test("a schema that is not known is named with its columns", () => {
    make("CREATE TABLE match_history (model_a TEXT, model_b TEXT, winner TEXT)");
    expect(failureOf(() => readMatches(path, CONTEXT))).toMatchObject({ code: "invalid_input", message: expect.stringContaining("model_a, model_b, winner") });
    rmSync(path);
    make("CREATE TABLE games (id INTEGER); CREATE TABLE matches_history (id INTEGER)");
    expect(failureOf(() => readMatches(path, CONTEXT))).toMatchObject({ code: "invalid_input", message: expect.stringContaining("games, matches_history") });
  });
});

test("what is wrong with a row is reported with its column, and the others are read", () => {
  make(SERVICE.replace("participant_ids TEXT NOT NULL", "participant_ids").replace("id TEXT PRIMARY KEY, participant_ids", "id TEXT, participant_ids"), [
    serviceRow("good"),
    serviceRow("naive", { time: "'2026-01-30T10:00:00'" }),
    serviceRow("null-player", { players: `'["a",null]'` }),
    serviceRow("null-players", { players: "NULL" }),
    serviceRow("blob", { players: "x'00ff'" }),
    serviceRow("broken", { players: `'["a"'` }),
    serviceRow("stranger", { winner: "'c'" }),
    serviceRow("against itself", { players: `'["a","a"]'` }),
    serviceRow("no time", { time: "NULL" }),
    serviceRow("ahead", { time: "'2026-03-01T10:00:00Z'" }),
    serviceRow("huge", { length: "9007199254740993" }),
    serviceRow("text length", { length: "'forty'" }),
    serviceRow("no board", { board: "''" }),
    serviceRow("good"),
    serviceRow("good", { winner: "'b'" }),
    serviceRow("last"),
  ]);
  const read = readMatches(path, CONTEXT);
  expect(read.matches.map(({ id }) => id)).toEqual(["good", "last"]);
  expect([read.rows, read.duplicates, read.refusedCount]).toEqual([16, 1, 12]);
  expect(read.conflicts.map(({ row, match }) => [row, match.id])).toEqual([[15, "good"]]);
  expect(read.refused.map(({ row, id, problems }) => [row, id, problems[0]?.pointer])).toEqual([
    [2, "naive", "/timestamp"],
    [3, "null-player", "/participant_ids"],
    [4, "null-players", "/participant_ids"],
    [5, "blob", "/participant_ids"],
    [6, "broken", "/participant_ids"],
    [7, "stranger", "/winner_id"],
    [8, "against itself", "/participant_ids"],
    [9, "no time", "/timestamp"],
    [10, "ahead", "/timestamp"],
    [11, "huge", "/game_length"],
    [12, "text length", "/game_length"],
    [13, "no board", "/board_type"],
  ]);
  expect(read.refused[0]?.problems[0]?.detail).toContain("with a zone");
});

test("null players of the reconciler's schema are named by their columns", () => {
  make(RECONCILER.replaceAll("TEXT NOT NULL", "TEXT"), ["(match_id, player1_id, player2_id, board_type, num_players, timestamp) VALUES (NULL, 'a', NULL, 'hex8', 2, '2026-01-30T10:00:00Z')"]);
  expect(readMatches(path, CONTEXT).refused[0]?.problems.map(({ pointer }) => pointer)).toEqual(["/match_id", "/player2_id"]);
});

describe("NDJSON", () => {
  const line = (id: string, more: object = {}) => JSON.stringify({ id, players: ["a", "b"], winner: "a", board: "hex8", at: "2026-01-30T10:00:00Z", ...more });

  test("a match a line; wrong lines are reported by number", () => {
    writeFileSync(path, Buffer.concat([Buffer.from(`\uFEFF${line("m-1")}\r\n\n${line("m-2", { at: "2026-01-30T10:00:00" })}\nnonsense\n`), Buffer.from([0x7b, 0xff, 0x7d, 0x0a]), Buffer.from(`${line("m-3", { winner: null })}\n${line("m-1")}\n${line("m-4").slice(0, -9)}`)]));
    const read = readMatches(path, CONTEXT);
    expect(read.kind).toBe("ndjson");
    expect(read.matches.map(({ id, places }) => [id, places])).toEqual([["m-1", [1, 2]], ["m-3", [1, 1]]]);
    expect(read.duplicates).toBe(1);
    expect(read.refused.map(({ row, id, problems }) => [row, id, problems[0]?.pointer, problems[0]?.detail.split(" ").slice(0, 4).join(" ")])).toEqual([
      [3, "m-2", "/at", "must be whole milliseconds"],
      [4, null, "", "the line is no"],
      [5, null, "", "the line is not"],
      [8, null, "", "the line is no"],
    ]);
  });

  test("lines across chunks, and one that is longer than any record", () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => line(`m-${i}`, { tournament: "é".repeat(i % 40 === 0 ? 1 : 20) }));
    writeFileSync(path, [...lines.slice(0, 20_000), "x".repeat(3 * LINE_BYTES_MAX), ...lines.slice(20_000)].join("\n"));
    const seen: number[] = [];
    const read = readMatches(path, { ...CONTEXT, onProgress: (done) => void seen.push(done) });
    expect(read.matches.map(({ id }) => id)).toEqual(lines.map((_, i) => `m-${i}`));
    expect(read.refused.map(({ problems }) => problems[0]?.detail)).toEqual([expect.stringContaining("longer than")]);
    expect(seen.at(-1)).toBe(statSync(path).size);
  });

  test("an empty file has no matches", () => {
    writeFileSync(path, "");
    expect(readMatches(path, CONTEXT)).toMatchObject({ rows: 0, matches: [] });
  });
});

describe("files that are no good", () => {
  test("missing, a folder, packed, cut off within the head", () => {
    expect(failureOf(() => readMatches(path, CONTEXT))).toMatchObject({ code: "not_found" });
    expect(failureOf(() => readMatches(folder, CONTEXT))).toMatchObject({ code: "not_found" });
    writeFileSync(path, Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]));
    expect(failureOf(() => readMatches(path, CONTEXT))).toMatchObject({ code: "invalid_input", message: expect.stringContaining("1f8b") });
    writeFileSync(path, "SQLite form");
    expect(failureOf(() => readMatches(path, CONTEXT))).toMatchObject({ code: "invalid_input", message: expect.stringContaining("cut-off") });
  });

  test("cut off in the middle, overwritten in the middle, a head with nothing behind it", () => {
    make(SERVICE, Array.from({ length: 2000 }, (_, i) => serviceRow(`m-${i}`)));
    const whole = readFileSync(path);
    expect(whole.length).toBeGreaterThan(40 * 4096);
    for (const [damage, expected] of [
      [() => truncateSync(path, 20 * 4096), /damaged or cut-off/],
      [() => truncateSync(path, 20 * 4096 + 100), /damaged or cut-off/],
      [() => truncateSync(path, 100), /damaged or cut-off|not a database/],
      [() => writeFileSync(path, Buffer.concat([whole.subarray(0, 10 * 4096), Buffer.alloc(30 * 4096, 0xa5), whole.subarray(40 * 4096)])), /damaged or cut-off/],
      [() => writeFileSync(path, Buffer.concat([whole.subarray(0, 16), Buffer.alloc(200, 0xa5)])), /damaged or cut-off|not a database/],
    ] as const) {
      writeFileSync(path, whole);
      damage();
      const failure = failureOf(() => readMatches(path, CONTEXT));
      expect(failure.code).toBe("invalid_input");
      expect(failure.message).toMatch(expected);
      expect(failure.fix).not.toBeNull();
    }
  });

  test("any damage gives matches, reported rows or a Failure, and no other error", () => {
    make(SERVICE, Array.from({ length: 300 }, (_, i) => serviceRow(`m-${i}`)));
    const whole = readFileSync(path);
    const damaged = join(folder, "damaged.db");
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 }), (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        writeFileSync(damaged, bytes);
        try {
          expect(readMatches(damaged, CONTEXT).rows).toBeLessThanOrEqual(3000);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("locked by a writer: said after the wait, and read when it is free", () => {
    make(SERVICE, [serviceRow("m-1")]);
    const writer = new DatabaseSync(path);
    writer.exec("BEGIN EXCLUSIVE");
    expect(failureOf(() => readMatches(path, { ...CONTEXT, waitMs: 50 }))).toMatchObject({ code: "store_unavailable", retryable: true, message: expect.stringContaining("locked") });
    writer.exec("ROLLBACK");
    writer.close();
    expect(readMatches(path, CONTEXT).rows).toBe(1);
  });
});

test("beside a live writer in WAL mode, each reading is one moment: whole transactions, and what is in the log too", { timeout: 60_000 }, async () => {
  make(`PRAGMA journal_mode = WAL; ${SERVICE}`);
  // Each transaction adds ten matches and says so in the ratings. It ends by itself, should nobody be there to end it.
  const script = `
    import { DatabaseSync } from "node:sqlite";
    const db = new DatabaseSync(process.argv[1]);
    db.exec("PRAGMA synchronous = OFF");
    const insert = db.prepare("INSERT INTO match_history (id, participant_ids, winner_id, board_type, num_players, timestamp) VALUES (?, '[\\"a\\",\\"b\\"]', 'a', 'hex8', 2, '2026-01-30T10:00:00+00:00')");
    for (let i = 0; i < 20_000; i++) {
      db.exec("BEGIN IMMEDIATE");
      for (let j = 0; j < 10; j++) insert.run(i + "-" + j);
      db.exec("COMMIT");
      if (i === 0) console.log("writing");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }`;
  const writer = spawn(process.execPath, ["--input-type=module", "-e", script, path], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    await new Promise((resolve) => writer.stdout.once("data", resolve));
    const seen: number[] = [];
    while (seen.length < 12 || new Set(seen).size < 4) {
      const { rows, matches } = readMatches(path, CONTEXT);
      expect(rows % 10).toBe(0);
      expect(matches.length).toBe(rows);
      expect(rows).toBeGreaterThanOrEqual(seen.at(-1) ?? 10);
      seen.push(rows);
    }
    expect(readdirSync(folder)).toContain("matches.db-wal");
  } finally {
    writer.kill("SIGKILL");
  }
});

describe("a file of our own", () => {
  const match = fc
    .record({
      id: fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }).filter((text) => !/\p{Cc}/u.test(text)),
      ranks: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }),
      board: fc.constantFrom("square8", "hex8"),
      length: fc.option(fc.nat(500)),
      durationMs: fc.option(fc.nat(10_000_000)),
      at: fc.integer({ min: 0, max: NOW }),
      origin: fc.constantFrom("node-1", "sync:node-2"),
      tournament: fc.option(fc.constantFrom("t'1", "täglich")),
    })
    .map(({ ranks, ...rest }): Match => {
      const distinct = [...new Set(ranks)].toSorted((a, b) => a - b);
      return { ...rest, players: ranks.map((_, seat) => `p${seat}`), places: ranks.map((rank) => distinct.indexOf(rank) + 1), numPlayers: Math.max(2, ranks.length) };
    });

  test("what is written reads back equal", () => {
    fc.assert(
      fc.property(fc.uniqueArray(match, { selector: ({ id }) => id, maxLength: 30 }), (matches) => {
        rmSync(path, { force: true });
        expect(addMatches(path, matches, { now: NOW })).toEqual({ added: matches.length, known: 0, total: matches.length });
        const read = readMatches(path, CONTEXT);
        expect(read.refused).toEqual([]);
        expect(read.matches.map((match) => matchHash(match)).toSorted()).toEqual(matches.map((match) => matchHash(match)).toSorted());
        expect(readdirSync(folder)).toEqual(["matches.db"]);
      }),
      { numRuns: 40 },
    );
  });

  const one: Match = { id: "m-1", players: ["a", "b"], places: [1, 2], board: "square8", numPlayers: 2, length: 40, durationMs: 1500, at: NOW - 1000, origin: "n", tournament: null };

  test("its rows are what the service's own statements expect, ratings included", () => {
    addMatches(path, [one, { ...one, id: "m-2", at: NOW - 500 }], { now: NOW });
    const database = new DatabaseSync(path, { readOnly: true });
    expect(database.prepare("SELECT rating, games_played, wins, losses, draws, peak_rating, last_update FROM elo_ratings WHERE participant_id = ? AND board_type = ? AND num_players = ?").get("a", "square8", 2)).toEqual({ rating: expect.closeTo(1530.530498, 6), games_played: 2, wins: 2, losses: 0, draws: 0, peak_rating: expect.closeTo(1530.530498, 6), last_update: (NOW - 500) / 1000 });
    expect(database.prepare("SELECT id, participant_ids, winner_id, game_length, duration_sec, timestamp FROM match_history ORDER BY timestamp").get()).toEqual({ id: "m-1", participant_ids: '["a","b"]', winner_id: "a", game_length: 40, duration_sec: 1.5, timestamp: "2026-01-31T11:59:59.000+00:00" });
    expect(database.prepare("SELECT count(*) AS n FROM participants WHERE name IS NOT NULL").get()).toEqual({ n: 2 });
    expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    database.close();
    expect(readRatings(path).ratings.map(({ participant, rating }) => [participant, Math.round(rating)])).toEqual([["a", 1531], ["b", 1469]]);
  });

  test("added in parts, in any order: the same ratings; again: nothing new", () => {
    const matches = Array.from({ length: 40 }, (_, i): Match => ({ ...one, id: `m-${i}`, at: NOW - i * 1000, places: i % 3 === 0 ? [1, 1] : [1 + (i % 2), 2 - (i % 2)] }));
    addMatches(path, matches, { now: NOW });
    const whole = readRatings(path).ratings;
    const parts = join(folder, "parts.db");
    addMatches(parts, matches.slice(20).toReversed(), { now: NOW });
    expect(addMatches(parts, matches.slice(0, 30), { now: NOW })).toEqual({ added: 20, known: 10, total: 40 });
    expect(addMatches(parts, matches, { now: NOW })).toEqual({ added: 0, known: 40, total: 40 });
    expect(readRatings(parts).ratings).toEqual(whole);
    // Who told it first is no difference.
    expect(addMatches(parts, [{ ...one, ...matches[1], origin: "elsewhere" }], { now: NOW }).known).toBe(1);
  });

  test("another content under a known id is refused by name, and nothing is written", () => {
    addMatches(path, [one], { now: NOW });
    const before = readFileSync(path);
    const failure = failureOf(() => addMatches(path, [{ ...one, id: "new" }, { ...one, places: [2, 1] }], { now: NOW }));
    expect(failure).toMatchObject({ code: "conflict", problems: [{ pointer: "m-1" }] });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("somebody else's file is never written, nor what is no database, nor a locked one", () => {
    make(SERVICE, [serviceRow("m-1")]);
    const before = readFileSync(path);
    expect(failureOf(() => addMatches(path, [one], { now: NOW }))).toMatchObject({ code: "conflict", message: expect.stringContaining("not made by this command") });
    expect(readFileSync(path).equals(before)).toBe(true);
    const text = join(folder, "text");
    writeFileSync(text, "notes\n");
    expect(failureOf(() => addMatches(text, [one], { now: NOW }))).toMatchObject({ code: "conflict" });
    expect(readFileSync(text, "utf8")).toBe("notes\n");
    const own = join(folder, "own.db");
    addMatches(own, [one], { now: NOW });
    const writer = new DatabaseSync(own);
    writer.exec("BEGIN IMMEDIATE");
    expect(failureOf(() => addMatches(own, [{ ...one, id: "m-9" }], { now: NOW, waitMs: 20 }))).toMatchObject({ code: "store_unavailable" });
    writer.close();
    expect(failureOf(() => addMatches(join(folder, "none", "own.db"), [one], { now: NOW }))).toMatchObject({ code: "store_unavailable" });
  });

  test("a winner that their tool changed since goes before our places", () => {
    addMatches(path, [one], { now: NOW });
    const theirs = new DatabaseSync(path);
    theirs.exec("UPDATE match_history SET winner_id = 'b'");
    theirs.close();
    expect(readMatches(path, CONTEXT).matches[0]?.places).toEqual([2, 1]);
  });
});

describe("stored ratings", () => {
  test("of elo_ratings, else of participants; a wrong one is reported", () => {
    make(SERVICE);
    const database = new DatabaseSync(path);
    database.exec("INSERT INTO elo_ratings (participant_id, board_type, num_players, rating) VALUES ('a', 'hex8', 2, 1510.5), ('b', 'hex8', 2, NULL), ('c', 'hex8', 2, 'much'), ('d', 'hex8', 2, 1400)");
    database.close();
    expect(readRatings(path).ratings).toEqual([{ participant: "a", board: "hex8", numPlayers: 2, rating: 1510.5 }, { participant: "d", board: "hex8", numPlayers: 2, rating: 1400 }]);
    expect(readRatings(path).refused.map(({ row, id, problems }) => [row, id, problems[0]?.pointer])).toEqual([[2, "b", "/rating"], [3, "c", "/rating"]]);
    copyFileSync(path, join(folder, "copy.db"));
    rmSync(path);
    make(`${RECONCILER} INSERT INTO participants (participant_id, rating, board_type, num_players) VALUES ('a', 1490, 'hex8', 2)`);
    expect(readRatings(path).ratings).toEqual([{ participant: "a", board: "hex8", numPlayers: 2, rating: 1490 }]);
    rmSync(path);
    make("CREATE TABLE participants (id TEXT, name TEXT)");
    expect(failureOf(() => readRatings(path))).toMatchObject({ code: "invalid_input", message: expect.stringContaining("id, name") });
  });
});
