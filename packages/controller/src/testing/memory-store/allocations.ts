import { canonicalJson } from "@gauntlet/core";
import type { AllocationStore } from "../../ports/allocation-store.ts";
import { staleEpoch } from "../../store-rules/refusals.ts";
import { compareText } from "../../store-rules/order.ts";
import { keep } from "./memory.ts";
import type { Memory } from "./memory.ts";

export function memoryAllocations(memory: Memory): AllocationStore {
  return {
    get: async (model) => memory.allocations.get(model) ?? null,
    put: async (allocation) => {
      const stored = memory.allocations.get(allocation.model);
      if (stored !== undefined && stored.epoch >= allocation.epoch) {
        if (canonicalJson(stored) === canonicalJson(allocation)) return;
        throw staleEpoch(allocation, stored.epoch);
      }
      memory.allocations.set(allocation.model, keep(allocation));
    },
    list: async () => [...memory.allocations.values()].toSorted((a, b) => compareText(a.model, b.model)),
    revision: async () => `${memory.allocations.size} ${[...memory.allocations.values()].reduce((sum, { epoch }) => sum + epoch, 0)}`,
  };
}
