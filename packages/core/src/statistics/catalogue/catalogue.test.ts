import fc from "fast-check";
import { expect, test } from "vitest";

import type { Json } from "../../digest/json.ts";
import { Failure } from "../../failure/failure.ts";
import type { RandomSource } from "./entry.ts";
import { runStatistic, statisticNamed, STATISTICS } from "./statistics.ts";

const random: RandomSource = (seed) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

const arm = { hits: 12, of: 40 };
const sums = { x: [1, 2, 3, 5], y: [2, 2, 4, 5] };
const values = Array.from({ length: 120 }, (_, i) => i + 1);

/** A sound input of each. */
const SOUND: Readonly<Record<string, Json>> = {
  "two-proportion-z": { first: arm, second: { hits: 20, of: 41 } },
  fisher: { a: 1, b: 2, c: 3, d: 4 },
  newcombe: { first: arm, second: arm },
  "agresti-caffo": { first: arm, second: arm, level: 0.9 },
  wald: { first: arm, second: arm },
  "risk-ratio": { first: arm, second: arm },
  wilson: { proportion: arm },
  "clopper-pearson": { proportion: arm },
  "binomial-test": { proportion: arm, p: 0.4 },
  mcnemar: { b: 1, c: 7 },
  "paired-recall": { cells: [9, 1, 2, 3, 4, 5, 6, 70] },
  "paired-precision": { cells: [9, 1, 2, 3, 4, 5, 6, 70] },
  welch: { first: { values: [1, 2, 4] }, second: { n: 5, mean: 1, variance: 2 } },
  "relative-difference": { candidate: { values: [1, 2, 4] }, baseline: { n: 3, sum: 6, squares: 14 } },
  "ratio-to-baseline": { candidate: { values: [1, 2, 4] }, baseline: { n: 3, sum: 6, squares: 14 }, bound: 1.1 },
  "ratio-metric": { arm: sums },
  "ratio-difference": { first: sums, second: { n: 3, x: 6, y: 7, xx: 14, xy: 16, yy: 19 } },
  "clustered-mean": { clusters: { x: [6, 3, 9], y: [3, 2, 3] }, squares: 50 },
  cuped: { first: sums, second: sums },
  "paired-bootstrap": { ...sums, resamples: 100 },
  "mann-whitney": { first: [1, 2, 2], second: [2, 3] },
  "kolmogorov-smirnov": { first: [1, 2, 2], second: [2, 3] },
  "kolmogorov-smirnov-one": { positions: [0.1, 0.5, 0.7] },
  "quantile-interval": { values, q: 0.5 },
  "quantile-ratio": { candidate: values, baseline: values, q: 0.9 },
  contingency: { table: [[1, 2], [3, 4]] },
  "sample-ratio": { observed: [1000, 1200], expected: [1, 1] },
  "population-stability": { reference: [5, 6, 7], observed: [7, 6, 0] },
  "stability-index": { reference: [5, 6, 7], observed: [7, 6, 1] },
  holm: { p: [0.01, 0.5] },
  "benjamini-hochberg": { p: [0.01, 0.5] },
  "mcnemar-sample-size": { discordantUp: 0.1, discordantDown: 0.05 },
  "proportions-sample-size": { first: 0.8, second: 0.85, ratio: 4 },
  "false-alarm": { share: 0.04, relativeMargin: 0.05, candidates: 1000, baselines: 9000 },
  "margin-sample-size": { share: 0.04, relativeMargin: 0.05, ratio: 9, chance: 0.05 },
  "paired-evidence": { wins: 25, losses: 9 },
  "binomial-evidence": { proportion: arm, share: 0.4 },
  "recall-ratio-evidence": { cells: [9, 1, 2, 3, 4, 5, 6, 70] },
  "recall-difference-evidence": { cells: [9, 1, 2, 3, 4, 5, 6, 70] },
  "score-evidence": { scores: [0, 1], counts: [5, 9], nullMean: 0.5 },
  "rate-sequence": { proportion: arm },
  "asymptotic-sequence": { value: 0.1, standardError: 0.05, n: 900 },
  "asymptotic-means": { first: { n: 500, mean: 1, variance: 2 }, second: { n: 500, mean: 1.1, variance: 2 } },
  "asymptotic-proportions": { first: { hits: 100, of: 500 }, second: { hits: 120, of: 500 } },
  "sample-ratio-evidence": { observed: [1000, 1200], expected: [1, 1] },
  "quantile-evidence": { champion: [5, 9, 3], challenger: [3, 9, 5], q: 0.5 },
  "rating-difference": { firstElo: 1530, firstGames: 100, secondElo: 1500, secondGames: 100 },
  gsprt: { counts: [300, 1000, 420], elo0: 0, elo1: 10 },
  "stopped-pairs": { wins: 25, losses: 7, looks: [10, 20, 32] },
  "stopped-elo": { counts: [300, 1000, 385], elo0: 0, elo1: 10 },
  erf: { x: 0.5 },
  "log-gamma": { x: 3.5 },
  gamma: { a: 2, x: 1 },
  beta: { x: 0.5, a: 2, b: 3 },
  normal: { z: 1 },
  "normal-quantile": { p: 0.975 },
  "student-t": { t: 2, df: 10 },
  "student-t-quantile": { p: 0.975, df: 10 },
  f: { f: 2, numerator: 3, denominator: 10 },
  "chi-square": { x: 3, df: 2 },
  "chi-square-quantile": { p: 0.95, df: 9 },
  binomial: { k: 3, n: 10, p: 0.3 },
  hypergeometric: { k: 2, total: 20, marked: 5, drawn: 8 },
  kolmogorov: { lambda: 1 },
  "kolmogorov-exact": { d: 0.3, n: 10 },
};

