import { sealEntry, type LedgerEntry, type LedgerEvent } from "@gauntlet/core";
import { expect, test } from "vitest";

import { importLedger } from "./import-ledger.ts";
import { readChain } from "./find-decision.ts";
import { openMemoryStore } from "./testing/index.ts";

const EVENTS: readonly LedgerEvent[] = [
  { kind: "hold", hold: { by: "ann", at: 1, reason: "wait" } },
  { kind: "resume", by: "ann", reason: "go" },
  { kind: "hold", hold: { by: "bob", at: 3, reason: "wait again" } },
];

function chainOf(chain: string, events: readonly LedgerEvent[]): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const [index, event] of events.entries()) entries.push(sealEntry(entries.at(-1) ?? null, { chain, at: index + 1, event }));
  return entries;
}

const fraud = chainOf("fraud", EVENTS);
const spam = chainOf("spam", EVENTS.slice(0, 1));
const root = chainOf("$root", [{ kind: "root", heads: { fraud: { seq: 3, hash: fraud[2]?.hash ?? "" }, spam: { seq: 1, hash: spam[0]?.hash ?? "" } } }]);
const LINES = [...fraud, ...spam, ...root].map((entry) => JSON.stringify(entry));

test("an export is taken in whole, with the state it leads to; taken in again it changes nothing", async () => {
  const store = openMemoryStore();
  expect(await importLedger(store, [...LINES, ""])).toEqual({ chains: 3, added: 5, known: 0 });
  expect((await store.ledger.head("fraud"))?.state?.hold?.by).toBe("bob");
  const read: LedgerEntry[] = [];
  for await (const entry of readChain(store, "fraud")) read.push(entry);
  expect(read).toEqual(fraud);
  expect(await importLedger(store, LINES)).toEqual({ chains: 3, added: 0, known: 5 });
});

test("a longer export goes on where the chain stands, a shorter one adds nothing", async () => {
  const store = openMemoryStore();
  await importLedger(store, LINES.slice(0, 2));
  expect(await importLedger(store, LINES.slice(0, 3))).toEqual({ chains: 1, added: 1, known: 2 });
  expect(await importLedger(store, LINES.slice(0, 1))).toEqual({ chains: 1, added: 0, known: 1 });
  expect((await store.ledger.head("fraud"))?.seq).toBe(3);
});

test.each([
  ["a changed byte", LINES.with(1, (LINES[1] ?? "").replace("go", "no")), /^line 2: entry 2 of fraud: its content does not match its hash/],
  ["a missing entry", LINES.toSpliced(1, 1), /^line 2: entry 3 of fraud: entry 2 is missing/],
  ["entries in another order", [LINES[1], LINES[0], LINES[2]] as string[], /^line 1: .*entry 1 is missing/],
  ["half a line", LINES.with(2, (LINES[2] ?? "").slice(0, 40)), /^line 3: it is not JSON/],
  ["another thing", LINES.with(3, "{}"), /^line 4: it is no ledger entry/],
  ["an export that was cut short", [...LINES.slice(0, 2), ...LINES.slice(3)], /^line 4: this root entry covers entry 3 of fraud/],
])("%s is refused by its line, and nothing is changed", async (_, lines, message) => {
  const store = openMemoryStore();
  await expect(importLedger(store, lines)).rejects.toMatchObject({ code: "ledger_corrupt", message: expect.stringMatching(message) });
  expect(await store.ledger.heads()).toEqual([]);
});

test("another history of the same model is a conflict, and nothing is changed", async () => {
  const store = openMemoryStore();
  const other = chainOf("fraud", [{ kind: "hold", hold: { by: "eve", at: 1, reason: "other" } }]);
  await importLedger(store, other.map((entry) => JSON.stringify(entry)));
  await expect(importLedger(store, LINES)).rejects.toMatchObject({ code: "ledger_conflict", message: "line 1: entry 1 of fraud is another one here" });
  expect((await store.ledger.heads()).map((head) => head.chain)).toEqual(["fraud"]);
});
