import { createToken, parseConfig, startServer } from "@gauntlet/server";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, expect, test } from "vitest";

import { newFolder } from "../testing/run-cli.ts";
import { runHere } from "../testing/run-here.ts";

let folder = "";
const gauntlet = (...args: readonly string[]) => runHere(folder, args);
const rows = (from: number, to: number, winner = "a") => Array.from({ length: to - from }, (_, i) => ({ id: `m-${from + i}`, players: ["a", "b"], winner, board: "hex8", at: new Date(1_769_700_000_000 + from + i).toISOString(), origin: "lab" }));

function database(name: string, ratings: string): DatabaseSync {
  const opened = new DatabaseSync(join(folder, name));
  opened.exec(`PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS elo_ratings (participant_id TEXT, board_type TEXT, num_players INTEGER, rating REAL); INSERT INTO elo_ratings VALUES ${ratings}`);
  return opened;
}

beforeEach(() => {
  folder = newFolder();
});

test("check-drift on databases: V8 and V11, beside a live writer; the reconciler's history file beside the local one", async () => {
  const live = database("l.db", "('x','square8',2,1560),('x','hex8',2,1300),('y','square8',2,1490)");
  live.exec("BEGIN; INSERT INTO elo_ratings VALUES ('z','square8',2,9999)");
  database("r.db", "('x','square8',2,1500),('x','hex8',2,1500),('y','square8',2,1500)").close();
  const filtered = await gauntlet("check-drift", "--local-db", "l.db", "--remote-db", "r.db", "--board-type", "square8", "--num-players", "2", "--json");
  expect([filtered.code, filtered.json]).toMatchObject([1, { source: "l.db", target: "r.db", participants_in_both: 2, max_rating_diff: 60, avg_rating_diff: 35, is_significant: true, rating_diffs: { x: 60, y: -10 }, board_type: "square8", num_players: 2 }]);
  expect(Object.keys(filtered.json)).toEqual(["source", "target", "checked_at", "participants_in_source", "participants_in_target", "participants_in_both", "max_rating_diff", "avg_rating_diff", "is_significant", "rating_diffs", "board_type", "num_players"]);
  live.close();
  const same = await gauntlet("check-drift", "--local-db", "r.db", "--remote-db", "r.db");
  expect([same.code, same.out]).toEqual([0, expect.stringContaining("0 differ by more than a point")]);
  const file = JSON.parse(readFileSync(join(folder, "elo_drift_history.json"), "utf8"));
  expect(file).toMatchObject({ saved_at: expect.any(String), histories: { square8_2: { config_key: "square8_2", max_snapshots: 100, snapshots: [{ max_rating_diff: 60, avg_rating_diff: 35, is_significant: true, participants: 2 }] }, all_all: { snapshots: [{ max_rating_diff: 0 }] } } });
  const { json, code } = await gauntlet("drift-history", "--local-db", "l.db", "--json");
  expect([code, json.histories.map(({ config_key: key, trend, persistent }: { config_key: string; trend: string; persistent: boolean }) => [key, trend, persistent])]).toEqual([0, [["all_all", "unknown", false], ["square8_2", "unknown", false]]]);
});

test("with nothing to compare with it is an error, never 0; a history that can't be read is put aside", async () => {
  database("l.db", "('x','square8',2,1560)").close();
  const alone = await gauntlet("check-drift", "--local-db", "l.db");
  expect([alone.code, alone.err]).toEqual([1, expect.stringContaining("nothing to compare with")]);
  writeFileSync(join(folder, "elo_drift_history.json"), "{ not json");
  const { code, err } = await gauntlet("check-drift", "--local-db", "l.db", "--remote-db", "l.db");
  expect([code, err, existsSync(join(folder, "elo_drift_history.json.unreadable"))]).toEqual([0, expect.stringContaining("put aside"), true]);
  expect((await gauntlet("check-drift", "--local-db", "none.db", "--remote-db", "l.db")).code).toBe(1);
  expect((await gauntlet("check-drift", "--num-players", "one")).code).toBe(2);
  for (const [name, to] of [["a", 40], ["b", 20]] as const) writeFileSync(join(folder, `${name}.ndjson`), rows(0, to).map((row) => JSON.stringify(row)).join("\n"));
  const split = await gauntlet("check-drift", "--local-db", "a.ndjson", "--remote-db", "b.ndjson", "--split", "--json");
  expect(split.json).toMatchObject({ data_drift: { max_rating_diff: split.json.max_rating_diff }, order_drift: { max_rating_diff: 0 } });
  expect((await gauntlet("check-drift", "--split")).err).toContain("--split needs two files");
  expect((await gauntlet("check-drift")).err).toContain("there is no data in");
});

