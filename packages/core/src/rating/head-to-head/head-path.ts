import { logLikelihoodRatio } from "../../statistics/sequential/gsprt.ts";
import { NO_RECORDS, overshootOf, recordLlr, type OvershootRecord } from "../../statistics/sequential/overshoot.ts";
import type { HeadRule } from "./head-test.ts";
import type { HeadUnit } from "./head-to-head.ts";

/** Where the test of two participants stood after so many of their games. */
export interface HeadPoint {
  readonly games: number;
  readonly llr: number;
  readonly lower: number;
  readonly upper: number;
}

/** The way of `headTest`, result by result: its last point is what the test says of all of them. */
export function headPath(units: Iterable<HeadUnit>, rule: HeadRule): readonly HeadPoint[] {
  const counts = { single: [0, 0, 0], pair: [0, 0, 0, 0, 0] };
  const llrs = { single: 0, pair: 0 };
  const wald = { lower: Math.log(rule.beta / (1 - rule.alpha)), upper: Math.log((1 - rule.beta) / rule.alpha) };
  const path: HeadPoint[] = [];
  let games = 0;
  let record: OvershootRecord = NO_RECORDS;
  for (const { kind, halves } of units) {
    counts[kind][halves]!++;
    games += kind === "pair" ? 2 : 1;
    llrs[kind] = logLikelihoodRatio(counts[kind], rule);
    record = recordLlr(record, llrs.single + llrs.pair);
    const overshoot = overshootOf(record);
    path.push({ games, llr: llrs.single + llrs.pair, lower: wald.lower + overshoot.lower, upper: wald.upper - overshoot.upper });
  }
  return path;
}
