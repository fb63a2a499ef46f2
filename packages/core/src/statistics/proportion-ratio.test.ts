import fc from "fast-check";
import { expect, test } from "vitest";

import { Failure } from "../failure/failure.ts";
import { randomStream } from "../simulation/random.ts";
import { binomialMass } from "./binomial.ts";
import { meanContrast } from "./mean-contrast.ts";
import { proportionRatio } from "./proportion-ratio.ts";
import { riskRatio } from "./risk-ratio.ts";
import { summaryOf } from "./summary.ts";
import { welch } from "./welch.ts";
import { wilson } from "./wilson.ts";

const arm = fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 5000 })).map(([a, b]) => ({ hits: Math.min(a, b), of: Math.max(a, b) }));

test("the bounds are the ratios at which Newcombe's interval of the contrast just holds 0", () => {
  fc.assert(
    fc.property(arm, arm, fc.constantFrom(0.8, 0.9, 0.95, 0.99), (first, second, level) => {
      const { low, high } = proportionRatio(first, second, level)!;
      const [a, b] = [wilson(first, level), wilson(second, level)];
      const [p, q] = [first.hits / first.of, second.hits / second.of];
      // Zou & Donner's bounds of p − r·q.
      const lowest = (r: number) => p - r * q - Math.hypot(p - a.low, r * (b.high - q));
      const highest = (r: number) => p - r * q + Math.hypot(a.high - p, r * (q - b.low));
      expect(Math.abs(lowest(low))).toBeLessThan(1e-12 + 1e-9 * p);
      expect(Math.abs(highest(high))).toBeLessThan(1e-9 * Math.max(p, high * q, 1));
      expect(low).toBeLessThanOrEqual(p / q);
      expect(high).toBeGreaterThanOrEqual(p / q);
    }),
  );
});

test("near Katz's interval for large counts, and there where his is not", () => {
  const [first, second] = [{ hits: 4200, of: 50_000 }, { hits: 4000, of: 50_000 }];
  const [mover, katz] = [proportionRatio(first, second, 0.95)!, riskRatio(first, second, 0.95)!.interval];
  expect(mover.low).toBeCloseTo(katz.low, 3);
  expect(mover.high).toBeCloseTo(katz.high, 3);
  expect(riskRatio({ hits: 0, of: 40 }, { hits: 3, of: 40 }, 0.95)).toBeNull();
  expect(proportionRatio({ hits: 0, of: 40 }, { hits: 3, of: 40 }, 0.95)!.low).toBe(0);
  expect(proportionRatio({ hits: 3, of: 40 }, { hits: 0, of: 40 }, 0.95)).toBeNull();
  expect(() => proportionRatio({ hits: 3, of: 2 }, { hits: 1, of: 2 }, 0.95)).toThrow(Failure);
});

test("covers about as often as it says, by exact enumeration", () => {
  // 60 and 90 trials, 30 % and 20 %.
  let covered = 0;
  for (let x = 0; x <= 60; x++) {
    for (let y = 1; y <= 90; y++) {
      const { low, high } = proportionRatio({ hits: x, of: 60 }, { hits: y, of: 90 }, 0.95)!;
      if (low <= 1.5 && high >= 1.5) covered += binomialMass(x, 60, 0.3) * binomialMass(y, 90, 0.2);
    }
  }
  expect(covered).toBeGreaterThan(0.94);
  expect(covered).toBeLessThan(0.97);
});

test("the contrast of means at ratio 1 is Welch's difference, with his degrees of freedom", () => {
  const random = randomStream(11, 0);
  const candidate = summaryOf(Array.from({ length: 9 }, () => random() * 3));
  const baseline = summaryOf(Array.from({ length: 30 }, () => random()));
  const expected = welch(candidate, baseline, { level: 0.95, margin: 0 });
  const contrast = meanContrast(candidate, baseline, 1);
  expect(contrast.value).toBeCloseTo(expected.difference, 14);
  expect(Math.sqrt(contrast.variance)).toBeCloseTo(expected.standardError, 14);
  expect(contrast.df).toBeCloseTo(expected.df!, 10);
  expect(meanContrast({ n: 5, mean: 1, variance: 0 }, { n: 5, mean: 1, variance: 0 }, 2).df).toBeNull();
});
