import type { CheckRule, Comparison, Figure, MetricSpec, Rational } from "@gauntlet/core";
import { z } from "zod";

import { fraction, probability } from "./scalars.ts";

export const limit = z.number().positive().finite();
export const margin = fraction.refine((value) => value.parts >= 0, "zero or more").meta({ title: "fraction, 0 or more" });
export const metric = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, "a metric name such as latency_ms").meta({ title: "metric name", description: "a measurement that is declared under metrics" });
export const quantile = probability.describe("which quantile, for example p95");

const ASKS = ["improveBy", "noWorseThan", "within"] as const;

/** How the challenger's figure must compare with the champion's: one of the three margins. */
const comparison = {
  better: z.enum(["higher", "lower"]).optional().describe("which way the metric is good"),
  improveBy: margin.optional().describe("superiority: how much better the challenger must be, for example 5%"),
  noWorseThan: margin.optional().describe("non-inferiority: how much worse the challenger may be"),
  within: margin.optional().describe("equivalence: how far the challenger may lie to either side"),
  basis: z.enum(["relative", "absolute"]).optional().describe("relative (usual): the margin is a part of the champion's figure; absolute: it is in the metric's own unit, for a rate in points"),
};

const bounds = {
  atLeast: fraction.optional().describe("the floor, in the metric's own unit; for a rate a share"),
  atMost: fraction.optional().describe("the cap, in the metric's own unit; for a rate a share"),
};

/** The checks of a policy file. */
export const check = z.discriminatedUnion("check", [
  z
    .strictObject({
      check: z.literal("superiority"),
      metric: z.literal("recall").describe("counted from predictions and labels"),
      improveBy: margin.describe("how much better the challenger must be, for example 5%"),
      basis: z.enum(["relative", "absolute"]).default("relative").describe("relative: a part of the champion's recall; absolute: percentage points"),
    })
    .describe("The challenger's recall must be better, significantly and by a margin."),
  z
    .strictObject({
      check: z.literal("band"),
      metric: z.literal("precision").describe("counted from predictions and labels"),
      dropMax: margin.describe("the largest drop, in percentage points of precision"),
      riseMax: margin.prefault("1%").describe("a larger rise is a warning in strict mode and a loss in compat mode"),
    })
    .describe("The challenger's precision must stay near the champion's."),
  z
    .strictObject({
      check: z.literal("quantile"),
      metric,
      quantile,
      atMost: limit.describe("the largest value of the challenger's quantile, in the metric's own unit"),
      increaseMax: limit.describe("the largest increase over the champion's quantile, in the metric's own unit"),
    })
    .describe("A quantile of a measurement, such as latency, must stay below a limit and near the champion's."),
  z
    .strictObject({ check: z.literal("rate"), metric, increaseMax: margin.optional().describe("the largest increase over the champion's rate, in percentage points; 0 when no other margin is given"), ...comparison })
    .check(({ value, issues }) => void issues.push(...rateProblems(value)))
    .describe("A rate, such as errors, must not rise; or, with one of the other margins, a rate such as conversions must be better than the champion's, no worse, or equal."),
  z
    .strictObject({ check: z.literal("mean"), metric, ...comparison })
    .check(({ value, issues }) => void issues.push(...comparisonProblems(value), ...oneAsk(value, ASKS)))
    .describe("The mean of a measurement must be better than the champion's, no worse, or equal."),
  z
    .strictObject({ check: z.literal("bound"), metric, quantile: quantile.optional().describe("which quantile of a histogram, for example p99"), ...bounds })
    .check(({ value, issues }) => void issues.push(...boundProblems(value), ...(hasBounds(value) ? [] : [problem([], value, "needs atLeast, atMost or both")])))
    .describe("The challenger's own rate, mean or quantile must keep a cap or a floor, whatever the champion does."),
  z
    .strictObject({ check: z.literal("offline"), metric: z.string().regex(/^[\w./ :-]{1,250}$/, "the name of a metric of the version's run").meta({ title: "name of a run's metric", description: "as logged with the run that the version was made from" }), ...bounds, ...comparison })
    .check(({ value, issues }) => void issues.push(...boundProblems(value), ...offlineProblems(value)))
    .describe("A score of the challenger's run in the registry, judged before any traffic counts."),
  z
    .strictObject({
      check: z.literal("drift"),
      metric,
      warnAt: margin.prefault(0.1).describe("a larger population stability index is a warning"),
      failAt: margin.prefault(0.25).describe("a larger population stability index fails"),
    })
    .check(({ value, issues }) => void issues.push(...(value.failAt.parts > 0 && !exceeds(value.warnAt, value.failAt) ? [] : [problem(["failAt"], value, "must be above 0, and not below warnAt")])))
    .describe("The distribution of a measurement, such as scores, must stay near the champion's."),
]);

export type CheckFile = z.output<typeof check>;

