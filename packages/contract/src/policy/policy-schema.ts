import { z } from "zod";

import { basisPoints, duration, fraction, name, probability, share } from "./scalars.ts";

const limit = z.number().positive().finite();
const margin = fraction.refine((value) => value.parts >= 0, "zero or more");
const metric = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, "a metric name such as latency_ms");

const check = z.discriminatedUnion("check", [
  z.strictObject({
    check: z.literal("superiority"),
    metric: z.literal("recall"),
    improveBy: margin.describe("how much better the challenger must be, for example 5%"),
    basis: z.enum(["relative", "absolute"]).default("relative"),
  }),
  z.strictObject({
    check: z.literal("band"),
    metric: z.literal("precision"),
    dropMax: margin.describe("the largest drop, in percentage points of precision"),
    riseMax: margin.default({ parts: 1, of: 100 }).describe("a larger rise is a warning in strict mode and a loss in compat mode"),
  }),
  z.strictObject({ check: z.literal("quantile"), metric, quantile: probability, atMost: limit, increaseMax: limit }),
  z.strictObject({ check: z.literal("rate"), metric, increaseMax: margin.default({ parts: 0, of: 1 }) }),
]);

const harm = z.discriminatedUnion("check", [
  z.strictObject({ check: z.literal("rate"), metric, increaseMax: margin, alpha: probability.default({ parts: 1, of: 1000 }) }),
  z.strictObject({ check: z.literal("quantile"), metric, quantile: probability, atMost: limit, windows: z.number().int().min(1).max(100).default(3) }),
  z.strictObject({ check: z.literal("recall"), alpha: probability.default({ parts: 1, of: 1000 }) }),
]);

const impact = z.strictObject({
  currency: z.string().min(1).max(10),
  volumePerMonth: z.number().positive().finite(),
  prevalence: share,
  valuePerTruePositive: z.number().finite(),
  costPerFalsePositive: z.number().finite(),
});

/** A policy file of kind `abtest`, as written by people. */
export const abtestFile = z.strictObject({
  kind: z.literal("abtest"),
  name,
  model: name,
  mode: z.enum(["strict", "compat"]).default("strict"),
  split: z.strictObject({ champion: basisPoints, challenger: basisPoints }),
  shadow: z.boolean().default(true).describe("answer every request with both versions, so that they can be compared in pairs"),
  monitoring: z.enum(["looks", "continuous"]).default("looks").describe("looks: judged at fixed instants; continuous: judged all the time, by evidence that holds under any peeking"),
  spending: z.enum(["each", "across"]).default("each").describe("each: every challenger has all of alpha; across: alpha is spent over all challengers of the model"),
  window: z.strictObject({ min: duration, max: duration }),
  labels: z
    .strictObject({ maturity: duration, coverage: share.default({ parts: 19, of: 20 }), coverageGap: share.default({ parts: 1, of: 100 }) })
    .describe("when labels may be trusted to be there"),
  minSamples: z.number().int().min(1).describe("live outcomes each version needs"),
  bucket: duration.default(300_000).describe("width of a time bucket of evidence"),
  alpha: probability.default({ parts: 1, of: 20 }),
  srmAlpha: probability.default({ parts: 1, of: 1000 }),
  metrics: z.record(metric, z.enum(["rate", "moments", "histogram"])).default({ latency_ms: "histogram", error: "rate" }),
  checks: z.array(check).min(1),
  harm: z.array(harm).default([]),
  approval: z.strictObject({ by: z.number().int().min(1).max(20), notBy: z.array(z.string().min(1)).default([]) }).nullable().default(null),
  effects: z.array(z.enum(["registry.alias", "registry.tag", "registry.stage", "traffic", "document"])).default(["registry.alias", "registry.tag", "traffic", "document"]),
  impact: impact.nullable().default(null),
});

export type AbtestFile = z.output<typeof abtestFile>;

/** The JSON Schema of policy files, for editors. */
export function policyJsonSchema(): unknown {
  return z.toJSONSchema(abtestFile, { io: "input" });
}
