import { expect, test } from "vitest";

import { manySeeds } from "./many-seeds.ts";
import type { SeedResult } from "./run-seed.ts";

/** Some 30 to 60 ms a seed and core; any further number by hand: `npm run chaos -- --promotion --seeds 1000`. */
const SEEDS = 40;
const MINUTES_2 = 120_000;

test(
  "I32: a promotion with a watch, under crashes and with 30 % of calls failing, ends applied or reverted",
  async () => {
    const results: SeedResult[] = [];
    await manySeeds({ from: 1, count: SEEDS, promotion: true }, (result) => results.push(result));
    expect(results.length).toBe(SEEDS);
    expect(results.filter(({ ok }) => !ok).map(({ seed, problems }) => `seed ${seed}: ${problems.join("\n  ")}\n  replay it: npm run chaos -- --promotion --seed ${seed} --trace`)).toEqual([]);
    // A simulation in which nothing happens holds everything.
    const seen = new Set(results.flatMap((result) => result.seen));
    const wanted = ["advance: all_checks_passed", "hold: awaiting_approval", "hold: min_duration", "promote: all_checks_passed", "rollback: harm", "effect.failed", "fault crash_in_flight", "fault timeout_after", "fault late_effect"];
    expect(wanted.filter((what) => !seen.has(what))).toEqual([]);
    expect(new Set(results.map(({ ending }) => ending))).toEqual(new Set(["promoted", "rolled_back"]));
  },
  MINUTES_2,
);
