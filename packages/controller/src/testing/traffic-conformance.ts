import { allocate, reallocate } from "@gauntlet/core";
import type { Allocation } from "@gauntlet/core";
import { describe, expect, test } from "vitest";

import type { TrafficTarget } from "../ports/traffic-target.ts";

/** What every TrafficTarget must do. `open` gives one that knows nothing of the model `mail`. */
export function trafficConformance(name: string, open: () => Promise<{ readonly target: TrafficTarget; close(): Promise<void> }>): void {
  const checks: Readonly<Record<string, (target: TrafficTarget) => Promise<void>>> = {
    "an unknown model reads as null": async (target) => {
      expect(await target.read("mail")).toBeNull();
    },
    "what was applied is read back, whole": async (target) => {
      await target.apply(first);
      expect(await target.read("mail")).toEqual(first);
      await target.apply(second);
      expect(await target.read("mail")).toEqual(second);
    },
    "applying twice is applying once": async (target) => {
      await target.apply(first);
      await target.apply(structuredClone(first));
      expect(await target.read("mail")).toEqual(first);
    },
    "an epoch of the past is refused and changes nothing": async (target) => {
      await target.apply(second);
      await expect(target.apply(first)).rejects.toMatchObject({ code: "stale_epoch" });
      expect(await target.read("mail")).toEqual(second);
    },
    "one epoch never means two allocations": async (target) => {
      await target.apply(first);
      await expect(target.apply({ ...second, epoch: first.epoch })).rejects.toMatchObject({ code: "stale_epoch" });
      expect(await target.read("mail")).toEqual(first);
    },
    "ranges that do not partition the space are refused (I3)": async (target) => {
      await target.apply(first);
      const broken = { ...second, arms: second.arms.slice(1) };
      await expect(target.apply(broken)).rejects.toMatchObject({ code: "invalid_input" });
      expect(await target.read("mail")).toEqual(first);
    },
    "models do not touch one another": async (target) => {
      await target.apply(second);
      await target.apply({ ...first, model: "fraud" });
      expect(await target.read("mail")).toEqual(second);
      expect(await target.read("fraud")).toEqual({ ...first, model: "fraud" });
    },
  };
  describe(`${name} is a traffic target`, () => {
    test.each(Object.entries(checks))("%s", async (_, check) => {
      const { target, close } = await open();
      try {
        await check(target);
      } finally {
        await close();
      }
    });
  });
}

const first: Allocation = allocate({
  model: "mail",
  epoch: 1,
  seed: "mail-rollout-1",
  shares: [{ slot: "champion", version: "1", basisPoints: 10_000 }],
  shadow: true,
});

const second: Allocation = reallocate(
  first,
  [
    { slot: "champion", version: "1", basisPoints: 8000 },
    { slot: "challenger", version: "2", basisPoints: 2000 },
  ],
  2,
);
