import { expect, test } from "vitest";

import { chooseThreshold } from "./choose-threshold.ts";

const ham = (...scores: readonly number[]) => scores.map((score) => ({ score, spam: false }));
const flagged = (scored: readonly { readonly score: number }[], threshold: number) => scored.filter(({ score }) => score >= threshold).length;

test("as few ham are flagged as was asked, and no fewer than needed", () => {
  const scored = ham(...Array.from({ length: 200 }, (_, i) => i / 200));
  for (const share of [0, 0.005, 0.01, 0.1]) expect(flagged(scored, chooseThreshold(scored, share))).toBe(share * 200);
});

test("with few ham a small share means none", () => {
  const scored = ham(0.1, 0.5, 0.9);
  expect(flagged(scored, chooseThreshold(scored, 0.01))).toBe(0);
  expect(chooseThreshold(scored, 0.01)).toBeCloseTo(0.9, 12);
});

test("ham with equal scores is let through together", () => {
  const scored = ham(0.2, 0.8, 0.8, 0.8);
  expect(flagged(scored, chooseThreshold(scored, 0.25))).toBe(0);
});

test("spam does not move it; without ham there is none", () => {
  const scored = ham(0.1, 0.5, 0.9);
  expect(chooseThreshold([...scored, { score: 0.99, spam: true }], 0.01)).toBe(chooseThreshold(scored, 0.01));
  expect(() => chooseThreshold([{ score: 0.9, spam: true }], 0.01)).toThrow(/no ham/);
});
