import { binomialTest } from "../binomial-test.ts";
import { clopperPearson } from "../clopper-pearson.ts";
import { fisherExact } from "../fisher.ts";
import { newcombe } from "../newcombe.ts";
import { riskRatio } from "../risk-ratio.ts";
import { twoProportionZ } from "../two-proportion-z.ts";
import { agrestiCaffo, unpooledDifference } from "../unpooled-difference.ts";
import { wilson } from "../wilson.ts";
import { entry, type StatisticEntry } from "./entry.ts";
import { count, hits, level, number } from "./field.ts";

const first = hits("the first arm");
const second = hits("the second arm");

/** One proportion, and two independent ones. */
export const PROPORTIONS: Readonly<Record<string, StatisticEntry>> = {
  "two-proportion-z": entry({
    summary: "z test of two proportions: pooled, with Yates' correction, and unpooled",
    guarantee: "asymptotic",
    source: "Yates 1934 for the correction",
    fields: { first, second },
    compute: (input) => twoProportionZ(input.first, input.second),
  }),
  fisher: entry({
    summary: "Fisher's exact test of a 2 × 2 table, both sides and each",
    guarantee: "exact",
    source: "Fisher 1934",
    fields: { a: count("hits of the first row"), b: count("misses of the first row"), c: count("hits of the second row"), d: count("misses of the second row") },
    compute: fisherExact,
  }),
  newcombe: entry({
    summary: "interval of a difference of proportions by the hybrid score method",
    guarantee: "asymptotic",
    source: "Newcombe 1998, method 10",
    fields: { first, second, level: level() },
    compute: (input) => newcombe(input.first, input.second, input.level),
  }),
  "agresti-caffo": entry({
    summary: "interval of a difference of proportions with one hit and one miss added to each arm",
    guarantee: "asymptotic",
    source: "Agresti & Caffo 2000",
    fields: { first, second, level: level() },
    compute: (input) => agrestiCaffo(input.first, input.second, input.level),
  }),
  wald: entry({
    summary: "interval of a difference of proportions with the unpooled standard error",
    guarantee: "asymptotic",
    source: "Wald 1943",
    fields: { first, second, level: level() },
    compute: (input) => unpooledDifference(input.first, input.second, input.level),
    unknown: "both proportions are 0 or 1, so that the standard error is 0",
  }),
  "risk-ratio": entry({
    summary: "ratio of two proportions with its log-normal interval",
    guarantee: "asymptotic",
    source: "Katz, Baptista, Azen & Pike 1978",
    fields: { first, second, level: level() },
    compute: (input) => riskRatio(input.first, input.second, input.level),
    unknown: "an arm has no hit, or neither has a miss",
  }),
  wilson: entry({
    summary: "score interval of one proportion",
    guarantee: "asymptotic",
    source: "Wilson 1927",
    fields: { proportion: hits("the proportion"), level: level() },
    compute: (input) => wilson(input.proportion, input.level),
  }),
  "clopper-pearson": entry({
    summary: "interval of one proportion from its binomial tails",
    guarantee: "exact",
    source: "Clopper & Pearson 1934",
    fields: { proportion: hits("the proportion"), level: level() },
    compute: (input) => clopperPearson(input.proportion, input.level),
  }),
  "binomial-test": entry({
    summary: "test of one proportion against a given one, both sides and each",
    guarantee: "exact",
    source: "binomial distribution; two-sided by counts no more likely than the observed one",
    fields: { proportion: hits("the proportion"), p: number("the proportion under the null hypothesis", 0.5) },
    compute: (input) => binomialTest(input.proportion, input.p),
  }),
};
