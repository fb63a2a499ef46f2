import { countMatches, fitRatings, ratingsDigest, recordOfMatch, serviceElo, tournamentElo } from "@gauntlet/core";
import type { ConflictStrategy, Match } from "@gauntlet/core";
import { describe, expect, test } from "vitest";
import { openMemoryStore } from "../testing/memory-store/open-memory-store.ts";
import type { MatchStore } from "../ports/match-store.ts";
import type { MatchLedger } from "./match-ledger.ts";
import { openMatchLedger } from "./open-match-ledger.ts";

const NOW = 1_760_000_000_000;
const CONFIG = "square8_2p";

function row(id: string, some: Partial<Match> = {}): Match {
  return { id, players: ["ann", "bob"], places: [1, 2], board: "square8", numPlayers: 2, length: 40, durationMs: null, at: NOW - 1000, origin: "far", tournament: null, ...some };
}

async function open(some: { readonly store?: MatchStore; readonly strategy?: ConflictStrategy; readonly anchors?: ReadonlyMap<string, number> } = {}): Promise<MatchLedger> {
  const { store = openMemoryStore().matches, strategy = "last_write_wins", anchors } = some;
  const model = anchors && { ties: "davidson" as const, lastPlaces: "unknown" as const, seatRidge: null, priorGames: 0, anchors };
  return openMatchLedger({ store, node: "here", strategy, clock: { now: () => NOW }, ...(model === undefined ? {} : { model }) });
}

