import { packMessage, SESSION_TYPE } from "@gauntlet/adapters";
import { driftCheck, driftHistories, paths, reconcileReport, syncPeers, syncRuns } from "@gauntlet/contract";
import { afterAll, beforeAll, expect, test } from "vitest";

import { parseConfig } from "../config/parse-config.ts";
import { START, startTestServer, type TestServer } from "../testing/test-server.ts";

let east: TestServer;
let west: TestServer;
const keyed = () => ({ key: crypto.randomUUID() });
const rows = (from: number, to: number, board = "hex8") => Array.from({ length: to - from }, (_, i) => ({ id: `m-${from + i}`, players: ["a", `p${(from + i) % 3}`], winner: (from + i) % 4 === 0 ? "a" : `p${(from + i) % 3}`, board, origin: "lab", at: START - 100_000 + from + i }));

beforeAll(async () => {
  west = await startTestServer({ config: { ratings: parseConfig("ratings: { node: west }", "test", {}).ratings }, options: { listen: true } });
  const { ratings } = parseConfig("ratings: { node: east, peers: { west: { kind: http, url: $URL, token: $TOKEN }, gone: { kind: http, url: 'http://127.0.0.1:9' } } }".replace("$URL", west.url ?? "").replace("$TOKEN", west.tokens.ingest), "test", {});
  east = await startTestServer({ config: { ratings } });
  await (await east.composition.matches()).importMatches(rows(0, 60));
  await (await west.composition.matches()).importMatches(rows(40, 100));
});

afterAll(() => Promise.all([east.close(), west.close()]));

test("a node reconciles with its peers: equal ledgers, a report with totals, runs and peers to look at", async () => {
  const answer = await east.call("POST", paths.reconcile, { body: {}, ...keyed() });
  const report = reconcileReport.parse(answer.json);
  expect(report).toMatchObject({ nodes_synced: 1, nodes_failed: 1, total_matches_added: 40, drift_detected: false, max_drift: 0 });
  const [synced, failed] = report.sync_results;
  expect(synced).toMatchObject({ remote_host: "west", error: null, equal: true, transport: "http", records_received: 40 });
  expect(failed).toMatchObject({ remote_host: "gone", equal: null, error: expect.stringContaining("gone can't be reached") });
  const [ours, theirs] = await Promise.all([east, west].map(({ composition }) => composition.matches()));
  expect(theirs?.configs()).toEqual(ours?.configs());
  const runs = syncRuns.parse((await east.call("GET", `${paths.syncRuns}?peer=west`, { token: null })).json).runs;
  expect(runs.map(({ remote_host: host, bytes_received: bytes }) => [host, bytes > 1000])).toEqual([["west", true]]);
  const { node, peers } = syncPeers.parse((await east.call("GET", paths.syncPeers)).json);
  expect([node, peers.map(({ name, equalAt, configs }) => [name, equalAt, configs.map(({ config, equal }) => [config, equal])])]).toEqual(["east", [["gone", null, []], ["west", START, [["hex8_2p", true]]]]]);
  expect((await east.call("POST", paths.reconcile, { body: { peers: ["wets"] }, ...keyed() })).json).toMatchObject({ code: "not_found", fix: 'did you mean "west"?' });
  expect((await east.call("POST", paths.reconcile, { body: { peers: ["west"] }, ...keyed() })).json).toMatchObject({ nodes_synced: 1, sync_results: [{ path: "equal", round_trips: 1 }] });
});

test("drift: against what is last known, against a table, and its history", async () => {
  await (await east.composition.matches()).importMatches(Array.from({ length: 60 }, (_, i) => ({ id: `late-${i}`, players: ["a", "p1"], winner: "p1", board: "hex8", at: START - 10 })));
  const known = driftCheck.parse((await east.call("POST", paths.drift, { body: {}, ...keyed() })).json);
  expect(known).toMatchObject({ source: "east", target: "west", is_significant: true, board_type: null });
  const given = await east.call("POST", paths.drift, { body: { target: "file.db", ratings: [{ participant: "a", board: "hex8", numPlayers: 2, rating: 1000 }], boardType: "hex8", numPlayers: 2 }, ...keyed() });
  expect(driftCheck.parse(given.json)).toMatchObject({ target: "file.db", participants_in_both: 1, rating_diffs: { a: expect.any(Number) } });
  expect((await east.call("POST", paths.drift, { body: { ratings: [] }, ...keyed() })).status).toBe(400);
  const { histories } = driftHistories.parse((await east.call("GET", paths.drift)).json);
  expect(histories.map(({ config_key: key, peer, snapshots, persistent }) => [key, peer, snapshots.length, persistent])).toEqual([["all_all", "west", 3, false], ["hex8_2", "file.db", 1, false]]);
  expect((await west.call("POST", paths.drift, { body: {}, ...keyed() })).json).toMatchObject({ code: "not_found", detail: expect.stringContaining("nothing to compare with") });
});

test("who may not send messages, and what is none", async () => {
  const send = async (token: string | null, body: Uint8Array<ArrayBuffer>, type = SESSION_TYPE) => {
    const response = await west.fetch(new Request(`http://127.0.0.1${paths.syncSession}`, { method: "POST", body, headers: { "content-type": type, ...(token === null ? {} : { authorization: `Bearer ${token}` }) } }));
    return [response.status, (await response.text()).slice(0, 300)] as const;
  };
  const packed = (message: unknown) => new Uint8Array(packMessage(message));
  expect((await send(null, packed({})))[0]).toBe(401);
  expect((await send(west.tokens.viewer, packed({})))[0]).toBe(403);
  expect((await send(west.tokens.ingest, packed({}), "application/json"))[0]).toBe(415);
  expect(await send(west.tokens.ingest, new Uint8Array([1, 2, 3]))).toEqual([400, expect.stringContaining("can't be unpacked")]);
  expect(await send(west.tokens.ingest, packed({ session: "s", seq: 4 }))).toEqual([409, expect.stringContaining("not under way")]);
  expect((await send(west.tokens.ingest, packed({ session: "s", seq: 0, kind: "nonsense" })))[0]).toBe(400);
  const bomb = new Uint8Array(17 * 1024 * 1024);
  expect((await send(west.tokens.ingest, bomb))[0]).toBe(413);
});
