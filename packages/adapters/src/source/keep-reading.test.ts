import type { EvidenceSource, SourceQuery, SourceReading } from "@gauntlet/controller";
import { expect, test } from "vitest";

import { keepReading } from "./keep-reading.ts";

const QUERY: SourceQuery = { model: "m", epoch: 1, arms: [], metrics: [], since: 0, to: 10, bucketMs: 1000 };

/** Gives how often it was asked as its freshness; fails when told to. */
function counting() {
  const state = { asked: 0, fails: false };
  const source: EvidenceSource = {
    name: "s",
    description: { kind: "test", location: "here" },
    metrics: {},
    ageMaxMs: 1,
    probe: async () => ({ freshAt: null }),
    read: async (): Promise<SourceReading> => {
      state.asked += 1;
      if (state.fails) throw new Error("down");
      return { cells: [], freshAt: state.asked, baselines: [] };
    },
  };
  return { state, source };
}

test("a reading is given again until it is old, to every asker, for each question", async () => {
  const { state, source } = counting();
  let now = 1000;
  const kept = keepReading(source, { everyMs: 100, now: () => now });
  expect((await Promise.all([kept.read(QUERY), kept.read({ ...QUERY, to: 20 })])).map(({ freshAt }) => freshAt)).toEqual([1, 1]);
  expect((await kept.read({ ...QUERY, epoch: 2 })).freshAt).toBe(2);
  now = 1099;
  expect((await kept.read(QUERY)).freshAt).toBe(1);
  now = 1100;
  expect((await kept.read(QUERY)).freshAt).toBe(3);
  now = 500;
  expect((await kept.read(QUERY)).freshAt).toBe(4);
  expect(state.asked).toBe(4);
});

test("a failure is not kept", async () => {
  const { state, source } = counting();
  const kept = keepReading(source, { everyMs: 100, now: () => 0 });
  state.fails = true;
  await expect(kept.read(QUERY)).rejects.toThrow("down");
  state.fails = false;
  expect((await kept.read(QUERY)).freshAt).toBe(2);
});
