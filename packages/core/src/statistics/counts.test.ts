import fc from "fast-check";
import { expect, test } from "vitest";

import { binomialTest } from "./binomial-test.ts";
import { chiSquareQuantile, chiSquareSurvival } from "./chi-square.ts";
import { clopperPearson, clopperPearsonHigh, clopperPearsonLow } from "./clopper-pearson.ts";
import { contingency } from "./contingency.ts";
import { candidatesForMargin, falseAlarmChance } from "./margin-noise.ts";
import { benjaminiHochberg, holm } from "./multiplicity.ts";
import { populationStability, stabilityIndex, stabilityNoise } from "./population-stability.ts";
import { riskRatio } from "./risk-ratio.ts";
import { sampleRatio } from "./sample-ratio.ts";
import { twoProportionZ } from "./two-proportion-z.ts";
import { agrestiCaffo, unpooledDifference } from "./unpooled-difference.ts";
import { welch } from "./welch.ts";

const invalid = expect.objectContaining({ code: "invalid_input" });
const round = (values: readonly number[], digits: number): readonly number[] => values.map((value) => Number(value.toFixed(digits)));

test("7/34 − 1/34 by Agresti–Caffo and by Wald", () => {
  const compared = [{ hits: 7, of: 34 }, { hits: 1, of: 34 }] as const;
  expect(agrestiCaffo(...compared, 0.95).low).toBeCloseTo(0.01161167, 8);
  expect(agrestiCaffo(...compared, 0.95).high).toBeCloseTo(0.32172166, 8);
  expect(unpooledDifference(...compared, 0.95)?.low).toBeCloseTo(0.02916942, 8);
  expect(unpooledDifference(...compared, 0.95)?.high).toBeCloseTo(0.32377176, 8);
});

test("1396/3000 against 1480/3000: z with the unpooled error, and t with the same variances", () => {
  expect(twoProportionZ({ hits: 1396, of: 3000 }, { hits: 1480, of: 3000 }).unpooledP).toBeCloseTo(0.0298875, 7);
  const arm = (hits: number) => ({ n: 3000, mean: hits / 3000, variance: (hits / 3000) * (1 - hits / 3000) });
  expect(welch(arm(1396), arm(1480), { level: 0.95, margin: 0 }).p).toBeCloseTo(0.0299265, 7);
});

test("acceptance ratios to 7200/9000 with log-normal intervals", () => {
  for (const [hits, ratio, low, high] of [[770, 0.9625, 0.92901, 0.9972], [730, 0.9125, 0.87752, 0.94887], [790, 0.9875, 0.95489, 1.02123]] as const) {
    const found = riskRatio({ hits, of: 1000 }, { hits: 7200, of: 9000 }, 0.95);
    expect(round([found?.ratio as number, found?.interval.low as number, found?.interval.high as number], 5)).toEqual([ratio, low, high]);
  }
  expect(riskRatio({ hits: 0, of: 5 }, { hits: 1, of: 5 }, 0.95)).toBeNull();
  expect(riskRatio({ hits: 1, of: 5 }, { hits: 0, of: 5 }, 0.95)).toBeNull();
  expect(riskRatio({ hits: 5, of: 5 }, { hits: 7, of: 7 }, 0.95)).toBeNull();
});

test("SRM of 90/10: 9120/880 is one, 9050/950 is none", () => {
  expect(sampleRatio([9120, 880], [9, 1]).chiSquare).toBeCloseTo(16, 12);
  expect(sampleRatio([9120, 880], [9, 1]).p).toBeCloseTo(6.33e-5, 7);
  expect(sampleRatio([9050, 950], [9, 1]).chiSquare).toBeCloseTo(2.7778, 4);
  expect(sampleRatio([9050, 950], [9, 1]).p).toBeCloseTo(0.0956, 4);
});

