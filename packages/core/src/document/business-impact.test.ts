import { expect, test } from "vitest";

import type { ImpactModel } from "../policy/policy-base.ts";
import { businessImpact } from "./business-impact.ts";

const model: ImpactModel = { currency: "USD", volumePerMonth: 300_000, prevalence: { parts: 1, of: 100 }, valuePerTruePositive: 150, costPerFalsePositive: 25 };

test("300,000 requests, 1 % positives, .80/.91 against .85/.91 (facts/fraud, vector 19)", () => {
  const impact = businessImpact(model, { recall: 0.8, precision: 0.91 }, { recall: 0.85, precision: 0.91 });
  expect(impact?.truePositives).toBeCloseTo(150, 9);
  expect(impact?.falsePositives).toBeCloseTo(14.835, 3);
  expect(impact?.net).toBeCloseTo(22_129.12, 2);
  expect(impact?.interval).toBeNull();
  expect(businessImpact(model, { recall: null, precision: 0.9 }, { recall: 1, precision: 1 })).toBeNull();
});

const counted = (truePositive: number, falsePositive: number, falseNegative: number) => ({ truePositive, falsePositive, falseNegative, recall: truePositive / (truePositive + falseNegative), precision: truePositive / (truePositive + falsePositive) });

test("its interval is that of a bootstrap: 40,000 resamples of the counts gave 30,302 to 58,298", () => {
  const { net, interval } = businessImpact(model, counted(800, 80, 200), counted(900, 90, 100)) ?? {};
  expect(net).toBeCloseTo(44_250, 6);
  expect((interval?.low ?? 0) / 30_302).toBeCloseTo(1, 1.7);
  expect((interval?.high ?? 0) / 58_298).toBeCloseTo(1, 1.7);
});

test("a few labels prove nothing: 10 of 14 and 6 of 6 found may also be a loss", () => {
  const { interval } = businessImpact(model, counted(10, 1, 4), counted(6, 1, 0)) ?? {};
  expect(interval?.low).toBeLessThan(0);
  const perfect = businessImpact(model, counted(3, 0, 0), counted(3, 0, 0));
  expect((perfect?.interval?.high ?? 0) - (perfect?.interval?.low ?? 0)).toBeGreaterThan(0);
});