/** The rule that a check of a file means, every default filled in. */
export function checkRuleOf(file: CheckFile, metrics: Readonly<Record<string, MetricSpec>>): CheckRule {
  switch (file.check) {
    case "rate": {
      const asked = comparisonOf(file);
      return asked === null ? { kind: "rate", metric: file.metric, increaseMax: file.increaseMax ?? { parts: 0, of: 1 } } : { kind: "proportion", metric: file.metric, ...asked };
    }
    case "mean":
      return { kind: "mean", metric: file.metric, ...(comparisonOf(file) as Comparison) };
    case "bound":
      return { kind: "bound", metric: file.metric, figure: figureOf(file, metrics), atLeast: file.atLeast ?? null, atMost: file.atMost ?? null };
    case "offline":
      return { kind: "offline", metric: file.metric, atLeast: file.atLeast ?? null, atMost: file.atMost ?? null, against: comparisonOf(file) };
    default: {
      const { check: kind, ...rule } = file;
      return { kind, ...rule } as CheckRule;
    }
  }
}

type Asked = { readonly [Key in keyof typeof comparison]?: z.output<(typeof comparison)[Key]> };
type Bounded = { readonly [Key in keyof typeof bounds]?: z.output<(typeof bounds)[Key]> };

/** A score in a registry is better when it is higher, unless the file says otherwise; so is what lies within a margin. */
function comparisonOf(file: Asked): Comparison | null {
  const ask = ASKS.find((one) => file[one] !== undefined);
  return ask === undefined ? null : { better: file.better ?? "higher", ask, margin: file[ask] as Rational, basis: file.basis ?? "relative" };
}

function figureOf(file: Extract<CheckFile, { check: "bound" }>, metrics: Readonly<Record<string, MetricSpec>>): Figure {
  if (file.quantile !== undefined) return { kind: "quantile", quantile: file.quantile };
  return { kind: metrics[file.metric] === "moments" ? "mean" : "rate" };
}

type Issue = z.core.$ZodRawIssue;

function problem(path: readonly string[], input: unknown, message: string): Issue {
  return { code: "custom", path: [...path], input, message };
}

/** `increaseMax` is a demand of its own, in points, of a rate that should be low. */
function rateProblems(value: Asked & { readonly increaseMax?: Rational | undefined }): readonly Issue[] {
  if (ASKS.some((ask) => value[ask] !== undefined)) return [...comparisonProblems(value), ...pointsProblems(value), ...oneAsk(value, ["increaseMax", ...ASKS])];
  return (["better", "basis"] as const).filter((key) => value[key] !== undefined).map((key) => problem([key], value, `says nothing without ${listed(ASKS)}`));
}

/** Two rates never lie further apart than 1: such a margin would ask for nothing, or for what can't be. */
function pointsProblems(value: Asked): readonly Issue[] {
  if (value.basis !== "absolute") return [];
  return ASKS.flatMap((ask) => {
    const points = value[ask];
    return points === undefined || points.parts < points.of ? [] : [problem([ask], points, "is 100 points or more of a rate; write 1pp or 0.01")];
  });
}

function oneAsk(value: object, keys: readonly string[]): readonly Issue[] {
  const given = keys.filter((key) => (value as Readonly<Record<string, unknown>>)[key] !== undefined);
  return given.length === 1 ? [] : [problem(given.slice(1, 2), value, `needs exactly one of ${listed(keys)}${given.length === 0 ? "" : `, not ${given.join(" and ")}`}`)];
}

/** What is true of every comparison, wherever it is asked for. */
function comparisonProblems({ better, improveBy, noWorseThan, within, basis }: Asked, directed = true): readonly Issue[] {
  const found: Issue[] = [];
  if (directed && better === undefined && (improveBy ?? noWorseThan) !== undefined) found.push(problem(["better"], better, "say which way the metric is good: higher or lower"));
  if (within?.parts === 0) found.push(problem(["within"], within, "must be above 0: that two figures are equal can't be shown by any amount of data"));
  if (basis === "absolute") return found;
  if (noWorseThan !== undefined && better !== "lower" && noWorseThan.parts >= noWorseThan.of) found.push(problem(["noWorseThan"], noWorseThan, "would let the whole figure be lost; give less than 100%, or basis: absolute"));
  if (within !== undefined && within.parts >= within.of) found.push(problem(["within"], within, "would let the whole figure be lost; give less than 100%, or basis: absolute"));
  return found;
}

function offlineProblems(value: Asked & Bounded): readonly Issue[] {
  const asks = ASKS.some((ask) => value[ask] !== undefined);
  if (asks && hasBounds(value)) return [problem([], value, `needs either atLeast and atMost, or one of ${listed(ASKS)}; write two checks for both`)];
  if (asks) return [...comparisonProblems(value, false), ...oneAsk(value, ASKS)];
  return hasBounds(value) ? [] : [problem([], value, `needs atLeast, atMost, or one of ${listed(ASKS)}`)];
}

function boundProblems({ atLeast, atMost }: Bounded): readonly Issue[] {
  return atLeast !== undefined && atMost !== undefined && exceeds(atLeast, atMost) ? [problem(["atMost"], atMost, "is below atLeast")] : [];
}

function hasBounds({ atLeast, atMost }: Bounded): boolean {
  return atLeast !== undefined || atMost !== undefined;
}

function exceeds(a: Rational, b: Rational): boolean {
  return BigInt(a.parts) * BigInt(b.of) > BigInt(b.parts) * BigInt(a.of);
}

function listed(keys: readonly string[]): string {
  return `${keys.slice(0, -1).join(", ")} and ${keys.at(-1) ?? ""}`;
}
