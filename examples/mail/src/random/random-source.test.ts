import { expect, test } from "vitest";

import { randomSource } from "./random-source.ts";

function draw(seed: number, key: string, count: number): readonly number[] {
  const random = randomSource(seed, key);
  return Array.from({ length: count }, random);
}

test("numbers are even over [0, 1) and neighbours tell nothing of each other", () => {
  const numbers = draw(1, "a", 100_000);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  const tenths = numbers.reduce((counts, number) => counts.with(Math.floor(number * 10), counts[Math.floor(number * 10)]! + 1), Array.from({ length: 10 }, () => 0));
  // χ² with 9 degrees of freedom exceeds 27.9 once in a thousand.
  expect(tenths.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(27.9);
  const products = numbers.slice(1).map((number, i) => (number - 0.5) * (numbers[i]! - 0.5));
  expect(Math.abs(products.reduce((sum, product) => sum + product, 0) / products.length)).toBeLessThan(0.0015);
});

test("seed and key each make another sequence, and the first numbers of many keys are even too", () => {
  expect(draw(1, "a", 4)).toEqual(draw(1, "a", 4));
  expect(draw(2, "a", 4)).not.toEqual(draw(1, "a", 4));
  expect(draw(1, "b", 4)).not.toEqual(draw(1, "a", 4));
  const firsts = Array.from({ length: 10_000 }, (_, i) => draw(1, `key ${i}`, 1)[0]!);
  expect(Math.abs(firsts.reduce((sum, first) => sum + first, 0) / firsts.length - 0.5)).toBeLessThan(0.01);
});
