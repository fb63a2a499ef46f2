import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, test, vi } from "vitest";

import { newFolder } from "../testing/run-cli.ts";
import { runHere } from "../testing/run-here.ts";

// Each test starts several programs, one after the other.
vi.setConfig({ testTimeout: 120_000 });

const EXAMPLE = join(import.meta.dirname, "../../../../docs/examples/write-matches.mjs");
let folder = "";
const ratings = (...args: readonly string[]) => runHere(folder, ["ratings", ...args]);
const line = (id: string, more: object = {}) => JSON.stringify({ id, players: ["a", "b"], winner: "a", board: "hex8", at: "2026-01-30T10:00:00Z", ...more });

beforeEach(() => {
  folder = newFolder();
  expect(spawnSync(process.execPath, [EXAMPLE], { cwd: folder }).status).toBe(0);
});

describe("import", () => {
  test("two nodes' files one after the other are what both together are; a rating service's query finds them", async () => {
    expect((await ratings("import", "matches-a.ndjson", "--into", "a.db", "--json")).json).toMatchObject({ kind: "ndjson", rows: 520, added: 520, known: 0, total: 520, refused: [] });
    expect((await ratings("import", "matches-b.ndjson", "--into", "a.db", "--json")).json).toMatchObject({ added: 80, known: 460, total: 600 });
    await ratings("import", "matches-b.ndjson", "--into", "b.db");
    const last = await ratings("import", "a.db", "--into", "b.db", "--json");
    expect([last.code, last.json]).toMatchObject([0, { kind: "service", added: 60, known: 540, total: 600 }]);
    const [a, b] = ["a.db", "b.db"].map((name) => new DatabaseSync(join(folder, name), { readOnly: true }).prepare("SELECT * FROM elo_ratings ORDER BY 1, 2, 3").all());
    expect(a).toHaveLength(12);
    expect(b).toEqual(a);
    expect((await ratings("drift", "a.db", "b.db", "--json")).json).toMatchObject({ max_rating_diff: 0, is_significant: false });
  });

  test("a wrong row is reported, the others are taken, and the exit code says so", async () => {
    writeFileSync(join(folder, "rows.ndjson"), [line("m-1"), line("m-2", { at: "2026-01-30T10:00:00" }), line("m-3")].join("\n"));
    const { code, err, json } = await ratings("import", "rows.ndjson", "--into", "x.db", "--json");
    expect([code, json]).toMatchObject([1, { added: 2, refusedCount: 1, refused: [{ row: 2, id: "m-2", problems: [{ pointer: "/at" }] }] }]);
    expect(err).toContain("row 2 (m-2): /at");
  });

  test("an id with two contents refuses all of it, by name", async () => {
    writeFileSync(join(folder, "twice.ndjson"), [line("m-1"), line("m-1", { winner: "b" })].join("\n"));
    const within = await ratings("import", "twice.ndjson", "--into", "x.db");
    expect([within.code, within.err.includes("m-1"), readdirSync(folder).includes("x.db")]).toEqual([1, true, false]);
    writeFileSync(join(folder, "one.ndjson"), line("m-1"));
    writeFileSync(join(folder, "other.ndjson"), [line("m-2"), line("m-1", { winner: null })].join("\n"));
    await ratings("import", "one.ndjson", "--into", "x.db");
    const before = readFileSync(join(folder, "x.db"));
    const beside = await ratings("import", "other.ndjson", "--into", "x.db", "--json");
    expect([beside.code, JSON.parse(beside.err).error]).toMatchObject([1, { code: "conflict", problems: [{ pointer: "m-1" }] }]);
    expect(readFileSync(join(folder, "x.db")).equals(before)).toBe(true);
  });

  test("no file, no place, an unknown schema", async () => {
    expect((await ratings("import", "none.db", "--into", "x.db")).code).toBe(1);
    expect((await ratings("import", "matches-a.ndjson")).code).toBe(2);
    new DatabaseSync(join(folder, "y.db")).exec("CREATE TABLE match_history (left TEXT, right TEXT)");
    const { code, err } = await ratings("import", "y.db", "--into", "x.db");
    expect([code, err.includes("left, right")]).toEqual([1, true]);
  });
});

