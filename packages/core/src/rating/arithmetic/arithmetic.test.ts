import fc from "fast-check";
import { expect, test } from "vitest";

import { normalQuantile } from "../../statistics/normal.ts";
import { exp } from "./exp.ts";
import { log } from "./log.ts";
import { normalCdf } from "./normal-cdf.ts";

const RUNS = { numRuns: 20_000 };

test("exp is within an ulp or two of the platform's, over all of its range", () => {
  fc.assert(fc.property(fc.double({ min: -708, max: 709.6, noNaN: true }), (x) => void expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(6e-16)), RUNS);
  fc.assert(fc.property(fc.double({ min: -2, max: 2, noNaN: true }), (x) => void expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(6e-16)), RUNS);
  expect([exp(0), exp(-Infinity), exp(-800), exp(Infinity), exp(710), exp(NaN)]).toEqual([1, 0, 0, Infinity, Infinity, NaN]);
});

test("log is within an ulp or two of the platform's, down to the smallest number", () => {
  const check = (x: number): void => void expect(Math.abs(log(x) - Math.log(x))).toBeLessThanOrEqual(5e-16 * Math.abs(Math.log(x)));
  fc.assert(fc.property(fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }), check), RUNS);
  fc.assert(fc.property(fc.double({ min: 0.5, max: 2, noNaN: true }), check), RUNS);
  expect([log(1), log(0), log(-1), log(Infinity), log(NaN)]).toEqual([0, -Infinity, NaN, Infinity, NaN]);
});

test("the normal distribution undoes its quantile", () => {
  fc.assert(fc.property(fc.double({ min: 1e-12, max: 0.5, noNaN: true }), (p) => void expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 9)));
  expect(normalCdf(0)).toBe(0.5);
  expect(normalCdf(1.959_963_984_540_054)).toBeCloseTo(0.975, 14);
  expect([normalCdf(-40), normalCdf(40)]).toEqual([0, 1]);
});
