import { expect, test } from "vitest";

import { hashFeatures } from "../features/hash-features.ts";
import { LEARNING, learnLogistic, probability } from "./logistic.ts";

const mail = (text: string) => hashFeatures({ subject: "", text, html: false, attachments: 0 });
const EXAMPLES = ["cash prize offer", "free offer today", "cash today"].map((text) => ({ features: mail(text), spam: true })).concat(
  ["patch for the kernel", "lunch today", "meeting on the patch"].map((text) => ({ features: mail(text), spam: false })),
);

test("it tells apart what it has learnt, and words it knows from words it knows", () => {
  const model = learnLogistic(EXAMPLES, LEARNING);
  for (const { features, spam } of EXAMPLES) expect(probability(model, features) > 0.5).toBe(spam);
  expect(probability(model, mail("cash offer"))).toBeGreaterThan(probability(model, mail("kernel meeting")));
});

test("the same examples and seed give the same bits; another seed other ones", () => {
  const model = learnLogistic(EXAMPLES, LEARNING);
  expect(learnLogistic(EXAMPLES, LEARNING)).toEqual(model);
  expect(learnLogistic(EXAMPLES, { ...LEARNING, seed: 1 }).weights).not.toEqual(model.weights);
});

test("the penalty shrinks the weights, and words never met weigh nothing", () => {
  const size = (l2: number) => Math.hypot(...learnLogistic(EXAMPLES, { ...LEARNING, l2 }).weights);
  expect(size(0.1)).toBeLessThan(size(0) * 0.8);
  const { weights } = learnLogistic(EXAMPLES, LEARNING);
  const known = new Set(EXAMPLES.flatMap(({ features }) => [...features.indices]));
  expect([...weights.entries()].every(([index, weight]) => (weight !== 0) === known.has(index))).toBe(true);
});
