import { replayEntry, ROOT_CHAIN, verifyChain, type ChainBreak, type ChainPosition, type LedgerEntry, type Replay } from "@gauntlet/core";

import { readChain } from "./find-decision.ts";
import type { ChainHead } from "./ports/ledger-store.ts";
import type { Store } from "./ports/store.ts";

export interface Verification {
  readonly status: "verified" | "broken";
  readonly chains: readonly { readonly chain: string; readonly entries: number; readonly head: string }[];
  readonly breaks: readonly ChainBreak[];
}

/** Verifies every chain from its first entry, and that the stored heads and the root entries agree with them (I10). */
export async function verifyLedger(store: Pick<Store, "ledger">): Promise<Verification> {
  const chains: { chain: string; entries: number; head: string }[] = [];
  const breaks: ChainBreak[] = [];
  for (const stored of await store.ledger.heads()) {
    const { broken, head } = await verifyStored(store, stored);
    if (broken !== null) breaks.push(broken);
    chains.push({ chain: stored.chain, entries: head?.seq ?? 0, head: head?.hash ?? "" });
  }
  breaks.push(...(await rootBreaks(store)));
  return { status: breaks.length === 0 ? "verified" : "broken", chains, breaks };
}

/** One chain against its head. Entries may be appended while it is read; what counts is the one that the head named. */
async function verifyStored(store: Pick<Store, "ledger">, stored: ChainHead): Promise<{ readonly broken: ChainBreak | null; readonly head: ChainPosition | null }> {
  let head: ChainPosition | null = null;
  let named: string | null = null;
  for await (const entry of readChain(store, stored.chain)) {
    const checked = verifyChain([entry], head);
    if (checked.broken !== null) return { broken: checked.broken, head };
    head = checked.head;
    if (entry.seq === stored.seq) named = entry.hash;
  }
  const end = head?.seq ?? 0;
  const now = end === stored.seq ? stored.seq : ((await store.ledger.head(stored.chain))?.seq ?? 0);
  if (named === stored.hash && end <= now) return { broken: null, head };
  return { broken: { chain: stored.chain, seq: stored.seq, detail: `the chain ends at entry ${end}, but its head says ${now}: entries are missing, or were added beside the head` }, head };
}

/** The newest root entry names an entry of every chain; each must still be there, with the same hash. */
async function rootBreaks(store: Pick<Store, "ledger">): Promise<readonly ChainBreak[]> {
  let newest: LedgerEntry | null = null;
  for await (const entry of readChain(store, ROOT_CHAIN)) newest = entry;
  if (newest?.event.kind !== "root") return [];
  const breaks: ChainBreak[] = [];
  for (const [chain, covered] of Object.entries(newest.event.heads)) {
    const [entry] = await store.ledger.read(chain, covered.seq - 1, 1);
    if (entry?.hash !== covered.hash) breaks.push({ chain, seq: covered.seq, detail: `root entry ${newest.seq} covers another entry ${covered.seq} than the chain has` });
  }
  return breaks;
}

/** Derives decisions again from their entries; all of a chain, or of all chains. */
export async function* replayLedger(store: Pick<Store, "ledger">, chain: string | null): AsyncGenerator<Replay> {
  const chains = chain === null ? (await store.ledger.heads()).map((head) => head.chain) : [chain];
  for (const name of chains) {
    for await (const entry of readChain(store, name)) {
      const replay = replayEntry(entry);
      if (replay !== null) yield replay;
    }
  }
}
