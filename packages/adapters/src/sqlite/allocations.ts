import { compareText, staleEpoch } from "@gauntlet/controller";
import type { AllocationStore } from "@gauntlet/controller";
import { canonicalJson } from "@gauntlet/core";
import type { Allocation } from "@gauntlet/core";
import type { Database } from "./database.ts";

export function sqliteAllocations(database: Database): AllocationStore {
  return {
    get: async (model) => {
      const row = database.get<{ readonly allocation: string }>("SELECT allocation FROM allocations WHERE model = ?", model);
      return row === undefined ? null : (JSON.parse(row.allocation) as Allocation);
    },
    put: async (allocation) => database.transaction(() => put(database, allocation)),
    list: async () =>
      database
        .all<{ readonly allocation: string }>("SELECT allocation FROM allocations")
        .map((row) => JSON.parse(row.allocation) as Allocation)
        .toSorted((a, b) => compareText(a.model, b.model)),
    // An epoch only ever grows, so any change adds to the sum.
    revision: async () => database.get<{ readonly revision: string }>("SELECT count(*) || ' ' || coalesce(sum(epoch), 0) AS revision FROM allocations")?.revision ?? "",
  };
}

function put(database: Database, allocation: Allocation): void {
  const text = canonicalJson(allocation);
  const stored = database.get<{ readonly epoch: number; readonly allocation: string }>("SELECT epoch, allocation FROM allocations WHERE model = ?", allocation.model);
  if (stored !== undefined && stored.epoch >= allocation.epoch) {
    if (stored.allocation === text) return;
    throw staleEpoch(allocation, stored.epoch);
  }
  database.run(
    "INSERT INTO allocations (model, epoch, allocation) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET epoch = excluded.epoch, allocation = excluded.allocation",
    allocation.model, allocation.epoch, text,
  );
}
