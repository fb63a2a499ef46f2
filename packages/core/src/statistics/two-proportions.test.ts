import fc from "fast-check";
import { expect, test } from "vitest";

import { fisherExact } from "./fisher.ts";
import type { Hits } from "./input.ts";
import { newcombe } from "./newcombe.ts";
import { proportionsNeeded } from "./proportions-sample-size.ts";
import { twoProportionZ } from "./two-proportion-z.ts";
import { wilson } from "./wilson.ts";

const hits: fc.Arbitrary<Hits> = fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 500 })).map(([some, more]) => ({ hits: some, of: some + more - 1 || 1 }));

test("z of 5/83 against 12/99, pooled", () => {
  const { z, p } = twoProportionZ({ hits: 5, of: 83 }, { hits: 12, of: 99 });
  expect(z).toBeCloseTo(-1.40783, 5);
  expect(p).toBeCloseTo(0.159181, 6);
});

test("z of 170/200 against 640/800, and its interval by Newcombe", () => {
  const { difference, z, p } = twoProportionZ({ hits: 170, of: 200 }, { hits: 640, of: 800 });
  expect(difference).toBeCloseTo(0.05, 15);
  expect(z).toBeCloseTo(1.61217, 5);
  expect(p).toBeCloseTo(0.10693, 5);
  const interval = newcombe({ hits: 170, of: 200 }, { hits: 640, of: 800 }, 0.95);
  expect(interval.low).toBeCloseTo(-0.0119, 5);
  expect(interval.high).toBeCloseTo(0.10182, 5);
});

test("56/70 against 48/80 with Yates' correction, and Fisher", () => {
  const { correctedZ, correctedP } = twoProportionZ({ hits: 56, of: 70 }, { hits: 48, of: 80 });
  expect(correctedZ).toBeCloseTo(2.4727051, 6);
  expect(correctedP).toBeCloseTo(0.0134095, 7);
  expect(fisherExact({ a: 56, b: 14, c: 48, d: 32 }).twoSided).toBeCloseTo(0.0125211, 7);
});

test("7/34 − 1/34 by Newcombe", () => {
  const { low, high } = newcombe({ hits: 7, of: 34 }, { hits: 1, of: 34 }, 0.95);
  expect(low).toBeCloseTo(0.0189214, 7);
  expect(high).toBeCloseTo(0.3403687, 7);
});

test("10/14 against 6/6 by Fisher", () => {
  expect(fisherExact({ a: 10, b: 4, c: 6, d: 0 }).twoSided).toBeCloseTo(0.26749, 5);
});

test("a split of 80/20 needs 580 frauds of the challenger to tell .80 from .85", () => {
  expect(proportionsNeeded({ first: 0.8, second: 0.85, ratio: 4, alpha: 0.05, power: 0.8 })).toEqual({ first: 2320, second: 580 });
  expect(proportionsNeeded({ first: 0.8, second: 0.8, ratio: 4, alpha: 0.05, power: 0.8 })).toBeNull();
});

test("whatever the counts, there is no NaN, p is a probability, and bounds lie around their estimate", () => {
  fc.assert(
    fc.property(hits, hits, (first, second) => {
      const { p, correctedP, z } = twoProportionZ(first, second);
      const { difference, low, high } = newcombe(first, second, 0.95);
      const { low: from, high: to } = wilson(first, 0.99);
      const fisher = fisherExact({ a: first.hits, b: first.of - first.hits, c: second.hits, d: second.of - second.hits });
      expect(Number.isFinite(z)).toBe(true);
      for (const share of [p, correctedP, from, to, ...Object.values(fisher)]) expect(share >= 0 && share <= 1).toBe(true);
      expect(low <= difference && difference <= high && low >= -1 && high <= 1).toBe(true);
      expect(from <= first.hits / first.of && first.hits / first.of <= to).toBe(true);
      const mirrored = newcombe(second, first, 0.95);
      expect(mirrored.low).toBeCloseTo(-high, 12);
    }),
  );
});

test("Fisher agrees with a direct enumeration of all tables", () => {
  fc.assert(
    fc.property(fc.tuple(fc.nat(12), fc.nat(12), fc.nat(12), fc.nat(12)), ([a, b, c, d]) => {
      const masses = new Map<number, bigint>();
      for (let k = Math.max(0, a - d); k <= Math.min(a + b, a + c); k++) masses.set(k, choose(a + b, k) * choose(c + d, a + c - k));
      const share = (keep: (k: number, mass: bigint) => boolean) => Number([...masses].filter(([k, mass]) => keep(k, mass)).reduce((sum, [, mass]) => sum + mass, 0n)) / Number(choose(a + b + c + d, a + c));
      const fisher = fisherExact({ a, b, c, d });
      expect(fisher.less).toBeCloseTo(share((k) => k <= a), 12);
      expect(fisher.greater).toBeCloseTo(share((k) => k >= a), 12);
      expect(fisher.twoSided).toBeCloseTo(share((_, mass) => mass <= (masses.get(a) as bigint)), 12);
    }),
  );
});

test("a large table takes no time", () => {
  const { twoSided } = fisherExact({ a: 10_400, b: 989_600, c: 10_000, d: 990_000 });
  expect(twoSided).toBeCloseTo(twoProportionZ({ hits: 10_400, of: 1_000_000 }, { hits: 10_000, of: 1_000_000 }).correctedP, 5);
});

test.each<[Hits]>([[{ hits: 1, of: 0 }], [{ hits: 0, of: 0 }], [{ hits: 3, of: 2 }], [{ hits: -1, of: 2 }], [{ hits: 0.5, of: 2 }], [{ hits: Number.NaN, of: 2 }]])("%j is refused", (bad) => {
  const good = { hits: 1, of: 2 };
  for (const call of [() => wilson(bad, 0.95), () => newcombe(good, bad, 0.95), () => twoProportionZ(bad, good), () => wilson(good, 1), () => wilson(good, Number.NaN)]) {
    expect(call).toThrow(expect.objectContaining({ code: "invalid_input" }));
  }
});

function choose(n: number, k: number): bigint {
  if (k < 0 || k > n) return 0n;
  let product = 1n;
  for (let i = 1; i <= k; i++) product = (product * BigInt(n - k + i)) / BigInt(i);
  return product;
}
