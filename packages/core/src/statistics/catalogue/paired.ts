import { mcnemar } from "../mcnemar.ts";
import { pairedPrecisionDifference } from "../paired-precision.ts";
import { pairedRecallRatio } from "../paired-ratio.ts";
import { entry, type StatisticEntry } from "./entry.ts";
import { count, counts, level } from "./field.ts";

const cells = counts("8 counts of requests that both versions answered, at truth·4 + champion·2 + challenger");

/** Two versions on the same requests. */
export const PAIRED: Readonly<Record<string, StatisticEntry>> = {
  mcnemar: entry({
    summary: "paired answers: exact, mid-p, χ² with and without correction",
    guarantee: "exact",
    source: "McNemar 1947; mid-p after Fagerland, Lydersen & Laake 2013. The mid-p and χ² figures are asymptotic",
    fields: { b: count("pairs that only the one hit"), c: count("pairs that only the other hit") },
    compute: ({ b, c }) => mcnemar(b, c),
  }),
  "paired-recall": entry({
    summary: "ratio and difference of two recalls on the same labelled positives",
    guarantee: "asymptotic",
    source: "delta method (compare Nam & Blackwelder 2002); Newcombe 1998 for the difference",
    fields: { cells, level: level() },
    compute: (input) => {
      const { interval, differenceInterval, ...figures } = pairedRecallRatio(input.cells);
      return { ...figures, interval: interval(input.level), differenceInterval: differenceInterval(input.level) };
    },
  }),
  "paired-precision": entry({
    summary: "difference of two precisions on the same labelled requests",
    guarantee: "asymptotic",
    source: "delta method in the setting of Leisenring, Alonzo & Pepe 2000",
    fields: { cells, level: level() },
    compute: (input) => pairedPrecisionDifference(input.cells, input.level),
  }),
};
