import { candidatesForMargin, falseAlarmChance } from "../margin-noise.ts";
import { pairsNeeded } from "../mcnemar-sample-size.ts";
import { proportionsNeeded } from "../proportions-sample-size.ts";
import { entry, type StatisticEntry } from "./entry.ts";
import { count, number, share } from "./field.ts";

const alpha = number("two-sided", 0.05);
const power = number("chance to find what is there", 0.8);
const relativeMargin = number("margin as a part of the share, such as 0.05");

/** How much is needed, and how often a margin errs. */
export const SAMPLE_SIZES: Readonly<Record<string, StatisticEntry>> = {
  "mcnemar-sample-size": entry({
    summary: "pairs that McNemar's test needs",
    guarantee: "asymptotic",
    source: "Connor 1987",
    fields: { discordantUp: number("share of pairs that only the challenger hits"), discordantDown: number("share that only the champion hits"), alpha, power },
    compute: (input) => ({ pairs: pairsNeeded(input) }),
  }),
  "proportions-sample-size": entry({
    summary: "units that each arm of the z test needs",
    guarantee: "asymptotic",
    source: "Fleiss 1981",
    fields: { first: number("share of the first arm"), second: number("share of the second arm"), ratio: number("units of the first for one of the second", 1), alpha, power },
    compute: (input) => proportionsNeeded(input),
    unknown: "the shares are equal",
  }),
  "false-alarm": entry({
    summary: "chance that a point comparison breaks its margin without a difference",
    guarantee: "asymptotic",
    source: "normal approximation",
    fields: { share: share("both arms have"), relativeMargin, candidates: count("units"), baselines: count("units") },
    compute: (input) => ({ chance: falseAlarmChance(input) }),
  }),
  "margin-sample-size": entry({
    summary: "candidates that bring that chance down",
    guarantee: "asymptotic",
    source: "normal approximation",
    fields: { share: share("both arms have"), relativeMargin, ratio: number("baselines for one candidate", 1), chance: share("of a false alarm") },
    compute: (input) => ({ candidates: candidatesForMargin(input) }),
  }),
};
