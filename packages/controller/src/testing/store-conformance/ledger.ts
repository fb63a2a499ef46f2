import type { LedgerEntry, LedgerEvent, ModelState } from "@gauntlet/core";
import { expect } from "vitest";
import type { AppendRequest } from "../../ports/ledger-store.ts";
import type { Store } from "../../ports/store.ts";
import { twoStores } from "./harness.ts";
import type { StoreCheck } from "./harness.ts";

const CHAIN = "mail/spam ✉";
const EMPTY = { seq: 0, hash: "0".repeat(64) };

function entry(seq: number, some: { readonly chain?: string; readonly writer?: string; readonly event?: LedgerEvent } = {}): LedgerEntry {
  const { chain = CHAIN, writer = "a", event = { kind: "resume", by: "Ada", reason: `entry ${seq} “ünïcode” 😀 \u2028 \\ ' "` } } = some;
  const hash = (at: number) => (at === 0 ? EMPTY.hash : `${writer}${at}`.padEnd(64, "e"));
  return { chain, seq, at: 1_700_000_000_000 + seq, prev: hash(seq - 1), hash: hash(seq), event };
}

/** A store keeps whatever the state is; only the decision's id means something to it. */
function state(seq: number, decisionId: string | null = null): ModelState {
  const decision = decisionId === null ? null : { id: decisionId, seq, verdict: "hold" };
  return { model: CHAIN, seq, hash: entry(seq).hash, rollouts: 1, decision, approvals: [], hold: null } as unknown as ModelState;
}

function append(seqs: readonly number[], some: Partial<AppendRequest> = {}): AppendRequest {
  const entries = seqs.map((seq) => entry(seq));
  const first = seqs[0] ?? 1;
  const expected = first === 1 ? EMPTY : { seq: first - 1, hash: entry(first - 1).hash };
  return { chain: CHAIN, expect: expected, fence: null, entries, state: state(seqs.at(-1) ?? 0), ...some };
}

async function rejection(store: Store, request: AppendRequest, code: string): Promise<void> {
  const before = [await store.ledger.heads(), await store.ledger.read(request.chain, 0, 1_000)];
  await expect(store.ledger.append(request)).rejects.toMatchObject({ code });
  expect([await store.ledger.heads(), await store.ledger.read(request.chain, 0, 1_000)]).toEqual(before);
}

const appendChecks: Readonly<Record<string, StoreCheck>> = {
  "a chain that was never written has no head and no entries": async ({ store }) => {
    expect(await store.ledger.head(CHAIN)).toBeNull();
    expect(await store.ledger.read(CHAIN, 0, 10)).toEqual([]);
    expect(await store.ledger.heads()).toEqual([]);
  },
  "entries and state are written together and read back as they were, also after a restart": async (harness) => {
    await harness.store.ledger.append(append([1, 2]));
    await harness.store.ledger.append(append([3]));
    const expected = { chain: CHAIN, seq: 3, hash: entry(3).hash, state: state(3), confirmedAt: null };
    expect(await harness.store.ledger.head(CHAIN)).toEqual(expected);
    const store = await harness.reopen();
    expect(await store.ledger.head(CHAIN)).toEqual(expected);
    expect(await store.ledger.read(CHAIN, 0, 10)).toEqual([entry(1), entry(2), entry(3)]);
  },
  "an entry of a megabyte is kept": async ({ store }) => {
    const large = entry(1, { event: { kind: "resume", by: "Ada", reason: `${"é".repeat(1_000_000)}!` } });
    await store.ledger.append(append([1], { entries: [large] }));
    expect(await store.ledger.read(CHAIN, 0, 1)).toEqual([large]);
  },
  "the root chain has no state": async ({ store }) => {
    const root = entry(1, { chain: "$root", event: { kind: "root", heads: { [CHAIN]: { seq: 1, hash: "h" } } } });
    await store.ledger.append({ chain: "$root", expect: EMPTY, fence: null, entries: [root], state: null });
    expect(await store.ledger.head("$root")).toEqual({ chain: "$root", seq: 1, hash: root.hash, state: null, confirmedAt: null });
  },
  "an append that expects another head is refused and writes nothing": async ({ store }) => {
    await rejection(store, append([2]), "ledger_conflict");
    await store.ledger.append(append([1, 2]));
    await rejection(store, append([1]), "ledger_conflict");
    await rejection(store, append([2]), "ledger_conflict");
    await rejection(store, append([4]), "ledger_conflict");
    await rejection(store, append([3], { expect: { seq: 2, hash: "f".repeat(64) } }), "ledger_conflict");
  },
  "entries that do not follow one another are refused": async ({ store }) => {
    await rejection(store, append([1, 3]), "internal");
    await rejection(store, append([], { expect: EMPTY }), "internal");
    await rejection(store, append([1], { entries: [entry(1, { chain: "fraud" })] }), "internal");
    await rejection(store, append([1, 2], { entries: [entry(1), entry(2, { writer: "b" })] }), "internal");
  },
  "of concurrent appends to one chain exactly one wins": async (harness) => {
    const stores = await twoStores(harness);
    for (const seq of [1, 2, 3]) {
      const results = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => (stores[index % 2] as Store).ledger.append(append([seq], { state: state(seq, `writer ${index}`) }))));
      const winners = results.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
      expect(winners).toHaveLength(1);
      for (const result of results) if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "ledger_conflict" });
      expect((await stores[0].ledger.head(CHAIN))?.state?.decision?.id).toBe(`writer ${winners[0]}`);
    }
    expect(await stores[1].ledger.read(CHAIN, 0, 10)).toEqual([entry(1), entry(2), entry(3)]);
  },
  "chains do not hinder one another": async (harness) => {
    const stores = await twoStores(harness);
    const names = Array.from({ length: 10 }, (_, index) => `model ${index}`);
    await Promise.all(names.map((chain, index) => (stores[index % 2] as Store).ledger.append(append([1], { chain, entries: [entry(1, { chain })] }))));
    expect((await stores[0].ledger.heads()).map(({ chain }) => chain)).toEqual(names);
  },
};

