import { expect, test } from "vitest";

import type { AdmissionRule } from "../../policy/ramp-policy.ts";
import { missedAdmission } from "./admission.ts";

const RULES: readonly AdmissionRule[] = [
  { metric: "constraint_respect", ask: "equals", bound: { kind: "value", value: { parts: 1, of: 1 } } },
  { metric: "diversity", ask: "atLeast", bound: { kind: "champion", times: { parts: 19, of: 20 } } },
  { metric: "leftovers", ask: "atLeast", bound: { kind: "champion", times: { parts: 19, of: 20 } } },
];

const champion = { diversity: 0.841, leftovers: 0.762 };

test("vector 17: scores against a part of the baseline's, exactly; and nothing but 1 respects every constraint", () => {
  const challenger = { constraint_respect: 1, diversity: 0.834, leftovers: 0.756 };
  expect(missedAdmission(RULES, { champion, challenger })).toEqual([]);
  expect(missedAdmission(RULES, { champion, challenger: { ...challenger, diversity: 0.79895, leftovers: 0.7239 } })).toEqual([]);
  expect(missedAdmission(RULES, { champion, challenger: { ...challenger, diversity: 0.79894 } })).toEqual(["diversity is 0.79894, and must be at least 0.95 times the champion's 0.841"]);
  expect(missedAdmission(RULES, { champion, challenger: { ...challenger, constraint_respect: 0.999 } })).toEqual(["constraint_respect is 0.999, and must be exactly 1"]);
});

test("every rule that is missed is named, and a score that is not there misses", () => {
  expect(missedAdmission(RULES, { champion: {}, challenger: { constraint_respect: Number.NaN, diversity: 0.9 } })).toEqual([
    "constraint_respect of the challenger is not known",
    "diversity of the champion is not known, so that nothing can be compared with it",
    "leftovers of the challenger is not known",
  ]);
});
