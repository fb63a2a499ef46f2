import { parseRational, type AdmissionRule, type Rational } from "@gauntlet/core";
import { z } from "zod";

import { artifact } from "./artifact-schema.ts";
import { effects, onForeignMove, signatures } from "./base-schema.ts";
import { limit, margin, metric, quantile } from "./check-schema.ts";
import { health } from "./health-schema.ts";
import { metrics } from "./metric-schema.ts";
import { monitor } from "./monitor-schema.ts";
import { basisPoints, duration, fraction, name, probability, sources } from "./scalars.ts";

/** A number, or so many times the score of the version that serves: `baseline`, `0.95 × baseline`. */
const bound = z
  .union([z.string(), z.number()])
  .transform((value, context): AdmissionRule["bound"] => {
    const [, times] = /^(?:(\S+)\s*[×x*]\s*)?baseline$/.exec(String(value).trim()) ?? [null, null];
    try {
      if (times === null) return { kind: "value", value: parseRational(value) };
      return { kind: "champion", times: times === undefined ? { parts: 1, of: 1 } : parseRational(times) };
    } catch {
      context.addIssue({ code: "custom", message: `"${String(value).slice(0, 60)}" is no bound; write 0.9, baseline or 0.95 × baseline` });
      return z.NEVER;
    }
  })
  .meta({ title: "fraction, `baseline` or `0.95 × baseline`" });

const ASKS = ["equals", "atLeast", "atMost"] as const;

const admissionRule = z
  .strictObject({
    metric: z.string().regex(/^[\w./ :-]{1,250}$/, "the name of a score of the version").meta({ title: "name of a score", description: "of the version's run in the registry; in an experiment, of its newest offline replay" }),
    equals: fraction.optional().describe("exactly this"),
    atLeast: bound.optional().describe("this or more"),
    atMost: bound.optional().describe("this or less"),
  })
  .check(({ value, issues }) => {
    const given = ASKS.filter((ask) => value[ask] !== undefined);
    if (given.length !== 1) issues.push({ code: "custom", path: [], input: value, message: `needs exactly one of equals, atLeast and atMost${given.length === 0 ? "" : `, not ${given.join(" and ")}`}` });
  });

const stage = z.strictObject({
  name: name.describe("for people"),
  allocation: basisPoints.describe("the challenger's live share"),
  dwell: duration.optional().describe("how long the stage lasts at least, from when its share was read back; the last stage has none"),
  watch: duration.optional().describe("of the last stage: how long the challenger is watched with everything before it is promoted; left out: to reach it is the promotion"),
});

const CHECK_ASKS = ["noWorseThan", "improveBy", "atMost", "never"] as const;

const rampCheck = z
  .strictObject({
    metric,
    quantile: quantile.optional().describe("which quantile of a histogram, for example p99"),
    better: z.enum(["higher", "lower"]).optional().describe("which way the metric is good"),
    noWorseThan: margin.optional().describe("by what part of the champion's figure the challenger's may be worse, at every stage"),
    floor: margin.optional().describe("where the champion's figure is 0: by how much the challenger's may be worse, in the metric's own unit (0.005 for a rate, otherwise 0.05)"),
    improveBy: margin.optional().describe("by what part of the champion's figure the challenger's must surely be better, before the promotion"),
    atMost: limit.optional().describe("the largest value of the challenger's quantile, in the metric's own unit"),
    never: z.literal(true).optional().describe("a rate that must be 0: the challenger's first hit rolls it back"),
  })
  .check(({ value, issues }) => {
    const problem = (path: readonly string[], message: string): void => void issues.push({ code: "custom", path: [...path], input: value, message });
    const given = CHECK_ASKS.filter((ask) => value[ask] !== undefined);
    if (given.length !== 1) problem([], `needs exactly one of ${CHECK_ASKS.join(", ")}${given.length === 0 ? "" : `, not ${given.join(" and ")}`}`);
    const compares = value.noWorseThan !== undefined || value.improveBy !== undefined;
    if (compares && value.better === undefined) problem(["better"], "say which way the metric is good: higher or lower");
    if (!compares && value.better !== undefined) problem(["better"], "says nothing without noWorseThan or improveBy");
    if (value.floor !== undefined && value.noWorseThan === undefined) problem(["floor"], "says nothing without noWorseThan");
    if (value.atMost !== undefined && value.quantile === undefined) problem(["quantile"], "atMost is for a quantile: say which, for example p99");
    if (value.improveBy !== undefined && value.quantile !== undefined) problem(["quantile"], "improveBy is for rates, means and ratios");
    if (value.noWorseThan !== undefined && value.better === "higher" && value.noWorseThan.parts >= value.noWorseThan.of) problem(["noWorseThan"], "would let the whole figure be lost; give less than 100%");
  })
  .describe("One of: noWorseThan, improveBy, atMost, never.");

