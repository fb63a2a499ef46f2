import { Failure, recordOfMatch, type LedgerRecord, type Match } from "@gauntlet/core";
import { beforeEach, expect, test } from "vitest";

import type { MatchLedger } from "../matches/match-ledger.ts";
import { openMatchLedger } from "../matches/open-match-ledger.ts";
import type { Store } from "../ports/store.ts";
import { openMemoryStore } from "../testing/memory-store/open-memory-store.ts";
import { shelfPeer, type OnTheWay } from "../testing/shelf-peer.ts";
import { sessionShelf, type SessionShelf } from "./session-shelf.ts";
import { syncWith } from "./sync-with.ts";

const NOW = Date.UTC(2026, 0, 31, 12);
let now = NOW;
const match = (n: number, more: Partial<Match> = {}): Match => ({ id: `m-${n}`, players: [`p${n % 5}`, "q"], places: n % 2 === 0 ? [1, 2] : [2, 1], board: n % 3 === 0 ? "hex8" : "square8", numPlayers: 2, length: 30, durationMs: null, at: NOW - 1_000_000 + n, origin: `node-${n % 2}`, tournament: null, ...more });
const records = (from: number, to: number): LedgerRecord[] => Array.from({ length: to - from }, (_, i) => recordOfMatch(match(from + i)));

interface Node {
  readonly store: Store;
  readonly ledger: MatchLedger;
  readonly shelf: SessionShelf;
}

async function node(name: string, held: readonly LedgerRecord[]): Promise<Node> {
  const store = openMemoryStore();
  await store.matches.append(held);
  const ledger = await openMatchLedger({ store: store.matches, node: name, strategy: "last_write_wins", clock: { now: () => now } });
  return { store, ledger, shelf: sessionShelf({ ledger, sketchKey: [1, 2], now: () => now }) };
}

let runs = 0;
const sync = (near: MatchLedger, far: Node, more: { onTheWay?: OnTheWay; signal?: AbortSignal } = {}) =>
  syncWith(near, shelfPeer("west", far.shelf, more.onTheWay), { runId: `run-${runs++}`, now: () => now, signal: more.signal ?? new AbortController().signal, scope: null });

beforeEach(() => {
  now = NOW;
});

/** Whether memory and store of a node hold the same. */
async function isDurable({ ledger, store }: Node): Promise<boolean> {
  return (await store.matches.head()).count === ledger.revision;
}

test("both hold the same in the end, on disk too; the run says what came", async () => {
  const [east, west] = [await node("east", records(0, 90)), await node("west", records(40, 130))];
  const { run, peer } = await sync(east.ledger, west);
  expect(run).toMatchObject({ peer: "west", transport: "http", equal: true, error: null, matchesAdded: 40, matchesSkipped: 0, matchesConflict: 0, matchesResolved: 0, recordsReceived: 40, recordsSent: 40, participantsAdded: 0 });
  expect(run.bytesSent).toBeGreaterThan(1000);
  expect(west.ledger.configs()).toEqual(east.ledger.configs());
  expect(await Promise.all([east, west].map(isDurable))).toEqual([true, true]);
  expect(peer?.ratings.length).toBe(12);
  expect(peer?.roots["hex8_2p"]).toEqual({ count: 44, digest: east.ledger.digest("hex8_2p") });
  expect((await sync(west.ledger, east)).run).toMatchObject({ equal: true, path: "equal", roundTrips: 1, matchesAdded: 0, recordsSent: 0 });
});

test("further versions and purges are counted as an import counts them", async () => {
  const [east, west] = [await node("east", records(0, 10)), await node("west", [...records(0, 10), recordOfMatch(match(4, { length: 31 })), recordOfMatch(match(50, { players: ["new", "q"] }))])];
  await west.ledger.purge({ matchIds: ["m-7"], by: "ann", reason: "broken build" });
  expect((await sync(east.ledger, west)).run).toMatchObject({ equal: true, matchesAdded: 2, matchesResolved: 1, matchesConflict: 0, participantsAdded: 1 });
  expect(east.ledger.register("m-7")?.resolution.kind).toBe("purged");
});

test("a line that is cut is taken up again and goes on with what came", async () => {
  const [east, west] = [await node("east", []), await node("west", records(0, 1600))];
  let messages = 0;
  const cutOnce: OnTheWay = (message, toPeer) => {
    if (!toPeer && ++messages === 3) throw new Failure("peer_unavailable", "the line is cut");
    return message;
  };
  const { run } = await sync(east.ledger, west, { onTheWay: cutOnce });
  expect(run).toMatchObject({ equal: true, error: null, matchesAdded: 1600 });
  expect(run.recordsReceived).toBeLessThan(1700);
  expect(await isDurable(east)).toBe(true);
});

test("a peer that always dies half-way ends with an error, and what came stays", async () => {
  const [east, west] = [await node("east", []), await node("west", records(0, 5000))];
  let messages = 0;
  const { run, peer } = await sync(east.ledger, west, {
    onTheWay: (message, toPeer) => {
      if (!toPeer && ++messages % 3 === 0) throw new Failure("peer_unavailable", "the far end died");
      return message;
    },
  });
  expect([run.equal, run.error, peer]).toEqual([null, { code: "peer_unavailable", message: "the far end died" }, null]);
  expect(run.matchesAdded).toBe(3000);
  expect([east.ledger.revision, await isDurable(east)]).toEqual([3000, true]);
  expect((await sync(east.ledger, west)).run).toMatchObject({ equal: true, matchesAdded: 2000 });
});

