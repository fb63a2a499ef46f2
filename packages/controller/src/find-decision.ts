import { Failure, ROOT_CHAIN, type LedgerEntry } from "@gauntlet/core";

import type { Store } from "./ports/store.ts";

const PAGE = 200;

/** The ledger entry of a decision of a model. @throws Failure `not_found`. */
export async function findDecision(store: Pick<Store, "ledger">, model: string, decisionId: string): Promise<LedgerEntry> {
  // The newest decision is by far the most wanted, and its place is known.
  const mark = (await store.ledger.head(model))?.state?.decision;
  if (mark?.id === decisionId) {
    const [entry] = await store.ledger.read(model, mark.seq - 1, 1);
    if (entry !== undefined) return entry;
  }
  for await (const entry of readChain(store, model)) {
    if (entry.event.kind === "decision" && entry.event.decision.id === decisionId) return entry;
  }
  throw new Failure("not_found", `${model} has no decision ${decisionId}`, { fix: "list the decisions with `gauntlet ledger list`" });
}

/** The same over all models. */
export async function findDecisionAnywhere(store: Pick<Store, "ledger">, decisionId: string): Promise<LedgerEntry> {
  for (const head of await store.ledger.heads()) {
    if (head.chain === ROOT_CHAIN) continue;
    try {
      return await findDecision(store, head.chain, decisionId);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "not_found") throw error;
    }
  }
  throw new Failure("not_found", `no decision is called ${decisionId}`, { fix: "list the decisions with `gauntlet ledger list`" });
}

/** Every entry of a chain, in order, a page at a time. */
export async function* readChain(store: Pick<Store, "ledger">, chain: string): AsyncGenerator<LedgerEntry> {
  let after = 0;
  for (;;) {
    const page = await store.ledger.read(chain, after, PAGE);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.seq;
  }
}