/** A policy file of kind `ramp`, as written by people. */
export const rampFile = z.strictObject({
  kind: z.literal("ramp").describe("the kind of policy"),
  name: name.describe("of the policy, for people"),
  model: name.describe("the registered model it is for"),
  experiment: name.nullable().default(null).describe("the experiment whose split moves; null: the model's own split"),
  mode: z.enum(["strict", "compat"]).default("strict").describe("strict: sound statistics; compat: points against thresholds, as the document has them that ramps come from"),
  admission: z
    .strictObject({ offline: z.array(admissionRule).default([]).describe("what its scores must be") })
    .prefault({})
    .describe("what a challenger must have shown before it meets anybody"),
  stages: z.array(stage).min(2).max(20).describe("shares, ascending; the first at most 10 %, the last 100 %: to reach it is the promotion"),
  control: z.enum(["equal", "rest"]).optional().describe("who the challenger is compared with; equal: a cohort of the champion's as large as its own (usual on the model's own split); rest: all that the champion serves (usual in an experiment)"),
  maturity: duration.prefault("0s").describe("how long after an outcome what is reported later of it may come; younger outcomes are not judged"),
  minSamples: z.number().int().min(1).describe("live outcomes each of the compared versions needs at a stage"),
  bucket: duration.prefault("5m").describe("width of a time bucket of evidence"),
  alpha: probability.prefault("5%").describe("one-sided level of each check at the end of a stage"),
  spending: z.enum(["each", "across"]).default("each").describe("each: every challenger has all of alpha; across: alpha is spent over all challengers of the model"),
  srmAlpha: probability.prefault("0.1%").describe("level of the test that traffic was split as planned (sample ratio mismatch)"),
  metrics: metrics
    .prefault({ latency_ms: "histogram", error: "rate" })
    .describe("measurements that outcomes carry: rate (0 or 1), moments (mean and variance), histogram (quantiles); and ratios of what outcomes and their follow-ups carry"),
  checks: z.array(rampCheck).min(1).describe("what must hold at every stage: all of them"),
  approval: z
    .strictObject({
      when: z.enum(["warn", "always"]).default("warn").describe("warn: only if a check warns; always: before every promotion"),
      stage: name.optional().describe("the last stage: the only one that anybody signs for"),
      ...signatures,
    })
    .nullable()
    .default(null)
    .describe("who must sign before the last stage; null: nobody"),
  rollback: z
    .strictObject({
      onHarm: z
        .strictObject({ alpha: probability.prefault("0.1%").describe("chance of a false alarm of each check at a stage, watched all the time") })
        .prefault({})
        .describe("how sure harm must be before it rolls back, at any time"),
      restore: z.literal("snapshot").default("snapshot").describe("what a rollback puts back: what was there before the rollout"),
    })
    .prefault({})
    .describe("what ends a ramp early"),
  effects,
  health: health.optional(),
  monitor: monitor.optional(),
  artifact: artifact.optional(),
  onForeignMove,
  sources: sources.optional(),
});

export type RampFile = z.output<typeof rampFile>;
export type AdmissionFile = RampFile["admission"]["offline"][number];
export type RampCheckFile = RampFile["checks"][number];

/** The floor of a figure whose champion is 0, unless the file gives one. */
export function floorOf({ floor }: RampCheckFile, isRate: boolean): Rational {
  return floor ?? (isRate ? { parts: 1, of: 200 } : { parts: 1, of: 20 });
}
