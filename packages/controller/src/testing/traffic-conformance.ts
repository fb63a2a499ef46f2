import { allocate, reallocate } from "@gauntlet/core";
import type { Allocation } from "@gauntlet/core";
import { describe, expect, test } from "vitest";

import type { TrafficTarget } from "../ports/traffic-target.ts";

export interface TrafficHarness {
  readonly target: TrafficTarget;
  /** What the target takes, for one that does not take any allocation: two of the model `mail`, and one of `fraud`. */
  readonly allocations?: TrafficSamples;
  close(): Promise<void>;
}

interface TrafficSamples {
  readonly first: Allocation;
  /** Its epoch is higher. */
  readonly second: Allocation;
  readonly ofFraud: Allocation;
}

/** What every TrafficTarget must do. `open` gives one that knows nothing of the model `unknown`. */
export function trafficConformance(name: string, open: () => Promise<TrafficHarness>): void {
  const checks: Readonly<Record<string, (target: TrafficTarget, samples: TrafficSamples) => Promise<void>>> = {
    "an unknown model reads as null": async (target) => {
      expect(await target.read("unknown")).toBeNull();
    },
    "what was applied is read back, whole": async (target, { first, second }) => {
      await target.apply(first);
      expect(await target.read("mail")).toEqual(first);
      await target.apply(second);
      expect(await target.read("mail")).toEqual(second);
    },
    "applying twice is applying once": async (target, { first }) => {
      await target.apply(first);
      await target.apply(structuredClone(first));
      expect(await target.read("mail")).toEqual(first);
    },
    "an epoch of the past is refused and changes nothing": async (target, { first, second }) => {
      await target.apply(second);
      await expect(target.apply(first)).rejects.toMatchObject({ code: "stale_epoch" });
      expect(await target.read("mail")).toEqual(second);
    },
    "one epoch never means two allocations": async (target, { first, second }) => {
      await target.apply(first);
      await expect(target.apply({ ...second, epoch: first.epoch })).rejects.toMatchObject({ code: "stale_epoch" });
      expect(await target.read("mail")).toEqual(first);
    },
    "ranges that do not partition the space are refused (I3)": async (target, { first, second }) => {
      await target.apply(first);
      const broken = { ...second, arms: second.arms.slice(1) };
      await expect(target.apply(broken)).rejects.toMatchObject({ code: "invalid_input" });
      expect(await target.read("mail")).toEqual(first);
    },
    "models do not touch one another": async (target, { second, ofFraud }) => {
      await target.apply(second);
      await target.apply(ofFraud);
      expect(await target.read("mail")).toEqual(second);
      expect(await target.read("fraud")).toEqual(ofFraud);
    },
  };
  describe(`${name} is a traffic target`, () => {
    test.each(Object.entries(checks))("%s", async (_, check) => {
      const { target, allocations = { first, second, ofFraud: { ...first, model: "fraud" } }, close } = await open();
      try {
        await check(target, allocations);
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
