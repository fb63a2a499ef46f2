import { compareText, staleEpoch } from "@gauntlet/controller";
import type { AllocationStore } from "@gauntlet/controller";
import { canonicalJson } from "@gauntlet/core";
import type { Allocation } from "@gauntlet/core";
import type { Database } from "./database.ts";

export function postgresAllocations(database: Database): AllocationStore {
  return {
    get: async (model) => {
      const [row] = await database.all<{ readonly allocation: string }>("SELECT allocation FROM @.allocations WHERE model = $1", model);
      return row === undefined ? null : (JSON.parse(row.allocation) as Allocation);
    },
    put: (allocation) => put(database, allocation),
    list: async () => {
      const rows = await database.all<{ readonly allocation: string }>("SELECT allocation FROM @.allocations");
      return rows.map((row) => JSON.parse(row.allocation) as Allocation).toSorted((a, b) => compareText(a.model, b.model));
    },
    // An epoch only ever grows, so any change adds to the sum.
    revision: async () => (await database.all<{ readonly revision: string }>("SELECT count(*) || ' ' || coalesce(sum(epoch), 0) AS revision FROM @.allocations"))[0]?.revision ?? "",
  };
}

async function put(database: Database, allocation: Allocation): Promise<void> {
  const written = await database.run(
    `INSERT INTO @.allocations AS stored (model, epoch, allocation) VALUES ($1, $2, $3)
     ON CONFLICT (model) DO UPDATE SET epoch = excluded.epoch, allocation = excluded.allocation
     WHERE stored.epoch < excluded.epoch OR (stored.epoch = excluded.epoch AND stored.allocation = excluded.allocation)`,
    allocation.model,
    allocation.epoch,
    canonicalJson(allocation),
  );
  if (written > 0) return;
  const [stored] = await database.all<{ readonly epoch: number }>("SELECT epoch FROM @.allocations WHERE model = $1", allocation.model);
  throw staleEpoch(allocation, stored?.epoch ?? allocation.epoch);
}
