import { contingency } from "../contingency.ts";
import { benjaminiHochberg, holm } from "../multiplicity.ts";
import { populationStability, stabilityIndex } from "../population-stability.ts";
import { sampleRatio } from "../sample-ratio.ts";
import { entry, type StatisticEntry } from "./entry.ts";
import { counts, number, numbers, table } from "./field.ts";

/** Counts of several classes, and several p-values. */
export const TABLES: Readonly<Record<string, StatisticEntry>> = {
  contingency: entry({
    summary: "χ² test of independence of rows and columns; with Yates' correction for 2 × 2",
    guarantee: "asymptotic",
    source: "Pearson 1900; Yates 1934; Cramér 1946",
    fields: { table: table("counts, row by row") },
    compute: (input) => contingency(input.table),
    unknown: "fewer than two rows or columns hold anything",
  }),
  "sample-ratio": entry({
    summary: "χ² test whether the arms got the shares they were meant to",
    guarantee: "asymptotic",
    source: "Pearson 1900",
    fields: { observed: counts("units of each arm"), expected: numbers("share of each arm; they need not sum to 1") },
    compute: (input) => sampleRatio(input.observed, input.expected),
  }),
  "population-stability": entry({
    summary: "stability index of two lists of counts per bin, and its noise",
    guarantee: "asymptotic",
    source: "credit scoring; noise by χ² after Yurdakul 2018",
    fields: { reference: counts("per bin"), observed: counts("per bin"), smoothing: number("added to every count", 0.5) },
    compute: (input) => populationStability(input.reference, input.observed, input.smoothing),
  }),
  "stability-index": entry({
    summary: "stability index of two lists of weights",
    guarantee: "exact",
    source: "a measure, not a test",
    fields: { reference: numbers("weight per bin, above 0"), observed: numbers("weight per bin, above 0") },
    compute: (input) => ({ index: stabilityIndex(input.reference, input.observed) }),
  }),
  holm: entry({
    summary: "p-values adjusted so that any false rejection is rare",
    guarantee: "exact",
    source: "Holm 1979",
    fields: { p: numbers("p-values") },
    compute: (input) => ({ adjusted: holm(input.p) }),
  }),
  "benjamini-hochberg": entry({
    summary: "p-values adjusted so that few rejections are false",
    guarantee: "exact",
    source: "Benjamini & Hochberg 1995, for independent or positively dependent tests",
    fields: { p: numbers("p-values") },
    compute: (input) => ({ adjusted: benjaminiHochberg(input.p) }),
  }),
};