describe("an import", () => {
  test("takes matches as they are sent and whole records; a match that names no origin is of this node", async () => {
    const ledger = await open();
    const report = await ledger.importMatches([
      { id: "m1", players: ["ann", "bob"], winner: "ann", board: "square8", at: "2025-01-01T00:00:00Z" },
      { match: row("m2", { places: [2, 1] }) },
      { tombstone: { matchId: "m3", version: null, board: "square8", numPlayers: 2, at: NOW, origin: "far", reason: "Ada: a bug" } },
    ]);
    expect(report).toMatchObject({ rows: 3, counters: { added: 3, skipped: 0, conflicts: 0, resolved: 0 }, participantsAdded: 2, rejectedCount: 0 });
    expect(ledger.matches(CONFIG).map(({ id, origin }) => [id, origin])).toEqual([["m1", "here"], ["m2", "far"]]);
    expect(ledger.configs()).toEqual([{ config: CONFIG, board: "square8", numPlayers: 2, matches: 2, participants: 2, conflicts: 0, records: 3, digest: ledger.digest(CONFIG), latestAt: NOW - 1000 }]);
  });

  test("reports what can't be taken by its row and field, and takes the rest", async () => {
    const ledger = await open();
    const report = await ledger.importMatches([
      row("ok"),
      { ...row("null player"), players: ["ann", null] },
      { ...row("naive"), at: "2025-01-01T00:00:00" },
      { ...row("ahead"), at: NOW + 300_001 },
      { match: { ...row("whole"), board: 7 } },
      null,
      row("ok"),
      { ...row("no result"), places: undefined },
      { ...row("itself"), players: ["ann", "ann"] },
    ]);
    expect(report).toMatchObject({ rows: 9, counters: { added: 1, skipped: 1, conflicts: 0, resolved: 0 }, rejectedCount: 7 });
    expect(report.rejected.map(({ index, problems }) => [index, problems[0]!.pointer])).toEqual([[1, "/players/1"], [2, "/at"], [3, "/at"], [4, "/match/board"], [5, ""], [7, "/places"], [8, "/players/1"]]);
    expect(ledger.matches(CONFIG).map(({ id }) => id)).toEqual(["ok"]);
  });

  test("where only matches are taken, a purge is a row that is wrong", async () => {
    const ledger = await open();
    const purge = { tombstone: { matchId: "m1", version: null, board: "square8", numPlayers: 2, at: NOW, origin: "far", reason: "x" } };
    const { counters, rejected } = await ledger.importMatches([row("m1"), purge, { match: row("m2") }], { matchesOnly: true });
    expect([counters.added, rejected.map(({ index, problems }) => [index, problems[0]!.pointer])]).toEqual([1, [[1, "/tombstone"], [2, "/match"]]]);
  });

  test("under raise, and when asked to refuse, a batch with a conflict leaves nothing", async () => {
    for (const strategy of ["raise", "last_write_wins"] as const) {
      const store = openMemoryStore().matches;
      const ledger = await open({ store, strategy });
      const refuse = strategy === "raise" ? {} : { refuseConflicts: true };
      await ledger.importMatches([row("m1")], refuse);
      await expect(ledger.importMatches([row("m2"), row("m1", { places: [2, 1] }), row("m3")], refuse)).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("m1") });
      await expect(ledger.importMatches([row("m4"), row("m4", { length: 41 })], refuse)).rejects.toMatchObject({ code: "conflict" });
      expect((await store.head()).count).toBe(1);
      expect(ledger.matches(CONFIG)).toEqual([row("m1")]);
    }
  });

  test("sees what another process appended meanwhile, also between its look and its write", async () => {
    const { matches: store } = openMemoryStore();
    let appended = false;
    const racing: MatchStore = {
      ...store,
      append: async (records, expected) => {
        if (!appended) await store.append([recordOfMatch(row("m1", { places: [2, 1] }))]);
        appended = true;
        return store.append(records, expected);
      },
    };
    const ledger = await open({ store: racing, strategy: "raise" });
    await expect(ledger.importMatches([row("m1")])).rejects.toMatchObject({ code: "conflict" });
    expect((await store.head()).count).toBe(1);
    expect((await ledger.importMatches([row("m2")])).counters.added).toBe(1);
  });

  test("a dry run says the same and leaves nothing", async () => {
    const ledger = await open();
    const batch = [row("m1"), row("m1", { places: [2, 1] }), row("m2")];
    const dry = await ledger.importMatches(batch, { dryRun: true });
    expect([ledger.revision, ledger.configs()]).toEqual([0, []]);
    expect(await ledger.importMatches(batch)).toEqual(dry);
    expect([ledger.revision, dry.conflictCount, dry.conflicts[0]?.resolution.kind]).toEqual([3, 1, "kept"]);
  });

  test("a store that fails leaves memory as it was", async () => {
    const { matches: store } = openMemoryStore();
    let full = false;
    const failing: MatchStore = { ...store, append: (...args) => (full ? Promise.reject(new Error("the disk is full")) : store.append(...args)) };
    const ledger = await open({ store: failing });
    await ledger.importMatches([row("m1")]);
    const digest = ledger.digest(CONFIG);
    full = true;
    await expect(ledger.importMatches([row("m2")])).rejects.toThrow("full");
    await expect(ledger.add([recordOfMatch(row("m1")), recordOfMatch(row("m2"))])).rejects.toThrow("full");
    expect([ledger.digest(CONFIG), ledger.matches(CONFIG).length]).toEqual([digest, 1]);
    full = false;
    expect(await ledger.add([recordOfMatch(row("m1")), recordOfMatch(row("m2"))])).toEqual({ added: 1, held: 1 });
    expect(ledger.matches(CONFIG).map(({ id }) => id)).toEqual(["m1", "m2"]);
  });
});

