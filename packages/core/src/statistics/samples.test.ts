import fc from "fast-check";
import { expect, test } from "vitest";

import { kolmogorovExactSurvival, kolmogorovSurvival, smirnovSurvival } from "./kolmogorov.ts";
import { asymptotic, kolmogorovSmirnov, kolmogorovSmirnovOneSample } from "./kolmogorov-smirnov.ts";
import { mannWhitney } from "./mann-whitney.ts";

const invalid = expect.objectContaining({ code: "invalid_input" });
const tied = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 });

test("Mann–Whitney of {19,22,16,29,24} and {20,11,17,12}", () => {
  const { u, exact, asymptotic } = mannWhitney([19, 22, 16, 29, 24], [20, 11, 17, 12]);
  expect(u).toBe(17);
  expect(exact?.twoSided).toBeCloseTo(0.1111111, 7);
  expect(asymptotic?.twoSided).toBeCloseTo(0.1113469, 7);
});

test("Kolmogorov–Smirnov of two small samples", () => {
  const { d, exact, limit } = kolmogorovSmirnov([1.2, 2.3, 3.1, 4.8, 5, 6.7], [2.5, 4.9, 5.5, 7.1, 8.2, 9.9]);
  expect(d).toBe(0.5);
  expect(exact).toBeCloseTo(0.474026, 6);
  expect(limit).toBeCloseTo(0.441306, 6);
  const overlapping = kolmogorovSmirnov([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 11.5]);
  expect(overlapping.d).toBe(0.4);
  expect(overlapping.exact).toBeCloseTo(0.391746, 6);
  expect(kolmogorovSmirnov([1, 2, 2, 3, 4], [2, 3, 3, 4, 5, 5]).d).toBeCloseTo(13 / 30, 15);
});

test("at large n a trivial distance is significant, which is why p needs an effect size beside it", () => {
  expect(asymptotic(0.05, 1000).limit).toBeCloseTo(0.0134759, 7);
  expect(asymptotic(0.0061, 50_000).limit).toBeCloseTo(0.0484, 4);
  expect(asymptotic(0.06869, (528 * 279) / 807).limit).toBeCloseTo(0.355, 3);
});

test("both exact distributions are those of all ways of dealing the values, with ties too", () => {
  fc.assert(
    fc.property(tied, tied, (first, second) => {
      const values = [...first, ...second];
      const observedU = pairsWon(first, second);
      const observedD = distance(first, second);
      let [all, below, above, asFar] = [0, 0, 0, 0];
      for (const [ours, theirs] of deals(values, first.length)) {
        all++;
        const u = pairsWon(ours, theirs);
        if (u <= observedU) below++;
        if (u >= observedU) above++;
        if (distance(ours, theirs) >= observedD - 1e-12) asFar++;
      }
      const ranks = mannWhitney(first, second);
      expect(ranks.u).toBe(observedU);
      expect(ranks.exact?.less).toBeCloseTo(below / all, 12);
      expect(ranks.exact?.greater).toBeCloseTo(above / all, 12);
      expect(ranks.exact?.twoSided).toBeCloseTo(Math.min(1, (2 * Math.min(below, above)) / all), 12);
      const ks = kolmogorovSmirnov(first, second);
      expect(ks.d).toBeCloseTo(observedD, 12);
      expect(ks.exact).toBeCloseTo(asFar / all, 12);
    }),
    { numRuns: 150 },
  );
});

test("exchanging the samples mirrors the result, and there is never a NaN", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 20 }), fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 20 }), (a, b) => {
      const here = mannWhitney(a, b);
      const there = mannWhitney(b, a);
      expect(there.u).toBe(a.length * b.length - here.u);
      expect(there.exact?.greater).toBeCloseTo(here.exact?.less as number, 10);
      if (here.asymptotic !== null) expect(there.asymptotic?.greater).toBeCloseTo(here.asymptotic.less, 10);
      const ks = kolmogorovSmirnov(a, b);
      expect({ ...kolmogorovSmirnov(b, a), exact: 0 }).toEqual({ ...ks, exact: 0 });
      for (const p of [ks.exact, ks.limit, ks.stephens]) expect(p !== null && p >= 0 && p <= 1).toBe(true);
    }),
  );
});