const fenceChecks: Readonly<Record<string, StoreCheck>> = {
  "an append with the lease's present token passes": async ({ store }) => {
    const lease = await store.leases.acquire({ name: "controller", holder: "a", now: 0, ttlMs: 10 });
    await store.ledger.append(append([1], { fence: { lease: "controller", token: lease?.token ?? -1 } }));
    // Expired, but nobody took it: the store has no clock of its own.
    await store.ledger.append(append([2], { fence: { lease: "controller", token: lease?.token ?? -1 } }));
    expect((await store.ledger.head(CHAIN))?.seq).toBe(2);
  },
  "an append with an old, unknown or returned lease is fenced and writes nothing": async ({ store }) => {
    await rejection(store, append([1], { fence: { lease: "controller", token: 1 } }), "fenced");
    const slept = await store.leases.acquire({ name: "controller", holder: "a", now: 0, ttlMs: 10 });
    const leader = await store.leases.acquire({ name: "controller", holder: "b", now: 10, ttlMs: 10 });
    await rejection(store, append([1], { fence: { lease: "controller", token: slept?.token ?? -1 } }), "fenced");
    await store.ledger.append(append([1], { fence: { lease: "controller", token: leader?.token ?? -1 } }));
    if (leader !== null) await store.leases.release(leader);
    await rejection(store, append([2], { fence: { lease: "controller", token: leader?.token ?? -1 } }), "fenced");
  },
};

const readChecks: Readonly<Record<string, StoreCheck>> = {
  "reading pages through a chain in order": async ({ store }) => {
    const seqs = Array.from({ length: 25 }, (_, index) => index + 1);
    await store.ledger.append(append(seqs));
    await store.ledger.append(append([1], { chain: "other", entries: [entry(1, { chain: "other" })] }));
    const read: number[] = [];
    for (let after = 0; ; ) {
      const page = await store.ledger.read(CHAIN, after, 10);
      if (page.length === 0) break;
      expect(page.length).toBeLessThanOrEqual(10);
      read.push(...page.map(({ seq }) => seq));
      after = read.at(-1) ?? 0;
    }
    expect(read).toEqual(seqs);
    expect(await store.ledger.read(CHAIN, 23, 10)).toEqual([entry(24), entry(25)]);
    expect(await store.ledger.read(CHAIN, 25, 10)).toEqual([]);
    expect(await store.ledger.read(CHAIN, 0, 0)).toEqual([]);
  },
  "heads lists every chain by name": async ({ store }) => {
    for (const chain of ["ﬀ", "b", "$root", "a", "😀", "B"]) await store.ledger.append(append([1], { chain, entries: [entry(1, { chain })] }));
    expect((await store.ledger.heads()).map(({ chain }) => chain)).toEqual(["$root", "B", "a", "b", "😀", "ﬀ"]);
  },
  "confirm moves the mark and writes no entry; further entries of that decision keep it": async (harness) => {
    const { store } = harness;
    await store.ledger.append(append([1], { state: state(1, "d1") }));
    await store.ledger.confirm(CHAIN, 500);
    await store.ledger.confirm(CHAIN, 700);
    expect(await store.ledger.head(CHAIN)).toMatchObject({ seq: 1, confirmedAt: 700 });
    await store.ledger.append(append([2], { state: state(2, "d1") }));
    expect(await (await harness.reopen()).ledger.head(CHAIN)).toMatchObject({ seq: 2, confirmedAt: 700 });
  },
  "a new decision clears the mark": async ({ store }) => {
    await store.ledger.append(append([1], { state: state(1, "d1") }));
    await store.ledger.confirm(CHAIN, 500);
    await store.ledger.append(append([2], { state: state(2, "d2") }));
    expect((await store.ledger.head(CHAIN))?.confirmedAt).toBeNull();
  },
  "confirming a chain that does not exist is an error": async ({ store }) => {
    await expect(store.ledger.confirm(CHAIN, 1)).rejects.toMatchObject({ code: "not_found" });
    expect(await store.ledger.head(CHAIN)).toBeNull();
  },
};

export const ledgerChecks: Readonly<Record<string, StoreCheck>> = { ...appendChecks, ...fenceChecks, ...readChecks };
