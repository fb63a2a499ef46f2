import type { AllocationStore } from "@gauntlet/controller";
import { trafficConformance } from "@gauntlet/controller/testing";
import { canonicalJson, Failure } from "@gauntlet/core";
import type { Allocation } from "@gauntlet/core";
import { expect, test } from "vitest";

import { localTraffic } from "./local-traffic.ts";

trafficConformance("the local target", async () => ({ target: localTraffic(allocationsInMemory()), close: async () => undefined }));

test("a store that is out leaves the traffic uncertain, and says so", async () => {
  const down = async (): Promise<never> => {
    throw new Failure("store_unavailable", "the disk is full", { fix: "make room" });
  };
  const target = localTraffic({ get: down, put: down, list: down });
  await expect(target.read("mail")).rejects.toMatchObject({ code: "traffic_unavailable", fix: "make room" });
});

function allocationsInMemory(): AllocationStore {
  const stored = new Map<string, Allocation>();
  return {
    get: async (model) => stored.get(model) ?? null,
    list: async () => [...stored.values()],
    put: async (allocation) => {
      const current = stored.get(allocation.model);
      if (current !== undefined && (current.epoch > allocation.epoch || (current.epoch === allocation.epoch && canonicalJson(current) !== canonicalJson(allocation)))) {
        throw new Failure("stale_epoch", `"${allocation.model}" is at epoch ${current.epoch}`);
      }
      stored.set(allocation.model, allocation);
    },
  };
}