describe("conflicts", () => {
  const early = row("m1", { at: NOW - 5000 });
  const late = row("m1", { places: [2, 1] });

  test.each([
    ["skip", null],
    ["raise", null],
    ["first_write_wins", early],
    ["last_write_wins", late],
  ] as const)("%s", async (strategy, winner) => {
    const ledger = await open({ strategy });
    const { counters } = await ledger.importMatches([early, late, row("m2")], { refuseConflicts: false });
    expect(counters).toEqual(winner === null ? { added: 2, skipped: 0, conflicts: 1, resolved: 0 } : { added: 2, skipped: 0, conflicts: 0, resolved: 1 });
    expect(ledger.matches(CONFIG).filter(({ id }) => id === "m1")).toEqual(winner === null ? [] : [winner]);
    const [conflict, ...others] = ledger.conflicts(CONFIG);
    expect(others).toEqual([]);
    expect(conflict!.register.versions.map(({ match }) => match)).toEqual([early, late]);
    expect(ledger.configs()[0]).toMatchObject({ conflicts: 1, records: 3 });
  });

  test("one that is settled by hand keeps its losers, and stays settled on other nodes", async () => {
    const ledger = await open();
    await ledger.importMatches([early, late, row("m2")]);
    const keep = recordOfMatch(early).contentId;
    await expect(ledger.resolve({ matchId: "m1", keep: "f".repeat(32), by: "Ada", reason: "" })).rejects.toMatchObject({ code: "invalid_input", fix: expect.stringContaining(keep) });
    await expect(ledger.resolve({ matchId: "m9", keep, by: "Ada", reason: "" })).rejects.toMatchObject({ code: "not_found" });
    await ledger.resolve({ matchId: "m1", keep, by: "Ada", reason: "the log says so" });
    expect(ledger.conflicts()).toEqual([]);
    expect(ledger.matches(CONFIG)).toEqual([early, row("m2")]);
    expect(ledger.register("m1")?.register).toMatchObject({ versions: [{ match: early }, { match: late }], tombstones: [{ tombstone: { reason: "Ada: the log says so", origin: "here", version: recordOfMatch(late).contentId } }] });
    const other = await open();
    await other.importMatches([row("m2"), late]);
    await other.add([...ledger.index().shelves.get(CONFIG)!.records]);
    expect([other.matches(CONFIG), other.digest(CONFIG)]).toEqual([ledger.matches(CONFIG), ledger.digest(CONFIG)]);
    // Again is no error and writes nothing.
    const { revision } = ledger;
    await ledger.resolve({ matchId: "m1", keep, by: "Ada", reason: "again" });
    expect(ledger.revision).toBe(revision);
  });

  test("versions of one match in two configs: the one that counts is in its own", async () => {
    const ledger = await open();
    await ledger.importMatches([early, row("m1", { board: "hex8" })]);
    expect([ledger.matches(CONFIG), ledger.matches("hex8_2p").map(({ id }) => id)]).toEqual([[], ["m1"]]);
    expect([ledger.conflicts(CONFIG).length, ledger.conflicts("hex8_2p").length, ledger.conflicts("x").length]).toEqual([1, 1, 0]);
  });
});

test("a purge takes out what is held and what comes later, and says so when it was done before", async () => {
  const ledger = await open();
  await ledger.importMatches([row("m1"), row("m2"), row("m3", { players: ["ann", "eve"] })]);
  await expect(ledger.purge({ matchIds: ["m1", "zz"], by: "Ada", reason: "x" })).rejects.toMatchObject({ code: "not_found", message: expect.stringContaining("zz") });
  expect(ledger.revision).toBe(3);
  await expect(ledger.purge({ matchIds: ["m1"], by: "Ada", reason: "x".repeat(300) })).rejects.toMatchObject({ code: "invalid_input" });
  expect(await ledger.purge({ matchIds: ["m1", "m3"], by: "Ada", reason: "a cheat" })).toEqual({ purged: 2, known: 0 });
  expect(await ledger.purge({ matchIds: ["m1", "m1", "m2"], by: "Ada", reason: "a cheat" })).toEqual({ purged: 1, known: 2 });
  await ledger.importMatches([row("m1", { length: 3 })]);
  expect([ledger.matches(CONFIG), ledger.configs()[0]?.participants, ledger.conflicts()]).toEqual([[], 0, []]);
  expect(ledger.register("m1")?.resolution).toMatchObject({ kind: "purged", versions: [{ length: 40 }, { length: 3 }] });
});

