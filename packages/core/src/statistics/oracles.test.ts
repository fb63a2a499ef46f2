import { expect, test } from "vitest";

import { betaCdf, betaSurvival } from "./beta.ts";
import { binomialCdf, binomialMass, binomialSurvival, logBinomialCdf } from "./binomial.ts";
import { chiSquareSurvival } from "./chi-square.ts";
import { fisherExact } from "./fisher.ts";
import { gammaP, gammaQ } from "./gamma.ts";
import { logGamma } from "./log-gamma.ts";
import { mcnemar } from "./mcnemar.ts";
import { normalQuantile, normalSurvival } from "./normal.ts";
import oracles from "./oracles.json" with { type: "json" };
import { wilson } from "./wilson.ts";

type Row = readonly number[];

/** Each name of the table, and how to compute a row's last value (or values) from its arguments. */
const COMPUTED: Readonly<Record<keyof typeof oracles, (row: Row) => readonly number[]>> = {
  normalSurvival: ([z]) => [normalSurvival(z as number)],
  normalQuantile: ([p]) => [normalQuantile(p as number)],
  logGamma: ([x]) => [logGamma(x as number)],
  gammaP: ([a, x]) => [gammaP(a as number, x as number)],
  gammaQ: ([a, x]) => [gammaQ(a as number, x as number)],
  betaCdf: ([x, a, b]) => [betaCdf(x as number, a as number, b as number)],
  betaSurvival: ([x, a, b]) => [betaSurvival(x as number, a as number, b as number)],
  binomialMass: ([k, n, p]) => [binomialMass(k as number, n as number, p as number)],
  binomialCdf: ([k, n, p]) => [binomialCdf(k as number, n as number, p as number)],
  binomialSurvival: ([k, n, p]) => [binomialSurvival(k as number, n as number, p as number)],
  logBinomialCdf: ([k, n, p]) => [logBinomialCdf(k as number, n as number, p as number)],
  chiSquareSurvival: ([x, df]) => [chiSquareSurvival(x as number, df as number)],
  fisher: ([a, b, c, d]) => {
    const { twoSided, less, greater } = fisherExact({ a: a as number, b: b as number, c: c as number, d: d as number });
    return [twoSided, less, greater];
  },
  mcnemar: ([b, c]) => {
    const { exact, midP } = mcnemar(b as number, c as number);
    return [exact, midP];
  },
  wilson: ([hits, of, level]) => {
    const { low, high } = wilson({ hits: hits as number, of: of as number }, level as number);
    return [low, high];
  },
};

const ROWS = Object.entries(oracles).flatMap(([name, rows]) => rows.map((row) => [name as keyof typeof oracles, row] as const));

test.each(ROWS)("%s of %j", (name, row) => {
  const computed = COMPUTED[name](row);
  const expected = row.slice(row.length - computed.length);
  for (const [i, value] of computed.entries()) {
    const exact = expected[i] as number;
    // Below 1e-43 the exponential of a large logarithm may cost two digits; the smallest doubles have few of their own.
    const tolerance = Math.abs(exact) > 1e-43 ? 1e-12 : 1e-10;
    expect(Math.abs(value - exact), `${value} should be ${exact}`).toBeLessThanOrEqual(tolerance * Math.abs(exact) + 5e-324);
  }
});

test("the table reaches into far tails", () => {
  const tiny = ROWS.filter(([, row]) => Math.abs(row.at(-1) as number) < 1e-100 && row.at(-1) !== 0);
  expect(tiny.length).toBeGreaterThan(10);
});