test("a margin of 5 % at 1000 against 9000: no noise at .80, 38 % false alarms at .04", () => {
  expect(falseAlarmChance({ share: 0.8, relativeMargin: 0.05, candidates: 1000, baselines: 9000 })).toBeCloseTo(0.00135, 5);
  expect(falseAlarmChance({ share: 0.04, relativeMargin: 0.05, candidates: 1000, baselines: 9000 })).toBeCloseTo(0.38, 3);
  const needed = candidatesForMargin({ share: 0.04, relativeMargin: 0.05, ratio: 9, chance: 0.05 }) as number;
  expect(Math.abs(needed - 28_859)).toBeLessThanOrEqual(1);
  expect(falseAlarmChance({ share: 0.04, relativeMargin: 0.05, candidates: needed, baselines: 9 * needed })).toBeLessThanOrEqual(0.05);
  expect(candidatesForMargin({ share: 0.04, relativeMargin: 0, ratio: 9, chance: 0.05 })).toBeNull();
});

test("Holm and Benjamini–Hochberg", () => {
  // .01 is the second of six: .01·5, not the .03 of the first.
  expect(round(holm([0.01, 0.04, 0.03, 0.005, 0.55, 0.6]), 12)).toEqual([0.05, 0.12, 0.12, 0.03, 1, 1]);
  expect(round(benjaminiHochberg([0.898, 0.138, 0.007, 0.964, 0.538, 0.006, 0.138]), 4)).toEqual([0.964, 0.2415, 0.0245, 0.964, 0.7532, 0.0245, 0.2415]);
  const ps = [0.001, 0.008, 0.02, 0.041, 0.3, 0.74];
  expect(round(benjaminiHochberg(ps), 4)).toEqual([0.006, 0.024, 0.04, 0.0615, 0.36, 0.74]);
  expect(holm(ps).filter((p) => p <= 0.05).length).toBe(2);
  expect(1 - 0.95 ** 30).toBeCloseTo(0.785, 3);
});

test("adjusted p-values never fall below the p-values, keep their order, and don't depend on the order given", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 }), (ps) => {
      for (const adjust of [holm, benjaminiHochberg]) {
        const adjusted = adjust(ps);
        for (const [i, p] of ps.entries()) {
          expect(adjusted[i] as number).toBeGreaterThanOrEqual(p);
          expect(adjusted[i] as number).toBeLessThanOrEqual(1);
          for (const [j, other] of ps.entries()) if (p < other) expect(adjusted[i] as number).toBeLessThanOrEqual(adjusted[j] as number);
        }
        expect([...adjust(ps.toReversed())].toReversed()).toEqual(adjusted);
      }
      const bh = benjaminiHochberg(ps);
      for (const [i, p] of holm(ps).entries()) expect(bh[i] as number).toBeLessThanOrEqual(p * (1 + 1e-12));
    }),
  );
});

test("population stability", () => {
  const tenths = Array.from({ length: 10 }, () => 0.1);
  expect(stabilityIndex(tenths, [0.06, 0.08, 0.09, 0.1, 0.1, 0.11, 0.11, 0.12, 0.11, 0.12])).toBeCloseTo(0.036102, 6);
  expect(stabilityIndex([0.25, 0.25, 0.25, 0.25], [0.1, 0.2, 0.3, 0.4])).toBeCloseTo(0.228217, 6);
  expect(populationStability([250, 250, 250, 250], [0, 100, 200, 200], 0.5).index).toBeCloseTo(1.526916, 6);
  expect(stabilityNoise(10, { n: 500, m: 500 })).toBeCloseTo(0.067676, 6);
  expect(populationStability([5, 5], [50, 50], 0.5).index).toBe(0);
});

test("χ² of a table: columns nobody has are no comparison, and 2 × 2 is the pooled z squared", () => {
  fc.assert(
    fc.property(fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50), fc.nat(50)), ([a, b, c, d]) => {
      const found = contingency([[a, 0, b], [c, 0, d], [0, 0, 0]]);
      if (a + b === 0 || c + d === 0 || a + c === 0 || b + d === 0) {
        expect(found).toBeNull();
        return;
      }
      const { z, p, correctedP } = twoProportionZ({ hits: a, of: a + b }, { hits: c, of: c + d });
      expect(found?.df).toBe(1);
      expect(found?.chiSquare).toBeCloseTo(z * z, 9);
      expect(found?.p).toBeCloseTo(p, 9);
      expect(found?.correctedP).toBeCloseTo(correctedP, 9);
      expect(found?.v).toBeLessThanOrEqual(1);
    }),
  );
  expect(contingency([])).toBeNull();
  expect(contingency([[1, 2], [3, 4], [5, 6]])).toMatchObject({ df: 2, corrected: null, correctedP: null });
  expect(contingency([[5e14, 5e14], [5e14, 5e14]])).toMatchObject({ chiSquare: 0, p: 1 });
});

