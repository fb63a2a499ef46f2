import { expect, test } from "vitest";

import { businessImpact } from "./business-impact.ts";

test("300,000 requests, 1 % positives, .80/.91 against .85/.91 (facts/fraud, vector 19)", () => {
  const model = { currency: "USD", volumePerMonth: 300_000, prevalence: { parts: 1, of: 100 }, valuePerTruePositive: 150, costPerFalsePositive: 25 };
  const impact = businessImpact(model, { recall: 0.8, precision: 0.91 }, { recall: 0.85, precision: 0.91 });
  expect(impact?.truePositives).toBeCloseTo(150, 9);
  expect(impact?.falsePositives).toBeCloseTo(14.835, 3);
  expect(impact?.net).toBeCloseTo(22_129.12, 2);
  expect(businessImpact(model, { recall: null, precision: 0.9 }, { recall: 1, precision: 1 })).toBeNull();
});
