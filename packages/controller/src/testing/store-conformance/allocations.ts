import type { Allocation } from "@gauntlet/core";
import { expect } from "vitest";
import type { Store } from "../../ports/store.ts";
import { twoStores } from "./harness.ts";
import type { StoreCheck } from "./harness.ts";

function allocation(epoch: number, some: Partial<Allocation> = {}): Allocation {
  return {
    model: "mail",
    epoch,
    seed: `mail#${epoch}`,
    arms: [
      { slot: "champion", version: "1", ranges: [{ from: 0, to: 80_000 }] },
      { slot: "challenger", version: "2 β", ranges: [{ from: 80_000, to: 100_000 }] },
    ],
    shadow: true,
    ...some,
  };
}

export const allocationChecks: Readonly<Record<string, StoreCheck>> = {
  "an unknown model has none": async ({ store }) => {
    expect(await store.allocations.get("mail")).toBeNull();
    expect(await store.allocations.list()).toEqual([]);
  },
  "the newest is kept whole, also after a restart": async (harness) => {
    await harness.store.allocations.put(allocation(1));
    await harness.store.allocations.put(allocation(5, { shadow: false, arms: [] }));
    const store = await harness.reopen();
    expect(await store.allocations.get("mail")).toEqual(allocation(5, { shadow: false, arms: [] }));
  },
  "writing the same again is a no-op": async ({ store }) => {
    await store.allocations.put(allocation(2));
    const { model, ...others } = allocation(2);
    await store.allocations.put({ ...others, model });
    expect(await store.allocations.get("mail")).toEqual(allocation(2));
  },
  "a lower epoch, or the same with other content, is stale and changes nothing": async ({ store }) => {
    await store.allocations.put(allocation(2));
    await expect(store.allocations.put(allocation(1))).rejects.toMatchObject({ code: "stale_epoch" });
    await expect(store.allocations.put(allocation(2, { shadow: false }))).rejects.toMatchObject({ code: "stale_epoch" });
    expect(await store.allocations.get("mail")).toEqual(allocation(2));
  },
  "models are listed by name and do not touch one another": async ({ store }) => {
    for (const model of ["b", "😀", "a", "ﬀ"]) await store.allocations.put(allocation(1, { model }));
    await store.allocations.put(allocation(9, { model: "a" }));
    expect((await store.allocations.list()).map(({ model, epoch }) => [model, epoch])).toEqual([["a", 9], ["b", 1], ["😀", 1], ["ﬀ", 1]]);
  },
  "the revision is another one after every change, and after nothing else": async (harness) => {
    const seen = [await harness.store.allocations.revision()];
    for (const next of [allocation(1), allocation(2), allocation(1, { model: "other" }), allocation(3)]) {
      await harness.store.allocations.put(next);
      await harness.store.allocations.put(next);
      seen.push(await harness.store.allocations.revision());
    }
    expect(new Set(seen).size).toBe(5);
    expect(await (await harness.reopen()).allocations.revision()).toBe(seen.at(-1));
  },
  "whatever the order of concurrent writers, the highest epoch stays": async (harness) => {
    const stores = await twoStores(harness);
    const results = await Promise.allSettled([3, 1, 7, 2, 7, 5].map((epoch, index) => (stores[index % 2] as Store).allocations.put(allocation(epoch))));
    for (const result of results) if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "stale_epoch" });
    expect(await stores[0].allocations.get("mail")).toEqual(allocation(7));
  },
};
