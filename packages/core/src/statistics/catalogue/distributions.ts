import { betaCdf, betaSurvival } from "../beta.ts";
import { binomialCdf, binomialMass, binomialSurvival } from "../binomial.ts";
import { chiSquareQuantile, chiSquareSurvival } from "../chi-square.ts";
import { erf, erfc } from "../error-function.ts";
import { fCdf, fSurvival } from "../f-distribution.ts";
import { gammaP, gammaQ } from "../gamma.ts";
import { hypergeometricCdf, hypergeometricMass, hypergeometricSurvival } from "../hypergeometric.ts";
import { kolmogorovExactSurvival, kolmogorovSurvival } from "../kolmogorov.ts";
import { logGamma } from "../log-gamma.ts";
import { normalCdf, normalQuantile, normalSurvival } from "../normal.ts";
import { studentTCdf, studentTQuantile, studentTSurvival, studentTTwoSided } from "../student-t.ts";
import { entry, type StatisticEntry } from "./entry.ts";
import { count, number, share } from "./field.ts";

const exact = { guarantee: "exact" } as const;
const df = number("degrees of freedom, above 0");

/** The functions that the tests rest on. */
export const DISTRIBUTIONS: Readonly<Record<string, StatisticEntry>> = {
  erf: entry({ ...exact, summary: "error function and its complement", source: "Abramowitz & Stegun 7.1.6, 7.1.14", fields: { x: number("argument") }, compute: ({ x }) => ({ erf: erf(x), erfc: erfc(x) }) }),
  "log-gamma": entry({ ...exact, summary: "ln Γ(x)", source: "Abramowitz & Stegun 6.1.33, 6.1.40", fields: { x: number("above 0") }, compute: ({ x }) => ({ value: x === 0 ? null : logGamma(x) }) }),
  gamma: entry({ ...exact, summary: "regularised incomplete gamma functions P and Q", source: "DLMF 8.7.1, 8.9.2", fields: { a: number("shape, above 0"), x: number("from 0 up") }, compute: ({ a, x }) => ({ cdf: gammaP(a, x), survival: gammaQ(a, x) }) }),
  beta: entry({ ...exact, summary: "regularised incomplete beta function and its complement", source: "DLMF 8.17.22; Didonato & Morris 1992", fields: { x: number("from 0 to 1"), a: number("above 0"), b: number("above 0") }, compute: ({ x, a, b }) => ({ cdf: betaCdf(x, a, b), survival: betaSurvival(x, a, b) }) }),
  normal: entry({ ...exact, summary: "both tails of the normal distribution", source: "Abramowitz & Stegun 26.2.11, 26.2.14", fields: { z: number("argument") }, compute: ({ z }) => ({ cdf: normalCdf(z), survival: normalSurvival(z) }) }),
  "normal-quantile": entry({ ...exact, summary: "z with P(Z ≤ z) = p", source: "Halley's steps on the tail", fields: { p: share("between 0 and 1") }, compute: ({ p }) => ({ value: normalQuantile(p) }) }),
  "student-t": entry({ ...exact, summary: "tails of Student's t", source: "Abramowitz & Stegun 26.7.1", fields: { t: number("argument"), df }, compute: ({ t, df }) => ({ cdf: studentTCdf(t, df), survival: studentTSurvival(t, df), twoSided: studentTTwoSided(t, df) }) }),
  "student-t-quantile": entry({ ...exact, summary: "t with P(T ≤ t) = p", source: "solved for on the tail", fields: { p: share("between 0 and 1"), df }, compute: ({ p, df }) => ({ value: studentTQuantile(p, df) }) }),
  f: entry({
    ...exact,
    summary: "tails of the F distribution",
    source: "Abramowitz & Stegun 26.6.2",
    fields: { f: number("from 0 up"), numerator: df, denominator: df },
    compute: ({ f, ...degrees }) => ({ cdf: fCdf(f, degrees), survival: fSurvival(f, degrees) }),
  }),
  "chi-square": entry({ ...exact, summary: "upper tail of χ²", source: "incomplete gamma function", fields: { x: number("from 0 up"), df: count("degrees of freedom") }, compute: ({ x, df }) => ({ survival: chiSquareSurvival(x, df) }) }),
  "chi-square-quantile": entry({ ...exact, summary: "x with P(X ≤ x) = p", source: "solved for on the tail", fields: { p: share("between 0 and 1"), df: count("degrees of freedom") }, compute: ({ p, df }) => ({ value: chiSquareQuantile(p, df) }) }),
  binomial: entry({
    ...exact,
    summary: "P(X = k), P(X ≤ k), P(X > k) of a binomial",
    source: "Loader 2000; DLMF 8.17.5",
    fields: { k: count("hits"), n: count("trials"), p: number("from 0 to 1") },
    compute: ({ k, n, p }) => ({ mass: binomialMass(k, n, p), cdf: binomialCdf(k, n, p), survival: binomialSurvival(k, n, p) }),
  }),
  hypergeometric: entry({
    ...exact,
    summary: "P(X = k), P(X ≤ k), P(X > k) of a draw without replacement",
    source: "Loader 2000",
    fields: { k: count("marked ones drawn"), total: count("of all"), marked: count("of all"), drawn: count("of all") },
    compute: ({ k, ...urn }) => ({ mass: hypergeometricMass(k, urn), cdf: hypergeometricCdf(k, urn), survival: hypergeometricSurvival(k, urn) }),
  }),
  kolmogorov: entry({ ...exact, summary: "upper tail of Kolmogorov's limit distribution", source: "Kolmogorov 1933", fields: { lambda: number("from 0 up") }, compute: ({ lambda }) => ({ survival: kolmogorovSurvival(lambda) }) }),
  "kolmogorov-exact": entry({ ...exact, summary: "P(D ≥ d) of one sample of n values", source: "Durbin 1973; Birnbaum & Tingey 1951", fields: { d: number("from 0 to 1"), n: count("values, up to 500") }, compute: ({ d, n }) => ({ survival: kolmogorovExactSurvival(d, n) }) }),
};
