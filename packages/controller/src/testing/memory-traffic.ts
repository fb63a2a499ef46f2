import { canonicalJson, requireAllocation, type Allocation } from "@gauntlet/core";

import type { TrafficTarget } from "../ports/traffic-target.ts";
import { staleEpoch } from "../store-rules/refusals.ts";

/** A traffic target in memory: it serves as it is told, refuses the past, and knows nothing else. */
export function memoryTraffic(memory: Map<string, Allocation> = new Map()): TrafficTarget {
  return {
    read: async (model) => memory.get(model) ?? null,
    apply: async (allocation) => {
      requireAllocation(allocation);
      const present = memory.get(allocation.model);
      if (present !== undefined && present.epoch >= allocation.epoch) {
        if (canonicalJson(present) === canonicalJson(allocation)) return;
        throw staleEpoch(allocation, present.epoch);
      }
      memory.set(allocation.model, structuredClone(allocation));
    },
  };
}
