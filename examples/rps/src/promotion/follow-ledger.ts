import { Failure, type LedgerEntry } from "@gauntlet/core";
import type { GauntletClient } from "@gauntlet/client";

import { MODEL_NAMES } from "../serving/slots.ts";
import { decidedEvent } from "./decided-event.ts";
import type { PromotionEvent } from "./promotion-event.ts";
import type { ChainMark, PromotionStore } from "./promotion-store.ts";

/** Entries of the chain of a model after a sequence number, oldest first; none of a model that has no ledger. */
export type ReadChain = (model: string, after: number) => AsyncIterable<LedgerEntry>;

/** Gauntlet's ledger over its HTTP API. */
export function ledgerOf(client: Pick<GauntletClient, "decisions">): ReadChain {
  return async function* (model, after) {
    try {
      yield* client.decisions.ledger(model, { after });
    } catch (error) {
      if (!(error instanceof Failure && error.code === "not_found")) throw error;
    }
  };
}

/** So many entries are written down at a time, so that a long ledger need not fit into memory. */
const BATCH = 500;

/** Reads what the ledgers of all families gained since they were read last. @throws Failure when Gauntlet does not answer */
export async function followLedger(store: PromotionStore, readChain: ReadChain): Promise<void> {
  for (const [modelType, chain] of Object.entries(MODEL_NAMES)) await followChain({ store, readChain, modelType, chain });
}

interface Chain {
  readonly store: PromotionStore;
  readonly readChain: ReadChain;
  readonly modelType: string;
  readonly chain: string;
}

async function followChain({ store, readChain, chain, modelType }: Chain): Promise<void> {
  const mark = await store.mark(chain);
  // The entry that was read last comes first again: it tells whether the chain is still the same.
  let isKnown = mark === null;
  let events: PromotionEvent[] = [];
  let read = 0;
  let newest: ChainMark | null = null;
  const writeDown = async (): Promise<void> => {
    if (newest !== null) await store.follow(newest, events);
    [events, read, newest] = [[], 0, null];
  };
  for await (const entry of readChain(chain, Math.max(0, (mark?.seq ?? 0) - 1))) {
    if (mark !== null && entry.seq < mark.seq) continue;
    if (mark !== null && !isKnown) {
      if (entry.seq !== mark.seq || entry.hash !== mark.hash) break;
      isKnown = true;
      continue;
    }
    const event = decidedEvent(modelType, entry);
    if (event !== null) events.push(event);
    newest = { chain, seq: entry.seq, hash: entry.hash };
    read += 1;
    if (read >= BATCH) await writeDown();
  }
  await writeDown();
  if (isKnown) return;
  // A restored or new ledger: what was copied from the old one is not in it.
  await store.forget(chain);
  await followChain({ store, readChain, chain, modelType });
}
