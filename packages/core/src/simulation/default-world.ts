import type { AbtestPolicy } from "../policy/policy.ts";
import { toNumber } from "../policy/rational.ts";
import { metricsOf } from "./reads.ts";
import type { LogNormal, PerVersion, World } from "./world.ts";

/** Parts of a world that somebody knows; the rest is assumed. */
export type KnownWorld = {
  readonly [Key in keyof World]?: Key extends "champion" | "challenger" | "correlation" | "labels" ? Partial<World[Key]> : World[Key];
} & {
  /** Of a ramp only: ratios of sums, and how requests come from units. */
  readonly ratios?: Readonly<Record<string, PerVersion<number>>>;
  readonly units?: { readonly requests?: number; readonly correlation?: number };
};

/** One figure that nobody gave. */
export interface Assumption {
  /** JSON pointer into the world. */
  readonly pointer: string;
  readonly says: string;
}

/**
 * Fills in what is not known about a world, and says each figure that was assumed. Volume and prevalence are those of the
 * policy's impact model; without one, traffic that brings ten times `minSamples` to the smaller arm by the last look, and
 * 1 % of positives. Versions find 80 % of them at a precision of .9, agree half-way and fail once in a thousand; 95 % of
 * values are below half of their cap, and 95 % of labels come in time.
 */
export function completeWorld(policy: AbtestPolicy, known: KnownWorld): { readonly world: World; readonly assumed: readonly Assumption[] } {
  const assumed: Assumption[] = [];
  const assume = <T>(value: T | undefined, pointer: string, usual: T): T => {
    if (value !== undefined) return value;
    assumed.push({ pointer, says: typeof usual === "number" ? String(Number(usual.toPrecision(6))) : JSON.stringify(usual) });
    return usual;
  };
  const days = Math.max(policy.window.maxMs, policy.window.minMs) / 86_400_000;
  const smaller = Math.min(policy.split.champion, policy.split.challenger) / 10_000;
  const metrics = <T>(given: Readonly<Record<string, T>> | undefined, request: { readonly place: string; readonly kind: "rate" | "values"; readonly usual: (metric: string) => T }) =>
    ({ ...Object.fromEntries(metricsOf(policy, request.kind).map((metric) => [metric, assume(given?.[metric], `/${request.place}/${metric}`, request.usual(metric))])), ...given }) as Readonly<Record<string, T>>;
  const maturity = Math.max(policy.labels.maturityMs, 60_000);
  const recall = assume(known.champion?.recall, "/champion/recall", 0.8);
  const world: World = {
    trafficPerDay: assume(known.trafficPerDay, "/trafficPerDay", policy.impact === null ? (10 * policy.minSamples) / (smaller * days) : policy.impact.volumePerMonth / 30),
    prevalence: assume(known.prevalence, "/prevalence", policy.impact === null ? 0.01 : toNumber(policy.impact.prevalence)),
    champion: { recall, precision: assume(known.champion?.precision, "/champion/precision", 0.9) },
    challenger: {
      recallChange: assume(known.challenger?.recallChange, "/challenger/recallChange", Math.min(2 * improvementAsked(policy), 1 / recall - 1)),
      precisionChange: assume(known.challenger?.precisionChange, "/challenger/precisionChange", 0),
    },
    correlation: { positives: assume(known.correlation?.positives, "/correlation/positives", 0.5), negatives: assume(known.correlation?.negatives, "/correlation/negatives", 0.5) },
    rates: metrics(known.rates, { place: "rates", kind: "rate", usual: () => same(0.001) }),
    values: metrics(known.values, { place: "values", kind: "values", usual: (metric) => same(usualValues(policy, metric)) }),
    labels: {
      medianMs: assume(known.labels?.medianMs, "/labels/medianMs", maturity / 6),
      p95Ms: assume(known.labels?.p95Ms, "/labels/p95Ms", maturity),
      coverage: assume(known.labels?.coverage, "/labels/coverage", Math.min(1, 0.5 + policy.labels.coverageMin.parts / policy.labels.coverageMin.of / 2)),
    },
  };
  return { world, assumed };
}

/** The improvement of recall that the policy asks for, relative; 0.05 when it asks for none. */
export function improvementAsked({ checks }: AbtestPolicy): number {
  const rule = checks.find((one) => one.kind === "superiority");
  return rule === undefined || rule.improveBy.parts === 0 ? 0.05 : rule.improveBy.parts / rule.improveBy.of;
}

function same<T>(value: T): PerVersion<T> {
  return { champion: value, challenger: value };
}

function usualValues({ checks, harm }: AbtestPolicy, metric: string): LogNormal {
  const caps = [...checks, ...harm].flatMap((rule) => {
    if (!("metric" in rule) || rule.metric !== metric) return [];
    if (rule.kind === "quantile") return [rule.atMost];
    return rule.kind === "bound" && rule.atMost !== null ? [toNumber(rule.atMost)] : [];
  });
  const cap = caps.length === 0 ? 100 : Math.min(...caps);
  return { p50: cap / 6, p95: cap / 2 };
}