test("Clopper–Pearson's bounds are where the binomial tails are α/2; the ends are 0 and 1", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.nat(2000), fc.constantFrom(0.5, 0.9, 0.95, 0.999), (of, some, level) => {
      const hits = Math.min(some, of);
      const { low, high } = clopperPearson({ hits, of }, level);
      expect(low <= hits / of && hits / of <= high).toBe(true);
      if (hits > 0) expect(binomialTest({ hits, of }, low).greater).toBeCloseTo((1 - level) / 2, 10);
      if (hits < of) expect(binomialTest({ hits, of }, high).less).toBeCloseTo((1 - level) / 2, 10);
    }),
  );
  expect([clopperPearsonLow({ hits: 0, of: 9 }, 0.05), clopperPearsonHigh({ hits: 9, of: 9 }, 0.05)]).toEqual([0, 1]);
  expect(clopperPearsonHigh({ hits: 0, of: 1_000_000 }, 0.05)).toBeCloseTo(1 - 0.05 ** 1e-6, 12);
  expect(clopperPearsonLow({ hits: 1, of: 1e15 }, 1e-9)).toBeCloseTo(1e-24, 30);
});

test("quantiles of χ² are where its tail says", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), fc.integer({ min: 1, max: 500 }), (p, df) => {
      const x = chiSquareQuantile(p, df);
      expect(Math.abs(chiSquareSurvival(x, df) / (1 - p) - 1)).toBeLessThan(1e-8);
    }),
  );
});

test("all hits and all misses: null or a bound, never a certainty", () => {
  const all = { hits: 40, of: 40 };
  const none = { hits: 0, of: 40 };
  expect(unpooledDifference(all, none, 0.95)).toBeNull();
  expect(twoProportionZ(all, none)).toMatchObject({ unpooledZ: null, unpooledP: null });
  expect(twoProportionZ(all, all)).toMatchObject({ p: 1, unpooledP: null });
  const { low, high } = agrestiCaffo(all, none, 0.95);
  expect(low > 0.8 && low < 1 && high === 1).toBe(true);
});

test.each<[string, () => unknown]>([
  ["no p-values", () => holm([])],
  ["p above 1", () => benjaminiHochberg([0.1, 1.1])],
  ["NaN as p", () => holm([Number.NaN])],
  ["an empty bin without smoothing", () => populationStability([5, 0], [5, 5], 0)],
  ["an empty sample", () => populationStability([0, 0], [5, 5], 0.5)],
  ["different bins", () => populationStability([1, 2], [1, 2, 3], 0.5)],
  ["one bin", () => stabilityIndex([1], [1])],
  ["negative smoothing", () => populationStability([1, 2], [1, 2], -1)],
  ["a ragged table", () => contingency([[1, 2], [3]])],
  ["a negative count", () => contingency([[1, 2], [3, -4]])],
  ["half a count", () => contingency([[1, 2], [3, 0.5]])],
  ["an empty arm", () => riskRatio({ hits: 0, of: 0 }, { hits: 1, of: 2 }, 0.95)],
  ["more hits than trials", () => agrestiCaffo({ hits: 3, of: 2 }, { hits: 1, of: 2 }, 0.95)],
  ["p of 2", () => binomialTest({ hits: 1, of: 2 }, 2)],
  ["alpha of 0", () => clopperPearsonLow({ hits: 1, of: 2 }, 0)],
  ["a share of 0", () => falseAlarmChance({ share: 0, relativeMargin: 0.05, candidates: 10, baselines: 10 })],
  ["a quantile at 1", () => chiSquareQuantile(1, 3)],
])("%s is refused", (_, call) => {
  expect(call).toThrow(invalid);
});