test("a node's own drift, history and status: in this process, and through the server that holds the data", async () => {
  const west = await startServer({ ...parseConfig("listen: { port: 0 }\nratings: { node: west }", "test", {}), dataDir: join(folder, "west") }, { loop: false, log: () => undefined });
  await (await west.composition.matches()).importMatches(rows(0, 30));
  const { secret } = await createToken(west.composition.store.tokens, { name: "east", role: "ingest", now: Date.now() });
  writeFileSync(join(folder, "gauntlet.yaml"), `dataDir: east\nlisten: { port: 0 }\nratings:\n  node: east\n  peers:\n    west: { kind: http, url: "${west.url ?? ""}", token: ${secret} }\n`);
  const east = () => startServer({ ...parseConfig(readFileSync(join(folder, "gauntlet.yaml"), "utf8"), "test", {}), dataDir: join(folder, "east") }, { loop: false, log: () => undefined });
  const first = await east();
  await (await first.composition.matches()).importMatches(rows(0, 10));
  await first.close();
  // In this process.
  expect((await gauntlet("check-drift")).err).toContain("nothing to compare with");
  expect((await gauntlet("sync", "--host", "west", "--json")).json).toMatchObject({ remote_host: "west", transport: "http", matches_added: 20, error: null });
  const second = await east();
  await (await second.composition.matches()).importMatches(rows(100, 180, "b"));
  // Through the server.
  const token = (await createToken(second.composition.store.tokens, { name: "ops", role: "operator", now: Date.now() })).secret;
  const asked = (...args: readonly string[]) => runHere(folder, [...args, "--json"], { GAUNTLET_TOKEN: token });
  const drift = await asked("check-drift");
  expect([drift.code, drift.json]).toMatchObject([1, { source: "east", target: "west", is_significant: true }]);
  database("r.db", "('a','hex8',2,1500),('b','hex8',2,1500)").close();
  expect((await asked("check-drift", "--remote-db", "r.db")).json).toMatchObject({ source: "east", target: "r.db", participants_in_both: 2 });
  expect((await asked("ratings", "status")).json).toMatchObject({ node: "east", configs: [{ config: "hex8_2p", matches: 110 }], peers: [{ name: "west", lastRun: { error: null }, configs: [{ equal: false }] }] });
  expect((await asked("reconcile-all")).json).toMatchObject({ nodes_synced: 1, nodes_failed: 0 });
  expect((await asked("sync", "--host", "other.lab")).err).toContain("peers of its configuration only");
  await second.close();
  await west.close();
  // In this process again.
  const { json } = await gauntlet("drift-history", "--json");
  expect(json.histories.map(({ peer, snapshots }: { peer: string; snapshots: unknown[] }) => [peer, snapshots.length])).toEqual([["r.db", 1], ["west", 3]]);
  expect((await gauntlet("ratings", "status")).out).toMatch(/This node is east\.\nCONFIG .*\nhex8_2p +110 /);
  const failed = await gauntlet("reconcile-all", "--json");
  expect([failed.code, failed.json]).toMatchObject([1, { nodes_synced: 0, nodes_failed: 1, sync_results: [{ error: expect.stringContaining("can't be reached") }] }]);
});
