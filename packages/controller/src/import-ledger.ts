import { digestOf, emptyState, Failure, project, ROOT_CHAIN, verifyChain, type ChainPosition, type LedgerEntry, type ModelState } from "@gauntlet/core";

import { readChain } from "./find-decision.ts";
import type { AppendRequest } from "./ports/ledger-store.ts";
import type { Store } from "./ports/store.ts";

export interface ImportedLedger {
  readonly chains: number;
  /** Entries that were new here. */
  readonly added: number;
  /** Entries that were here already, the same byte for byte. */
  readonly known: number;
}

/**
 * Takes in chains as an export wrote them, one entry a line. A chain that is here already must be the beginning of the
 * imported one, or the other way round. Everything is checked before anything is written.
 * @throws Failure `ledger_corrupt` (a line that is no entry, a chain that does not verify) or `ledger_conflict` (another
 * history of the same model), naming the line; then nothing has changed.
 */
export async function importLedger(store: Pick<Store, "ledger">, lines: readonly string[]): Promise<ImportedLedger> {
  const chains = chainsOf(lines);
  checkRoots(chains);
  const writes: AppendRequest[] = [];
  let known = 0;
  for (const chain of chains.values()) {
    const fresh = await unknownPart(store, chain);
    known += chain.length - fresh.length;
    writes.push(...appendOf(chain, fresh));
  }
  for (const write of writes) await store.ledger.append(write);
  return { chains: chains.size, added: writes.reduce((sum, write) => sum + write.entries.length, 0), known };
}

interface Line {
  readonly number: number;
  readonly entry: LedgerEntry;
}

/** Entries by chain, each verified against the one before it. */
function chainsOf(lines: readonly string[]): ReadonlyMap<string, Line[]> {
  const chains = new Map<string, Line[]>();
  const positions = new Map<string, ChainPosition>();
  for (const [index, text] of lines.entries()) {
    if (text.trim() === "") continue;
    const line = { number: index + 1, entry: parseEntry(text, index + 1) };
    const { chain } = line.entry;
    const { broken, head } = verifyChain([line.entry], positions.get(chain) ?? null);
    if (broken !== null || head === null) throw corrupt(line.number, `entry ${line.entry.seq} of ${chain}: ${broken?.detail ?? "no entry"}`);
    positions.set(chain, head);
    const known = chains.get(chain);
    if (known === undefined) chains.set(chain, [line]);
    else known.push(line);
  }
  return chains;
}

function parseEntry(text: string, number: number): LedgerEntry {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw corrupt(number, `it is not JSON: ${(cause as Error).message}`);
  }
  if (!isEntry(value)) throw corrupt(number, "it is no ledger entry: chain, seq, at, prev, hash and event are needed");
  return value;
}

function isEntry(value: unknown): value is LedgerEntry {
  if (typeof value !== "object" || value === null) return false;
  const { chain, seq, at, prev, hash, event } = value as Record<string, unknown>;
  const isEvent = typeof event === "object" && event !== null && "kind" in event;
  return typeof chain === "string" && chain !== "" && Number.isSafeInteger(seq) && Number.isSafeInteger(at) && typeof prev === "string" && typeof hash === "string" && isEvent;
}

/** A root entry covers chains of the same export, so an export that was cut short shows. */
function checkRoots(chains: ReadonlyMap<string, readonly Line[]>): void {
  for (const { number, entry } of chains.get(ROOT_CHAIN) ?? []) {
    if (entry.event.kind !== "root") continue;
    for (const [chain, covered] of Object.entries(entry.event.heads)) {
      if (chains.get(chain)?.[covered.seq - 1]?.entry.hash !== covered.hash) throw corrupt(number, `this root entry covers entry ${covered.seq} of ${chain}, which is missing or another one`);
    }
  }
}

/** The lines that are not here yet. */
async function unknownPart(store: Pick<Store, "ledger">, lines: readonly Line[]): Promise<readonly Line[]> {
  const chain = lines[0]?.entry.chain ?? "";
  let matched = 0;
  for await (const stored of readChain(store, chain)) {
    const line = lines[matched];
    if (line === undefined) return [];
    if (line.entry.hash !== stored.hash || digestOf(line.entry) !== digestOf(stored)) {
      throw new Failure("ledger_conflict", `line ${line.number}: entry ${stored.seq} of ${chain} is another one here`, { fix: "import into an empty data directory: two histories of one model can't be merged; nothing was changed" });
    }
    matched += 1;
  }
  return lines.slice(matched);
}

/** One transaction for each chain that has something new. */
function appendOf(lines: readonly Line[], fresh: readonly Line[]): readonly AppendRequest[] {
  const [first] = fresh;
  if (first === undefined) return [];
  const { chain, seq, prev } = first.entry;
  return [{ chain, expect: { seq: seq - 1, hash: prev }, fence: null, entries: fresh.map((line) => line.entry), state: chain === ROOT_CHAIN ? null : stateAfter(chain, lines) }];
}

function stateAfter(chain: string, lines: readonly Line[]): ModelState {
  let state = emptyState(chain);
  for (const { number, entry } of lines) {
    try {
      state = project(state, entry);
    } catch (error) {
      throw corrupt(number, error instanceof Error ? error.message : String(error));
    }
  }
  return state;
}

function corrupt(line: number, detail: string): Failure {
  return new Failure("ledger_corrupt", `line ${line}: ${detail}`, { fix: "take an export that is whole; nothing was changed" });
}
