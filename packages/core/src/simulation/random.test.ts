import { expect, test } from "vitest";

import { binomialCdf } from "../statistics/binomial.ts";
import { drawBinomial, drawMultinomial, drawPoisson } from "./draw.ts";
import { randomStream } from "./random.ts";

test("a stream is the same each time, and streams and seeds differ", () => {
  const first = (seed: number, stream: number) => Array.from({ length: 4 }, randomStream(seed, stream));
  expect(first(1, 0)).toEqual(first(1, 0));
  expect(new Set([first(1, 0), first(1, 1), first(2, 0), first(0, 1)].map((numbers) => numbers[0])).size).toBe(4);
});

test.each([-1, 0.5, Number.NaN, 2 ** 53])("%d is no seed", (seed) => {
  expect(() => randomStream(seed, 0)).toThrow(expect.objectContaining({ code: "invalid_input" }));
});

test("numbers are uniform, also over the first of many streams", () => {
  for (const numbers of [Array.from({ length: 100_000 }, randomStream(7, 3)), Array.from({ length: 100_000 }, (_, stream) => randomStream(7, stream)())]) {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const u of numbers) tenths[Math.floor(u * 10)]!++;
    // χ² with 9 degrees of freedom exceeds 33.7 once in 10,000.
    expect(tenths.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0)).toBeLessThan(33.7);
  }
});

/** Mean and variance of 40,000 draws lie within five standard errors of what they must be. */
function expectMoments(draw: () => number, mean: number, variance: number): void {
  const draws = Array.from({ length: 40_000 }, draw);
  const average = draws.reduce((sum, x) => sum + x, 0) / draws.length;
  const spread = draws.reduce((sum, x) => sum + (x - average) ** 2, 0) / draws.length;
  const fourth = draws.reduce((sum, x) => sum + (x - average) ** 4, 0) / draws.length;
  expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(variance / draws.length));
  expect(Math.abs(spread - variance)).toBeLessThan(5 * Math.sqrt(Math.max(0, fourth - spread * spread) / draws.length));
}

test.each([
  [1, 0.3],
  [40, 0.1],
  [40, 0.9],
  [100, 0.2],
  [1000, 0.5],
  [1_000_000, 0.00001],
  [1_000_000, 0.37],
])("binomial(%d, %d) has its mean and variance", (n, p) => {
  const random = randomStream(11, n);
  expectMoments(() => drawBinomial(random, n, p), n * p, n * p * (1 - p));
});

test.each([0.2, 3, 9.9, 10, 57, 12_345])("Poisson(%d) has its mean and variance", (mean) => {
  const random = randomStream(12, 0);
  expectMoments(() => drawPoisson(random, mean), mean, mean);
});

test("both ways to draw a binomial agree where one hands over to the other", () => {
  const random = randomStream(13, 0);
  const counts = (n: number, p: number) => Array.from({ length: 60_000 }, () => drawBinomial(random, n, p)).filter((k) => k <= 8).length / 60_000;
  const wanted = binomialCdf(8, 200, 0.0499) - binomialCdf(8, 200, 0.0501);
  expect(Math.abs(counts(200, 0.0499) - counts(200, 0.0501) - wanted)).toBeLessThan(4 * Math.sqrt((2 * 0.33 * 0.67) / 60_000));
});

test("the ends are certain", () => {
  const random = randomStream(14, 0);
  expect([drawBinomial(random, 0, 0.5), drawBinomial(random, 9, 0), drawBinomial(random, 9, 1), drawPoisson(random, 0)]).toEqual([0, 0, 9, 0]);
});

test("a multinomial spreads all of n", () => {
  const random = randomStream(15, 0);
  const into = new Int32Array(6);
  const sums = [0, 0, 0, 0];
  for (let i = 0; i < 4000; i++) {
    drawMultinomial(random, { n: 100, chances: [0.5, 0, 0.3, 0.2], into, offset: 1 });
    for (let k = 0; k < 4; k++) sums[k]! += into[k + 1]!;
  }
  expect(sums.reduce((a, b) => a + b, 0)).toBe(400_000);
  expect(sums[1]).toBe(0);
  expect(Math.abs(sums[0]! - 200_000)).toBeLessThan(5 * Math.sqrt(400_000 * 0.25));
  expect(Math.abs(sums[3]! - 80_000)).toBeLessThan(5 * Math.sqrt(400_000 * 0.16));
  expect([into[0], into[5]]).toEqual([0, 0]);
});