describe("fit", () => {
  test("all matches at once, each board for itself; whatever order they come in, the same bytes", async () => {
    const one = await ratings("fit", "matches-a.ndjson", "--json");
    expect(one.json.configs.map((config: { board: string; matches: number; rows: unknown[] }) => [config.board, config.matches, config.rows.length])).toEqual([["hex8", 130, 6], ["square8", 390, 6]]);
    const [first, second] = one.json.configs[1].rows;
    expect(first.low).toBeLessThan(first.rating);
    expect(first.rating).toBeGreaterThan(second.rating);
    expect(first.superiorityToNext).toBeGreaterThan(0.5);
    const turned = readFileSync(join(folder, "matches-a.ndjson"), "utf8").trim().split("\n").toReversed().join("\n");
    writeFileSync(join(folder, "turned.ndjson"), turned);
    expect((await ratings("fit", "turned.ndjson", "--json")).json.configs).toEqual(one.json.configs);
  });

  test("the true order is found, also by the other methods; a board alone", async () => {
    for (const method of ["bt", "elo", "glicko2"]) {
      const { json } = await ratings("fit", "matches-b.ndjson", "--board", "square8", "--num-players", "2", "--method", method, "--json");
      expect(json.configs).toHaveLength(1);
      expect(json.configs[0].rows.at(-1).participant).toBe("depth-1");
      expect(json.configs[0].rows.at(-2).participant).toBe("depth-2");
    }
  });

  test("who is incomparable is said to be so; anchors give the scale", async () => {
    writeFileSync(join(folder, "m.ndjson"), [line("1"), line("2", { winner: "b" }), line("3"), line("4", { players: ["c", "d"], winner: "c" }), line("5", { players: ["c", "d"], winner: "d" }), line("6", { players: ["a", "e"], winner: "a" })].join("\n"));
    const { out } = await ratings("fit", "m.ndjson");
    expect(out).toContain("The 2 tables are incomparable");
    expect(out).toContain("Incomparable with anybody, having only won or only lost: e.");
    const { json } = await ratings("fit", "m.ndjson", "--anchor", "b=1500", "--json");
    expect(json.configs[0].rows.map(({ participant, rating }: { participant: string; rating: number | null }) => [participant, rating === null ? null : Math.round(rating)])).toEqual([["a", 1620], ["b", 1500], ["c", 0], ["d", 0], ["e", null]]);
    expect((await ratings("fit", "m.ndjson", "--board", "hex9")).code).toBe(1);
  });

  test("matches with two contents are left out and named", async () => {
    writeFileSync(join(folder, "twice.ndjson"), [line("m-1"), line("m-2"), line("m-3", { winner: "b" }), line("m-1", { winner: "b" })].join("\n"));
    const { code, json } = await ratings("fit", "twice.ndjson", "--json");
    expect([code, json.conflicts, json.configs[0].matches]).toEqual([1, ["m-1"], 2]);
  });
});

describe("drift", () => {
  test("the reconciler's figures and fields; 1 when significant; the parts sum up to it", async () => {
    for (const name of ["a", "b"]) await ratings("import", `matches-${name}.ndjson`, "--into", `${name}.db`);
    const { code, json } = await ratings("drift", "a.db", "b.db", "--board-type", "square8", "--num-players", "2", "--json");
    expect(Object.keys(json)).toEqual(["source", "target", "checked_at", "participants_in_source", "participants_in_target", "participants_in_both", "max_rating_diff", "avg_rating_diff", "is_significant", "rating_diffs", "board_type", "num_players"]);
    const sizes = Object.values(json.rating_diffs as Record<string, number>).map(Math.abs);
    expect([json.max_rating_diff, json.avg_rating_diff]).toEqual([Math.max(...sizes), expect.closeTo(sizes.reduce((sum, size) => sum + size, 0) / sizes.length, 9)]);
    expect([code, json.is_significant]).toEqual([1, true]);
    const split = (await ratings("drift", "a.db", "matches-b.ndjson", "--split", "--json")).json;
    expect([split.data_drift.max_rating_diff, split.order_drift.max_rating_diff]).toEqual([split.max_rating_diff, 0]);
  });

  test("boards are mixed only when asked to", async () => {
    for (const [name, rows] of [["l.db", "('x','square8',2,1560),('x','hex8',2,1300)"], ["r.db", "('x','square8',2,1500),('x','hex8',2,1500)"]]) {
      const database = new DatabaseSync(join(folder, name as string));
      database.exec(`CREATE TABLE elo_ratings (participant_id TEXT, board_type TEXT, num_players INTEGER, rating REAL); INSERT INTO elo_ratings VALUES ${rows}`);
      database.close();
    }
    expect((await ratings("drift", "l.db", "r.db", "--json")).json.rating_diffs).toEqual({ "x@square8_2p": 60, "x@hex8_2p": -200 });
    expect((await ratings("drift", "l.db", "r.db", "--by-id", "--json")).json.rating_diffs).toEqual({ x: -200 });
    expect((await ratings("drift", "l.db", "r.db", "--board-type", "square8", "--num-players", "2", "--json")).json).toMatchObject({ rating_diffs: { x: 60 }, board_type: "square8", num_players: 2 });
    const same = await ratings("drift", "l.db", "l.db");
    expect([same.code, same.out.includes("no")]).toEqual([0, true]);
  });
});
