import type { HealthRules } from "@gauntlet/core";
import { z } from "zod";

import { duration, share } from "./scalars.ts";

/** The section `health` of a policy file: it may be left out, and each of its keys may. */
export const health = z
  .strictObject({
    splitGap: share.prefault("2%").describe("how far the realised share of a version may lie from the intended one"),
    crossed: share.prefault("1%").describe("share of units that may be seen under two versions between two changes of the split"),
    joined: share.prefault("95%").describe("share of follow-ups and labels that must meet an outcome"),
    lag: duration.nullable().prefault(null).describe("how late 19 of 20 follow-ups and labels may come after their outcome; null: as late as maturity says"),
    silence: duration.prefault("1h").describe("how long a version may be without outcomes while another has some"),
    sourceAge: duration.prefault("15m").describe("how far the data of a source may lie behind the clock"),
  })
  .describe("what the evidence must be like before it is judged; anything amiss holds the rollout");

/** The rules that the section means. */
export function healthRulesOf(file: z.output<typeof health>): HealthRules {
  return { splitGapMax: file.splitGap, crossedMax: file.crossed, joinedMin: file.joined, lagMaxMs: file.lag, silenceMaxMs: file.silence, sourceAgeMaxMs: file.sourceAge };
}
