import { expect } from "vitest";
import type { StoreCheck } from "./harness.ts";
import { batch, cell, MODEL, writes } from "./sample.ts";

export const lifecycleChecks: Readonly<Record<string, StoreCheck>> = {
  "it says what it is": async ({ store }) => {
    for (const text of Object.values(store.description)) expect(text).not.toBe("");
    expect(Object.keys(store.description).toSorted()).toEqual(["adapter", "location", "version"]);
  },
  "folds that wait when it is closed are stored": async (harness) => {
    const folds = Array.from({ length: 200 }, (_, index) => harness.store.evidence.fold(batch(`b${index}`), () => writes({ cells: [cell({})] })));
    const store = await harness.reopen();
    expect((await Promise.all(folds)).every(({ folded }) => folded)).toBe(true);
    expect(await store.evidence.cells({ model: MODEL, epoch: 1, from: 0, to: 1 })).toEqual([cell({ statistic: { kind: "count", n: 200 } })]);
  },
  "after closing, every call is refused; closing again does nothing": async ({ store }) => {
    await store.close();
    await store.close();
    const calls = [
      () => store.evidence.fold(batch("b1"), () => writes({})),
      () => store.evidence.cells({ model: MODEL, epoch: 1, from: 0, to: 1 }),
      () => store.ledger.heads(),
      () => store.leases.acquire({ name: "l", holder: "h", now: 1, ttlMs: 1 }),
      () => store.allocations.list(),
      () => store.idempotency.abandon("k"),
      () => store.tokens.list(),
      () => store.experiments.list(),
      () => store.matches.head(),
      () => store.sync.peers(),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "store_unavailable" });
  },
};
