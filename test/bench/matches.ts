import { openMatchSegments, readMatches } from "@gauntlet/adapters";
import { openMatchLedger, type MatchLedger, type MatchStore } from "@gauntlet/controller";
import { openMemoryStore } from "@gauntlet/controller/testing";
import { recordOfMatch, type LedgerRecord, type Match } from "@gauntlet/core";
import { hash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { bestOf, type BenchRow } from "./row.ts";

const MATCHES = 500_000;
const PARTICIPANTS = 1000;
const NOW = Date.UTC(2026, 0, 31, 12);

/** The ledger of matches: into memory from segments and from files, and onto the disk. */
export async function benchMatches(): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "gauntlet-bench-matches-"));
  try {
    const written = await writtenPerSecond(folder);
    const readAgain = await fromSegments(folder);
    const lines = linesPerSecond(folder);
    return [
      ...written,
      { name: "matches: into memory from segments, ready to be rated", perSecond: readAgain.columns, target: 2e6, baseline: { name: "record by record", perSecond: readAgain.records } },
      { name: "matches: counted from there", perSecond: readAgain.counted, target: null },
      { name: "matches: read from NDJSON, checked, each once", perSecond: lines, target: 700_000, baseline: { name: "into a ledger, with content ids", perSecond: await importedPerSecond() } },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function writtenPerSecond(folder: string): Promise<readonly BenchRow[]> {
  const matches = Array.from({ length: MATCHES }, (_, n) => matchOf(n));
  const records = matches.map((match) => recordOfMatch(match, sha256));
  const target = 500_000;
  const appended = await bestOfThree((round) => withSegments(join(folder, `records-${round}`), (store) => perSecond(MATCHES, () => store.append(records))));
  const named = await bestOfThree((round) => withSegments(join(folder, `matches-${round}`), (store) => perSecond(MATCHES, () => store.append(matches.map((match): LedgerRecord => recordOfMatch(match, sha256))))));
  return [
    { name: "matches: records made durable in segments", perSecond: appended, target },
    { name: "matches: the same, content ids and all", perSecond: named, target },
  ];
}

async function fromSegments(folder: string): Promise<{ readonly columns: number; readonly records: number; readonly counted: number }> {
  const open = (columnsFrom: number) => withSegments(join(folder, "records-0"), (store) => perSecond(MATCHES, () => ledgerOver(store, columnsFrom)), { blockRecordsMin: columnsFrom });
  const columns = await bestOfThree(() => open(1000));
  const records = await open(Infinity);
  const counted = await withSegments(join(folder, "records-0"), async (store) => {
    const ledger = await ledgerOver(store);
    const { config, matches } = ledger.configs()[0]!;
    return perSecond(matches, () => ledger.counts(config));
  });
  return { columns, records, counted };
}

function linesPerSecond(folder: string): number {
  const path = join(folder, "matches.ndjson");
  writeFileSync(path, Array.from({ length: MATCHES }, (_, n) => JSON.stringify(matchOf(n))).join("\n"));
  return bestOf(3, () => {
    const from = performance.now();
    const { matches } = readMatches(path, { now: NOW, origin: "bench" });
    return (matches.length * 1000) / (performance.now() - from);
  });
}

/** From objects, as `JSON.parse` gives them. */
async function importedPerSecond(): Promise<number> {
  const rows = Array.from({ length: 100_000 }, (_, n) => JSON.stringify(matchOf(n)));
  const ledger = await ledgerOver({ ...openMemoryStore().matches, append: async (records) => ({ before: 0, sequence: 0, added: records.length }), read: async () => [] });
  return perSecond(rows.length, () => ledger.importMatches(rows.map((row): unknown => JSON.parse(row))));
}

function ledgerOver(store: MatchStore, columnsFrom = 1000): Promise<MatchLedger> {
  return openMatchLedger({ store, node: "bench", strategy: "last_write_wins", clock: { now: () => NOW }, hash: sha256, columnsFrom });
}

async function withSegments<T>(folder: string, work: (store: MatchStore) => Promise<T>, some: { readonly blockRecordsMin?: number } = {}): Promise<T> {
  const store = await openMatchSegments({ folder, mode: "exclusive", holder: "bench", ...some });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

function sha256(text: string): string {
  return hash("sha256", text, "hex");
}

async function perSecond(count: number, work: () => unknown): Promise<number> {
  const from = performance.now();
  await work();
  return (count * 1000) / (performance.now() - from);
}

async function bestOfThree(measure: (round: number) => Promise<number>): Promise<number> {
  let best = 0;
  for (let round = 0; round < 3; round++) best = Math.max(best, await measure(round));
  return best;
}

function matchOf(n: number): Match {
  const first = (n * 7919) % PARTICIPANTS;
  const second = (first + 1 + ((n * 104_729) % (PARTICIPANTS - 1))) % PARTICIPANTS;
  return { id: `match-${n.toString(36).padStart(8, "0")}`, players: [`player-${first}`, `player-${second}`], places: n % 7 === 0 ? [1, 1] : n % 2 === 0 ? [1, 2] : [2, 1], board: n % 5 === 0 ? "hex8" : "square8", numPlayers: 2, length: 40 + (n % 60), durationMs: 1000 + (n % 9000), at: NOW - (MATCHES - n) * 1000, origin: `node-${n % 3}`, tournament: null };
}
