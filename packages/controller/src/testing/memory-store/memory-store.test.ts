import { expect, test } from "vitest";
import type { Store } from "../../ports/store.ts";
import { cell, MODEL, writes } from "../store-conformance/sample.ts";
import { storeConformance } from "../store-conformance/store-conformance.ts";
import { emptyMemory } from "./memory.ts";
import { openMemoryStore } from "./open-memory-store.ts";

storeConformance("the memory store", async () => {
  const memory = emptyMemory();
  const open: Store[] = [];
  const openOne = async (): Promise<Store> => {
    const store = openMemoryStore(memory);
    open.push(store);
    return store;
  };
  return {
    store: await openOne(),
    reopen: async () => {
      await open.at(-1)?.close();
      return openOne();
    },
    another: openOne,
    close: async () => {
      for (const store of open) await store.close();
    },
  };
});

test("what the memory store gave out can't be changed by its reader, nor by its writer", async () => {
  const store = openMemoryStore();
  const written = { model: MODEL, epoch: 1, seed: "s", arms: [{ slot: "a", version: "1", ranges: [{ from: 0, to: 1 }] }], shadow: false };
  await store.allocations.put(written);
  written.arms.length = 0;
  const arms = (await store.allocations.get(MODEL))?.arms as unknown[];
  expect(arms).toHaveLength(1);
  expect(() => arms.push("x")).toThrow(TypeError);
  const statistic = { kind: "count" as const, n: 1 };
  await store.evidence.fold({ model: MODEL, batchId: "b", digest: "d", at: 0, requestIds: [] }, () => writes({ cells: [cell({ statistic })] }));
  statistic.n = 99;
  expect(await store.evidence.cells({ model: MODEL, epoch: 1, from: 0, to: 1 })).toEqual([cell({})]);
});