test("a peer that can't be reached is asked once; one out of time is not asked", async () => {
  const east = await node("east", records(0, 3));
  let asked = 0;
  const nobody = { name: "nobody", transport: "ssh", connect: async () => Promise.reject(new Failure("peer_unavailable", `no route ${++asked}`)) } as const;
  const options = { runId: "r", now: () => now, scope: null };
  expect((await syncWith(east.ledger, nobody, { ...options, signal: new AbortController().signal })).run).toMatchObject({ equal: null, error: { message: "no route 1" }, roundTrips: 0, bytesSent: 0 });
  expect((await syncWith(east.ledger, nobody, { ...options, signal: AbortSignal.abort() })).run.error).toMatchObject({ code: "peer_unavailable", message: expect.stringContaining("time") });
  expect(asked).toBe(1);
});

test.each<[string, OnTheWay, RegExp]>([
  ["lies about its records", (m, to) => (to ? m : JSON.parse(JSON.stringify(m).replaceAll(/"digest":"[0-9a-f]{32}"/g, `"digest":"${"f".repeat(32)}"`))), /still differ/],
  ["answers another session", (m, to) => (to ? m : { ...(m as object), session: "other" }), /another session/],
  ["answers with nonsense", (m, to) => (to ? m : ["nonsense"]), /JSON object/],
  ["answers with nothing", (m, to) => (to ? m : null), /JSON object/],
  ["sends more than it has", (m, to) => (to ? m : { ...(m as object), records: Array.from({ length: 500 }, () => null) }), /more records/],
])("a peer that %s is found out; the ledger holds nothing that is not durable", async (_, onTheWay, message) => {
  const [east, west] = [await node("east", records(0, 60).toSpliced(30, 1)), await node("west", records(0, 60).toSpliced(31, 1))];
  const { run, peer } = await sync(east.ledger, west, { onTheWay });
  expect(run.error?.message).toMatch(message);
  expect([run.equal, peer, await isDurable(east), await isDurable(west)]).toEqual([null, null, true, true]);
  expect((await sync(east.ledger, west)).run).toMatchObject({ equal: true });
});

test("I18: records that can't be made durable don't count, here or there", async () => {
  const [east, west] = [await node("east", records(0, 20)), await node("west", records(10, 30))];
  await east.store.close();
  const here = await sync({ ...east.ledger, refresh: async () => undefined }, west);
  expect(here.run.error).toMatchObject({ code: "store_unavailable" });
  expect([east.ledger.revision, [...east.ledger.configs()].reduce((sum, { records: held }) => sum + held, 0)]).toEqual([20, 20]);
  const other = await node("north", records(0, 40));
  await west.store.close();
  expect((await sync(other.ledger, west)).run.error).toMatchObject({ code: "store_unavailable" });
  expect(west.ledger.revision).toBe(30);
});

test("a poisoned sketch is told from a true one, or everything is sent instead", async () => {
  for (let at = 0; at < 12; at++) {
    const [east, west] = [await node("east", records(0, 60).toSpliced(30, 1)), await node("west", records(0, 60).toSpliced(31, 1))];
    const onTheWay: OnTheWay = (message, toPeer) => {
      const text = JSON.stringify(message);
      if (toPeer || !text.includes('"text"')) return message;
      const place = text.indexOf('"text":"') + 8 + at * 37;
      return JSON.parse(text.slice(0, place) + (text[place] === "A" ? "Q" : "A") + text.slice(place + 1));
    };
    const { run } = await sync(east.ledger, west, { onTheWay });
    if (run.error === null) expect(run).toMatchObject({ equal: true, path: "bulk" });
    else expect(run.error).toMatchObject({ code: "invalid_input", message: expect.stringContaining("symbols are those of no set") });
    expect([await isDurable(east), await isDurable(west)]).toEqual([true, true]);
  }
});

test("the shelf: others' sessions, silence, too many, messages of none", async () => {
  const west = await node("west", records(0, 5));
  const shelf = sessionShelf({ ledger: west.ledger, sketchKey: [1, 2], now: () => now, sessionsMax: 2, silenceMs: 1000 });
  const hello = (session: string) => ({ kind: "part", session, seq: 0, control: { kind: "hello", version: 1, scope: null, configs: [], origins: [] }, records: [], more: false });
  const bulk = (session: string) => ({ kind: "part", session, seq: 1, control: { kind: "bulk" }, records: [], more: false });
  expect(await shelf.receive("a", hello("s1"))).toMatchObject({ kind: "part", control: { kind: "answer" } });
  await expect(shelf.receive("b", bulk("s1"))).rejects.toMatchObject({ code: "conflict" });
  await shelf.receive("b", hello("s1"));
  await expect(shelf.receive("c", hello("s3"))).rejects.toMatchObject({ code: "rate_limited" });
  now += 1001;
  expect(await shelf.receive("c", hello("s3"))).toMatchObject({ kind: "part" });
  await expect(shelf.receive("a", bulk("s1"))).rejects.toMatchObject({ code: "conflict" });
  for (const message of [null, [], { session: 7 }, { session: "x".repeat(65) }, "s"]) await expect(shelf.receive("a", message)).rejects.toMatchObject({ code: "invalid_input" });
});
