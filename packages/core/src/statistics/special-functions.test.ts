import fc from "fast-check";
import { expect, test } from "vitest";

import { betaCdf, betaSurvival, logBetaSurvival } from "./beta.ts";
import { binomialCdf, binomialMass, binomialSurvival } from "./binomial.ts";
import { chiSquareSurvival } from "./chi-square.ts";
import { gammaP, gammaQ, logGammaQ } from "./gamma.ts";
import { logGamma } from "./log-gamma.ts";
import { criticalValue, normalCdf, normalQuantile, normalSurvival } from "./normal.ts";

test("a quantile undoes its tail, over all doubles that have one", () => {
  fc.assert(
    fc.property(fc.double({ min: -37, max: 8, noNaN: true }), (z) => {
      const p = normalCdf(z);
      // Near 1 the tail itself is rounded; what is left of it decides.
      const lost = 2 ** -53 / Math.max(normalSurvival(z), 1e-16) / Math.max(z, 1);
      expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(1e-13 * Math.max(1, Math.abs(z)) + 4 * lost);
    }),
  );
  expect(criticalValue(0.95)).toBeCloseTo(1.959963984540054, 14);
  expect([normalQuantile(0), normalQuantile(0.5), normalQuantile(1)]).toEqual([Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY]);
  expect([normalSurvival(Number.POSITIVE_INFINITY), normalSurvival(Number.NEGATIVE_INFINITY)]).toEqual([0, 1]);
});

test("both tails of each family sum to 1", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.5, max: 3000, noNaN: true }), fc.double({ min: 0, max: 2, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (a, scale, x) => {
      expect(gammaP(a, a * scale) + gammaQ(a, a * scale)).toBeCloseTo(1, 12);
      expect(betaCdf(x, a, 1 + scale * a) + betaSurvival(x, a, 1 + scale * a)).toBeCloseTo(1, 12);
    }),
  );
});

test("binomial tails are sums of masses", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, p) => {
      let sum = 0;
      for (let k = 0; k <= n; k++) {
        sum += binomialMass(k, n, p);
        expect(binomialCdf(k, n, p)).toBeCloseTo(sum, 12);
        expect(binomialSurvival(k, n, p)).toBeCloseTo(1 - sum, 12);
      }
    }),
  );
});

test("logarithms go on where the value is 0", () => {
  expect(chiSquareSurvival(5000, 1)).toBe(0);
  expect(logGammaQ(0.5, 2500)).toBeCloseTo(-2504.4846, 3);
  expect(logBetaSurvival(0.999, 2, 500)).toBeCloseTo(500 * Math.log(0.001) + Math.log(1 + 500 * 0.999), 8);
});

test("what is no argument is refused, never NaN", () => {
  const calls = [
    () => normalSurvival(Number.NaN),
    () => normalQuantile(1.1),
    () => normalQuantile(Number.NaN),
    () => logGamma(-1),
    () => logGamma(Number.NaN),
    () => gammaQ(0, 1),
    () => gammaQ(1, -1),
    () => gammaQ(1, Number.NaN),
    () => betaCdf(1.5, 1, 1),
    () => betaCdf(0.5, 0, 1),
    () => betaCdf(0.5, 1, Number.NaN),
    () => binomialCdf(2, 1, 0.5),
    () => binomialCdf(0, 0, 0.5),
    () => binomialCdf(1.5, 2, 0.5),
    () => binomialCdf(1, 2, Number.NaN),
    () => chiSquareSurvival(1, 0),
    () => chiSquareSurvival(Number.NaN, 1),
    () => chiSquareSurvival(-1, 1),
  ];
  for (const call of calls) expect(call, call.toString()).toThrow(expect.objectContaining({ code: "invalid_input" }));
});
