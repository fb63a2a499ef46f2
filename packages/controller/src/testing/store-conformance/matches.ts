import { recordOfMatch, recordOfTombstone } from "@gauntlet/core";
import type { LedgerRecord, Match } from "@gauntlet/core";
import { describe, expect, test } from "vitest";
import type { MatchStore } from "../../ports/match-store.ts";
import type { StoreCheck } from "./harness.ts";

/** A match store under test, empty at first; as a whole store's harness. */
export interface MatchStoreHarness {
  readonly store: MatchStore;
  reopen(): Promise<MatchStore>;
  readonly another: (() => Promise<MatchStore>) | null;
  close(): Promise<void>;
}

/** What every match store must do: each sentence of the port's contract. */
export function matchStoreConformance(name: string, open: () => Promise<MatchStoreHarness>): void {
  describe(name, () => {
    test.each(Object.entries(CHECKS))("%s", async (_, check) => {
      const harness = await open();
      try {
        await check(harness);
      } finally {
        await harness.close();
      }
    });
  });
}

function match(id: string, some: Partial<Match> = {}): LedgerRecord {
  return recordOfMatch({ id, players: ["ann ✉", 'b"\\{},NULL'], places: [1, 2], board: "square8", numPlayers: 2, length: 40, durationMs: null, at: 1_700_000_000_000, origin: "node a", tournament: null, ...some });
}

function tombstone(matchId: string, version: string | null = null): LedgerRecord {
  return recordOfTombstone({ matchId, version, board: "square8", numPlayers: 2, at: 1_700_000_000_001, origin: "node b", reason: "played “twice” 😀" });
}

/** All of it, page by page. */
async function readAll(store: MatchStore, page = 7): Promise<readonly LedgerRecord[]> {
  const all: LedgerRecord[] = [];
  for (let after = 0; ; ) {
    const rows = await store.read(after, page);
    if (rows.length === 0) return all;
    expect(rows.length).toBeLessThanOrEqual(page);
    for (const { sequence, record } of rows) {
      expect(sequence).toBeGreaterThan(after);
      after = sequence;
      all.push(record);
    }
  }
}

const CHECKS: Readonly<Record<string, (harness: MatchStoreHarness) => Promise<void>>> = {
  "an empty store has a head of 0 and nothing to read": async ({ store: matches }) => {
    expect(await matches.head()).toEqual({ sequence: 0, count: 0 });
    expect(await matches.read(0, 10)).toEqual([]);
    expect(await matches.held("m")).toEqual([]);
    expect(await matches.append([])).toEqual({ before: 0, sequence: 0, added: 0 });
  },
  "records read back as they were, in their order, also after a restart": async (harness) => {
    const records = [match("1"), match("2", { players: ["a", "b", "c"], places: [1, 1, 2], numPlayers: 4, length: null, durationMs: 0, tournament: "t" }), tombstone("1"), match("1", { at: 5 }), tombstone("1", match("1").contentId)];
    const { added, before, sequence } = await harness.store.append(records);
    expect([added, before, sequence > 0]).toEqual([5, 0, true]);
    const matches = await harness.reopen();
    expect(await readAll(matches)).toEqual(records);
    expect(await readAll(matches, 2)).toEqual(records);
    expect(await matches.held("1")).toEqual([records[0], records[2], records[3], records[4]]);
    expect(await matches.held("3")).toEqual([]);
    expect(await matches.head()).toEqual({ sequence, count: 5 });
    expect(await matches.read(sequence, 10)).toEqual([]);
  },
  "what is held already, or comes twice in a batch, is there once": async ({ store: matches }) => {
    await matches.append([match("1"), match("2")]);
    const { added } = await matches.append([match("3"), match("2"), match("3"), match("4"), match("1")]);
    expect(added).toBe(2);
    expect(await readAll(matches)).toEqual([match("1"), match("2"), match("3"), match("4")]);
    const head = await matches.head();
    expect(await matches.append([match("4")])).toEqual({ before: head.sequence, sequence: head.sequence, added: 0 });
    expect((await matches.head()).count).toBe(4);
  },
  "an append that expects another head writes nothing": async ({ store: matches }) => {
    const { sequence } = await matches.append([match("1")], 0);
    await expect(matches.append([match("2")], 0)).rejects.toMatchObject({ code: "ledger_conflict" });
    expect((await matches.head()).count).toBe(1);
    expect((await matches.append([match("2")], sequence)).added).toBe(1);
  },
  "thousands of records at once": async (harness) => {
    const records = Array.from({ length: 6001 }, (_, index) => index % 6000).map((n) => match(`m-${n}`, { at: 1_600_000_000_000 + n, origin: `node ${n % 3}`, players: [`p${n % 7}`, "q"] }));
    expect((await harness.store.append(records)).added).toBe(6000);
    expect(await readAll(await harness.reopen(), 1000)).toEqual(records.slice(0, 6000));
  },
  "who follows one store while others append misses nothing and sees nothing twice": async (harness) => {
    const stores = [harness.store, harness.another === null ? harness.store : await harness.another()] as const;
    const followed: LedgerRecord[] = [];
    let done = false;
    const follow = async (): Promise<void> => {
      for (let after = 0, last = false; !last; ) {
        last = done;
        const rows = await stores[1].read(after, 5);
        if (rows.length > 0) last = false;
        for (const { sequence, record } of rows) {
          after = sequence;
          followed.push(record);
        }
        await new Promise(setImmediate);
      }
    };
    const following = follow();
    await Promise.all(Array.from({ length: 40 }, (_, index) => stores[index % 2]!.append([match(`${index}`), match(`${index + 1}`), match("shared")])));
    done = true;
    await following;
    expect(followed.map(({ contentId }) => contentId).toSorted()).toEqual([...Array.from({ length: 41 }, (_, index) => match(`${index}`)), match("shared")].map(({ contentId }) => contentId).toSorted());
    expect(await readAll(stores[0])).toEqual(followed);
  },
};

export const matchChecks: Readonly<Record<string, StoreCheck>> = Object.fromEntries(
  Object.entries(CHECKS).map(([name, check]) => [
    name,
    ({ store, reopen, another, close }) => check({ store: store.matches, reopen: async () => (await reopen()).matches, another: another === null ? null : async () => (await another()).matches, close }),
  ]),
);