test("far tails keep their digits: C(80, 40) ways, of which 1", () => {
  const low = Array.from({ length: 40 }, (_, i) => i);
  const high = low.map((value) => value + 100);
  let ways = 1;
  for (let i = 1; i <= 40; i++) ways *= (40 + i) / i;
  expect(mannWhitney(low, high).exact?.less).toBeCloseTo(1 / ways, 35);
  expect((mannWhitney(low, high).exact?.twoSided as number) * ways).toBeCloseTo(2, 10);
  expect((kolmogorovSmirnov(low, high).exact as number) * ways).toBeCloseTo(2, 10);
});

test("what is too large for the exact distribution says so, and all-equal values have no z", () => {
  const many = Array.from({ length: 2000 }, (_, i) => i);
  expect(mannWhitney(many, many).exact).toBeNull();
  expect(kolmogorovSmirnov(many, many).exact).toBeNull();
  expect(kolmogorovSmirnovOneSample(many.map((i) => (i + 0.5) / 2000)).exact).toBeNull();
  expect(mannWhitney([3, 3], [3, 3, 3])).toMatchObject({ u: 3, superiority: 0.5, z: null, asymptotic: null, exact: { twoSided: 1, greater: 1, less: 1 }, tied: 5 });
  expect(kolmogorovSmirnov([3, 3], [3, 3, 3])).toEqual({ d: 0, exact: 1, limit: 1, stephens: 1 });
});

test("one sample: its exact distribution agrees with a simulation, and with the limit for many values", () => {
  expect(kolmogorovExactSurvival(0.274, 10)).toBeCloseTo(0.3715, 3);
  expect(kolmogorovExactSurvival(1, 3)).toBe(0);
  expect(kolmogorovExactSurvival(0.1, 5)).toBe(1);
  expect(smirnovSurvival(0, 5)).toBe(1);
  expect(kolmogorovExactSurvival(1.36 / Math.sqrt(500), 500)).toBeCloseTo(kolmogorovSurvival(1.36), 2);
  expect(kolmogorovSmirnovOneSample([0.1, 0.2, 0.9]).d).toBeCloseTo(2 / 3 - 0.2, 15);
});

test.each<[string, () => unknown]>([
  ["an empty arm", () => mannWhitney([], [1])],
  ["the other empty", () => kolmogorovSmirnov([1], [])],
  ["NaN", () => mannWhitney([1, Number.NaN], [1])],
  ["infinity", () => kolmogorovSmirnov([1], [Number.NEGATIVE_INFINITY])],
  ["a position beyond 1", () => kolmogorovSmirnovOneSample([0.5, 1.5])],
  ["D beyond 1", () => kolmogorovExactSurvival(1.1, 5)],
  ["no values", () => kolmogorovExactSurvival(0.5, 0)],
  ["too many values", () => kolmogorovExactSurvival(0.5, 501)],
  ["a negative λ", () => kolmogorovSurvival(-1)],
  ["NaN as λ", () => kolmogorovSurvival(Number.NaN)],
])("%s is refused", (_, call) => {
  expect(call).toThrow(invalid);
});

function pairsWon(first: readonly number[], second: readonly number[]): number {
  return first.reduce((sum, a) => sum + second.reduce((won, b) => won + (a > b ? 1 : a === b ? 0.5 : 0), 0), 0);
}

function distance(first: readonly number[], second: readonly number[]): number {
  const share = (values: readonly number[], at: number): number => values.filter((value) => value <= at).length / values.length;
  return Math.max(...[...first, ...second].map((at) => Math.abs(share(first, at) - share(second, at))));
}

function* deals(values: readonly number[], n: number): Generator<readonly [number[], number[]]> {
  for (let mask = 0; mask < 2 ** values.length; mask++) {
    const ours = values.filter((_, i) => (mask >> i) & 1);
    if (ours.length === n) yield [ours, values.filter((_, i) => !((mask >> i) & 1))];
  }
}