describe("ratings", () => {
  test("follow matches as they come, with the bits of a fit of all of them", async () => {
    const ledger = await open();
    const players = ["ann", "bob", "cat", "dan"];
    const all = Array.from({ length: 200 }, (_, i) => row(`m${i}`, { players: [players[i % 4]!, players[(i * 7 + 1 + (i % 3)) % 4]!], places: i % 5 === 0 ? [1, 1] : i % 3 === 0 ? [2, 1] : [1, 2], at: NOW - 1_000_000 + ((i * 37) % 200) * 1000 })).filter(({ players: [a, b] }) => a !== b);
    for (let from = 0; from < all.length; from += 23) {
      await ledger.importMatches(all.slice(from, from + 23));
      const expected = countMatches(all.slice(0, from + 23));
      expect(ledger.counts(CONFIG)).toEqual(expected);
      expect(ratingsDigest(ledger.fit(CONFIG))).toBe(ratingsDigest(fitRatings(expected)));
      expect(ledger.fit(CONFIG)).toBe(ledger.fit(CONFIG));
      expect(ledger.elo(CONFIG)).toEqual(serviceElo(ledger.matches(CONFIG)));
      expect(ledger.matches(CONFIG).map(({ at }) => at)).toEqual(ledger.matches(CONFIG).map(({ at }) => at).toSorted((a, b) => a - b));
    }
    await ledger.purge({ matchIds: [all[3]!.id], by: "Ada", reason: "a cheat" });
    const left = all.filter((match) => match !== all[3]);
    expect(ledger.counts(CONFIG)).toEqual(countMatches(left));
    expect(ratingsDigest(ledger.fit(CONFIG))).toBe(ratingsDigest(fitRatings(countMatches(left))));
    expect(ledger.elo(CONFIG)).toEqual(serviceElo(ledger.matches(CONFIG)));
  });

  test("where more than two are rated in a match, Elo is the tournament calculator's", async () => {
    const ledger = await open();
    const board = "hex8_4p";
    const four = (id: string, some: Partial<Match>): Match => row(id, { board: "hex8", numPlayers: 4, ...some });
    await ledger.importMatches([four("m1", {}), four("m2", { at: NOW - 900 })]);
    expect(ledger.elo(board)).toEqual(serviceElo(ledger.matches(board)));
    await ledger.importMatches([four("m3", { players: ["ann", "bob", "cat"], places: [2, 1, 1], at: NOW - 800 })]);
    expect(ledger.elo(board)).toEqual(tournamentElo(ledger.matches(board)));
    await ledger.importMatches([four("m4", { players: ["ann", "dan", "cat"], places: [1, 2, 3], at: NOW - 700 }), four("m0", { at: NOW - 950 })]);
    expect(ledger.elo(board)).toEqual(tournamentElo(ledger.matches(board)));
    await ledger.purge({ matchIds: ["m3", "m4"], by: "Ada", reason: "x" });
    expect(ledger.elo(board)).toEqual(serviceElo(ledger.matches(board)));
  });

  test("anchors hold where they have matches", async () => {
    const ledger = await open({ anchors: new Map([["bob", 1000], ["nobody", 3]]) });
    await ledger.importMatches([row("m1"), row("m2", { places: [2, 1] }), row("m3")]);
    const { participants, elo, anchored } = ledger.fit(CONFIG);
    expect([participants, anchored[1], Math.round(elo[1]!), elo[0]! > 1000]).toEqual([["ann", "bob"], 1, 1000, true]);
    await ledger.importMatches([row("m4", { players: ["nobody", "bob"] }), row("m5", { players: ["bob", "nobody"] })]);
    expect(ledger.fit(CONFIG).anchored).toEqual(Uint8Array.of(0, 1, 1));
  });

  test("a config without matches has none, and no ratings", async () => {
    const ledger = await open();
    expect([ledger.matches("x_2p"), ledger.counts("x_2p").participants, ledger.elo("x_2p"), ledger.fit("x_2p").participants, ledger.conflicts("x_2p"), ledger.register("m")]).toEqual([[], [], [], [], [], null]);
    expect(ledger.digest("x_2p")).toBe("0".repeat(32));
  });
});

test("two ledgers on one store follow each other, in every order of their writes", async () => {
  const { matches: store } = openMemoryStore();
  const [a, b] = [await open({ store }), await open({ store })];
  await Promise.all([a.importMatches([row("m1"), row("m2")]), b.importMatches([row("m2"), row("m3")]), a.importMatches([row("m4")]), b.purge({ matchIds: ["m2"], by: "Ada", reason: "x" })]);
  await a.refresh();
  await b.refresh();
  expect(a.matches(CONFIG)).toEqual(b.matches(CONFIG));
  expect([a.digest(CONFIG), a.revision]).toEqual([b.digest(CONFIG), 5]);
  expect((await open({ store })).digest(CONFIG)).toBe(a.digest(CONFIG));
});

test("a node's name must be one that can be sent", async () => {
  await expect(openMatchLedger({ store: openMemoryStore().matches, node: "a\nb", strategy: "skip", clock: { now: () => NOW } })).rejects.toMatchObject({ code: "invalid_input", message: expect.stringContaining("node") });
});
