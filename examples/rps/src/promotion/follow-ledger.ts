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

async function followChain(of: Chain): Promise<void> {
  const { store, readChain, chain, modelType } = of;
  let mark = await store.mark(chain);
  if (mark !== null && !(await isSameChain(readChain, mark))) {
    // A restored or new ledger: what was copied from the old one is not in it.
    await store.forget(chain);
    mark = null;
  }
  let events: PromotionEvent[] = [];
  let read = 0;
  let newest: ChainMark | null = null;
  const writeDown = async (): Promise<void> => {
    if (newest !== null) await store.follow(newest, events);
    [events, read, newest] = [[], 0, null];
  };
  for await (const entry of readChain(chain, mark?.seq ?? 0)) {
    const event = decidedEvent(modelType, entry);
    if (event !== null) events.push(event);
    newest = { chain, seq: entry.seq, hash: entry.hash };
    read += 1;
    if (read >= BATCH) await writeDown();
  }
  await writeDown();
}

/** Whether the entry that was read last is still there, with the same hash. */
async function isSameChain(readChain: ReadChain, { chain, seq, hash }: ChainMark): Promise<boolean> {
  for await (const entry of readChain(chain, Math.max(0, seq - 1))) if (entry.seq >= seq) return entry.seq === seq && entry.hash === hash;
  return false;
}
