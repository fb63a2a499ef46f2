import { z } from "zod";

import { artifact } from "./artifact-schema.ts";
import { effects, onForeignMove, signatures } from "./base-schema.ts";
import { check, limit, margin, metric, quantile } from "./check-schema.ts";
import { health } from "./health-schema.ts";
import { metrics } from "./metric-schema.ts";
import { monitor } from "./monitor-schema.ts";
import { rampFile } from "./ramp-schema.ts";
import { ratingFile } from "./rating-schema.ts";
import { basisPoints, duration, name, probability, share, sources } from "./scalars.ts";
import { slotsFile } from "./slots-schema.ts";

const harmAlpha = probability.prefault("0.1%").describe("chance of a false alarm over the whole rollout");
const harm = z.discriminatedUnion("check", [
  z
    .strictObject({ check: z.literal("rate"), metric, increaseMax: margin.describe("the increase over the champion's rate from which it is harm, in percentage points"), alpha: harmAlpha })
    .describe("A rate rises by more than is allowed."),
  z
    .strictObject({
      check: z.literal("quantile"),
      metric,
      quantile,
      atMost: limit.describe("the limit, in the metric's own unit"),
      windows: z.number().int().min(1).max(100).default(3).describe("buckets in a row that must be over the limit"),
    })
    .describe("A quantile of the challenger is over a limit for several buckets in a row."),
  z.strictObject({ check: z.literal("recall"), alpha: harmAlpha }).describe("The challenger's recall is worse than the champion's."),
]);

const impact = z.strictObject({
  currency: z.string().min(1).max(10).describe("as written in the document, for example EUR"),
  volumePerMonth: z.number().positive().finite().describe("requests a month"),
  prevalence: share.describe("share of requests that are positive"),
  valuePerTruePositive: z.number().finite().describe("what a positive that is found is worth"),
  costPerFalsePositive: z.number().finite().describe("what a false alarm costs"),
});

/** A policy file of kind `abtest`, as written by people. */
export const abtestFile = z.strictObject({
  kind: z.literal("abtest").describe("the kind of policy"),
  name: name.describe("of the policy, for people"),
  model: name.describe("the registered model it is for"),
  mode: z.enum(["strict", "compat"]).default("strict").describe("strict: sound statistics; compat: point gates and undivided alpha, as the document has them that this kind of test comes from"),
  split: z
    .strictObject({ champion: basisPoints.describe("live share of the version that serves now"), challenger: basisPoints.describe("live share of the version that wants to serve") })
    .describe("live shares; they sum to 100 %"),
  shadow: z.boolean().default(true).describe("answer every request with both versions, so that they can be compared in pairs"),
  monitoring: z.enum(["looks", "continuous"]).default("looks").describe("looks: judged at fixed instants; continuous: judged all the time, by evidence that holds under any peeking"),
  spending: z.enum(["each", "across"]).default("each").describe("each: every challenger has all of alpha; across: alpha is spent over all challengers of the model"),
  window: z
    .strictObject({ min: duration.describe("the first look; nothing is promoted before it"), max: duration.describe("the last look; what is open then stays unproven") })
    .describe("how long requests are collected"),
  watch: duration.optional().describe("how long a challenger that won, and was signed for, is watched with all traffic before it is promoted; left out: to win is the promotion"),
  labels: z
    .strictObject({
      maturity: duration.describe("how long after a request its label may come; younger requests are not judged"),
      coverage: share.prefault("95%").describe("share of the mature requests of each version that must have a label"),
      coverageGap: share.prefault("1%").describe("how far the coverage of the two versions may differ"),
    })
    .describe("when labels may be trusted to be there"),
  minSamples: z.number().int().min(1).describe("live outcomes each version needs"),
  bucket: duration.prefault("5m").describe("width of a time bucket of evidence"),
  alpha: probability.prefault("5%").describe("chance that a challenger that is no better is promoted"),
  srmAlpha: probability.prefault("0.1%").describe("level of the test that traffic was split as planned (sample ratio mismatch)"),
  metrics: metrics
    .prefault({ latency_ms: "histogram", error: "rate" })
    .describe("measurements that outcomes carry: rate (0 or 1), moments (mean and variance), histogram (quantiles); and ratios of what outcomes and their follow-ups carry"),
  checks: z.array(check).min(1).describe("what must hold for a promotion: all of them"),
  harm: z.array(harm).prefault([]).describe("what rolls back at any time, from all the data there is"),
  approval: z.strictObject(signatures).nullable().default(null).describe("who must sign before a promotion; null: nobody"),
  effects,
  impact: impact.nullable().prefault(null).describe("money, for the decision document; decides nothing"),
  health: health.optional(),
  monitor: monitor.optional(),
  artifact: artifact.optional(),
  onForeignMove,
  sources: sources.optional(),
});

export type AbtestFile = z.output<typeof abtestFile>;

/** The JSON Schema of policy files, for editors. */
export function policyJsonSchema(): unknown {
  return z.toJSONSchema(z.discriminatedUnion("kind", [abtestFile, rampFile, ratingFile, slotsFile]), { io: "input" });
}