const anything: fc.Arbitrary<Json> = fc.oneof(fc.constant(null), fc.boolean(), fc.double(), fc.integer(), fc.constantFrom(-1, 0, 1, 0.5, 1e15, 1e300, -1e-300, "a"), fc.array(fc.double()), fc.constant({})) as fc.Arbitrary<Json>;

test.each(Object.entries(STATISTICS).filter(([name]) => name in SOUND))("%s computes, and names a field that is missing, unknown or wrong", (name, statistic) => {
  const sound = SOUND[name] as Record<string, Json>;
  const result = runStatistic(name, sound, random);
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  expect(statistic.summary.length > 0 && statistic.source.length > 0).toBe(true);
  for (const field of Object.keys(statistic.input)) {
    expect(() => runStatistic(name, { ...sound, [`${field}x`]: 1 }, random)).toThrow(`${field}x is not known`);
    expect(() => runStatistic(name, { ...sound, [field]: true }, random)).toThrow(field);
  }
  const required = Object.keys(sound)[0] as string;
  const { [required]: _, ...rest } = sound;
  expect(() => runStatistic(name, rest, random)).toThrow(`${required} is missing`);
  for (const bad of [null, [], 5, "text"]) expect(() => runStatistic(name, bad, random)).toThrow("the input must be an object");
});

test("every family above is complete, so that a new statistic brings its test", () => {
  expect(Object.keys(SOUND).filter((name) => !(name in STATISTICS))).toEqual([]);
});

test("whatever one field is replaced by: a result without NaN, or a Failure", () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(SOUND)), fc.nat(10), anything, (name, place, value) => {
      const sound = SOUND[name] as Record<string, Json>;
      const fields = Object.keys(sound);
      try {
        const result = runStatistic(name, { ...sound, [fields[place % fields.length] as string]: value }, random);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
        expect((error as Failure).code).toBe("invalid_input");
      }
    }),
    { numRuns: 5000 },
  );
  // Ten seconds of work, which a busy machine stretches.
}, 180_000);

test("places inside a field are named", () => {
  expect(() => runStatistic("wilson", { proportion: { hits: 1.5, of: 3 } }, random)).toThrow("proportion.hits must be a whole number from 0 up, not 1.5");
  expect(() => runStatistic("contingency", { table: [[1, 2], [3, -4]] }, random)).toThrow("table[1][1]");
  expect(() => runStatistic("holm", { p: [0.1, "x"] }, random)).toThrow('p[1] must be a finite number, not "x"');
  expect(() => runStatistic("welch", { first: { n: 3, mean: 1, varianc: 1 }, second: { values: [1, 2] } }, random)).toThrow(expect.objectContaining({ fix: 'did you mean "variance"?' }));
});

test("what can't be said is null, with the reason", () => {
  expect(runStatistic("risk-ratio", { first: { hits: 0, of: 4 }, second: arm }, random)).toEqual({ result: null, because: "an arm has no hit, or neither has a miss" });
});

test("an unknown name gets the nearest", () => {
  expect(() => statisticNamed("mcnemer")).toThrow(expect.objectContaining({ code: "not_found", fix: 'did you mean "mcnemar"?' }));
  expect(() => statisticNamed("constructor")).toThrow(expect.objectContaining({ code: "not_found" }));
});
