import { expect, test } from "vitest";

import { proportionsNeeded } from "../../statistics/proportions-sample-size.ts";
import { abtestPolicy, observationOf, pairedCells } from "../../testing/observation.ts";
import { decide } from "../decide.ts";
import { observationsNeeded, sequenceMultiplier } from "./needed.ts";

const fixed = { alpha: 0.025, watching: null, perChallenger: 2 };
const watching = { alpha: 0.05, tunedAt: 1000 };

test("near the sample size of the z test of two proportions, which pools its variance", () => {
  const n = observationsNeeded([{ distance: 0.02, variance: 0.1 * 0.9 + 0.12 * 0.88 }], fixed)!;
  const known = proportionsNeeded({ first: 0.1, second: 0.12, ratio: 1, alpha: 0.05, power: 0.8 })!.second;
  expect(Math.abs(n / known - 1)).toBeLessThan(0.01);
});

test("with so many a sequence reaches just as far as it may", () => {
  const n = observationsNeeded([{ distance: 0.02, variance: 0.2 }], { alpha: 0.05, watching, perChallenger: 2 })!;
  const reach = (at: number) => (sequenceMultiplier(at * 2, watching) + 0.8416212) * Math.sqrt(0.2 / at);
  expect(reach(n)).toBeLessThanOrEqual(0.02 * 1.0001);
  expect(reach(n * 0.98)).toBeGreaterThan(0.02);
  expect(n).toBeGreaterThan(observationsNeeded([{ distance: 0.02, variance: 0.2 }], fixed)!);
});

test("on the wrong side, without variance, or beyond what can be counted, no number is said", () => {
  for (const judging of [fixed, { ...fixed, watching }]) {
    expect(observationsNeeded([{ distance: -0.01, variance: 1 }], judging)).toBeNull();
    expect(observationsNeeded([{ distance: 0.01, variance: 0 }], judging)).toBeNull();
    expect(observationsNeeded([{ distance: 0.01, variance: 1 }, { distance: 0, variance: 1 }], judging)).toBeNull();
    expect(observationsNeeded([{ distance: 1e-200, variance: 1 }], judging)).toBeNull();
    expect(observationsNeeded([{ distance: Number.NaN, variance: 1 }], judging)).toBeNull();
    expect(observationsNeeded([{ distance: 1e9, variance: 1e-9 }], judging)).toBe(2);
  }
});

test("the checks of precision and of rates with a margin say how many they need", () => {
  const rate = { kind: "rate", metric: "error", increaseMax: { parts: 1, of: 100 } } as const;
  const checks = [...abtestPolicy().checks.filter(({ kind }) => kind === "band"), rate];
  const cells = pairedCells({ bothHit: 780, onlyChallenger: 120, onlyChampion: 20, bothMiss: 80, bothFalse: 70, onlyChallengerFalse: 16, onlyChampionFalse: 10, bothRight: 8779 });
  for (const monitoring of ["looks", "continuous"] as const) {
    const observation = observationOf({ policy: { checks, monitoring, harm: [] }, counts: { paired: cells, errors: [80, 24] } });
    const [band, errors] = decide(observation.rollout.policy, observation).checks.filter(({ purpose }) => purpose === "promotion");
    // In the look there are 986 alarms and 2,000 outcomes of the challenger.
    expect(band!.nNeeded!).toBeGreaterThan(100);
    expect(errors!.nNeeded!).toBeGreaterThan(100);
    expect(Number.isSafeInteger(band!.nNeeded) && Number.isSafeInteger(errors!.nNeeded)).toBe(true);
  }
});
