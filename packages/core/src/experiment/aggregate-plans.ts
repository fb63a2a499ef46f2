import { bucketOf, HISTOGRAM_VALUE_MAX } from "../evidence/histogram.ts";
import type { BucketType, MetricAggregate, StoredEvent } from "./experiment.ts";

/** What becomes of a plan counts while it is this old, so that early and late plans have the same chance. */
export const PLAN_MATURITY_MS: number = 86_400_000;

export interface HourOfPlans {
  readonly hourStart: number;
  /** The `plan_generated` events of the hour. */
  readonly generated: readonly StoredEvent[];
  /** Every event of their plans, of any time. */
  readonly ofPlans: readonly StoredEvent[];
}

/**
 * The metrics of the plans of one hour, by variant: what the plan's own event measured, and what became of it within a day,
 * counted where it was generated. A plan that was reported twice counts once. Ratios keep numerator and denominator:
 * avg_edits_per_plan is edits and swaps over accepted plans, the others are over generated plans. (Planner facts §6.)
 */
export function aggregatePlans({ hourStart, generated, ofPlans }: HourOfPlans): readonly MetricAggregate[] {
  const later = Map.groupBy(ofPlans, (event) => planOf(event));
  const values = new Map<string, Figures>();
  for (const event of generated) {
    const plan = planOf(event);
    const story = (plan === null ? undefined : later.get(plan)) ?? [event];
    const first = story.filter(({ eventType }) => eventType === "plan_generated").reduce((a, b) => (before(b, a) ? b : a), event);
    if (first.id !== event.id) continue;
    const inTime = story.filter(({ timestamp, eventType }) => eventType !== "plan_generated" && timestamp <= event.timestamp + PLAN_MATURITY_MS);
    for (const { experimentId, variantId } of event.experiments) count(figuresOf(values, [experimentId, variantId]), event, inTime);
  }
  return [...values].flatMap(([key, figures]) => {
    const [experimentId, variantId] = JSON.parse(key) as [string, string];
    return rowsOf(figures).map((row) => ({ experimentId, variantId, bucketType: "hourly" as const, bucketStart: hourStart, ...row }));
  });
}

/** Values by metric; edits are over another denominator. */
interface Figures {
  readonly metrics: Map<string, number[]>;
  accepted: number;
  readonly edits: number[];
}

function figuresOf(values: Map<string, Figures>, key: readonly [string, string]): Figures {
  const text = JSON.stringify(key);
  const found = values.get(text) ?? { metrics: new Map(), accepted: 0, edits: [] };
  values.set(text, found);
  return found;
}

function count(figures: Figures, event: StoredEvent, later: readonly StoredEvent[]): void {
  const happened = (...types: readonly string[]): number => later.filter(({ eventType }) => types.includes(eventType)).length;
  const total = (metric: string): number => [event, ...later].reduce((sum, { metrics }) => sum + (metrics[metric] ?? 0), 0);
  const accepted = happened("plan_accepted") > 0;
  const measured: Readonly<Record<string, number>> = {
    ...event.metrics,
    plan_generated: 1,
    acceptance_rate: Number(accepted),
    validator_rate: Number(happened("validator_intervention") > 0),
    constraint_violations: total("constraint_violations"),
    cost_per_plan: total("cost_usd"),
  };
  for (const [name, value] of Object.entries(measured)) {
    const seen = figures.metrics.get(name) ?? [];
    seen.push(value);
    figures.metrics.set(name, seen);
  }
  figures.accepted += Number(accepted);
  figures.edits.push(happened("edit_applied", "meal_swapped"));
}

type Row = Omit<MetricAggregate, "experimentId" | "variantId" | "bucketType" | "bucketStart">;

function rowsOf({ metrics, accepted, edits }: Figures): readonly Row[] {
  const rows = [...metrics].map(([metricName, values]): Row => ({ metricName, count: values.length, ...spread(values), histogram: histogramOf(values) }));
  const ratio: Row = { metricName: "avg_edits_per_plan", count: accepted, ...spread(edits), stddev: null, histogram: null };
  return [...rows, ratio].toSorted((a, b) => (a.metricName < b.metricName ? -1 : 1));
}

function spread(values: readonly number[]): Pick<MetricAggregate, "sum" | "min" | "max" | "stddev"> {
  const sum = values.reduce((total, value) => total + value, 0);
  const mean = sum / values.length;
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return { sum, min: values.reduce((a, b) => Math.min(a, b)), max: values.reduce((a, b) => Math.max(a, b)), stddev: values.length < 2 ? null : Math.sqrt(squares / (values.length - 1)) };
}

function histogramOf(values: readonly number[]): MetricAggregate["histogram"] {
  if (values.some((value) => !(value >= 0 && value <= HISTOGRAM_VALUE_MAX))) return null;
  const counts = new Map<number, number>();
  let zeros = 0;
  for (const value of values) {
    const index = bucketOf(value);
    if (index === null) zeros += 1;
    else counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  return { zeros, buckets: [...counts].toSorted(([a], [b]) => a - b) };
}

/**
 * Aggregates of several hours, or days, as one: counts and sums add, standard deviations by the squares within and between
 * (Chan, Golub & LeVeque 1979), histograms bucket by bucket. What one of them can't say, the whole can't.
 */
export function mergeAggregates(parts: readonly MetricAggregate[], span: { readonly bucketType: BucketType; readonly bucketStart: number }): readonly MetricAggregate[] {
  const groups = Map.groupBy(parts, ({ experimentId, variantId, metricName }) => JSON.stringify([experimentId, variantId, metricName]));
  return [...groups.values()].map((group) => ({ ...group.reduce(merged), ...span }));
}

function merged(a: MetricAggregate, b: MetricAggregate): MetricAggregate {
  const n = a.count + b.count;
  return {
    ...a,
    count: n,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    stddev: n < 2 ? null : mergedDeviation(a, b),
    histogram: a.histogram === null || b.histogram === null ? null : { zeros: a.histogram.zeros + b.histogram.zeros, buckets: mergedBuckets(a.histogram.buckets, b.histogram.buckets) },
  };
}

function mergedDeviation(a: MetricAggregate, b: MetricAggregate): number | null {
  if (a.count === 0 || b.count === 0) return (a.count === 0 ? b : a).stddev;
  if ((a.stddev === null && a.count > 1) || (b.stddev === null && b.count > 1)) return null;
  // A ratio of totals has no values of its own, and so no deviation; it has no histogram either.
  if (a.histogram === null && b.histogram === null && a.stddev === null && b.stddev === null) return null;
  const within = (a.count - 1) * (a.stddev ?? 0) ** 2 + (b.count - 1) * (b.stddev ?? 0) ** 2;
  const between = (a.sum / a.count - b.sum / b.count) ** 2 * ((a.count * b.count) / (a.count + b.count));
  return Math.sqrt((within + between) / (a.count + b.count - 1));
}

type Buckets = NonNullable<MetricAggregate["histogram"]>["buckets"];

function mergedBuckets(a: Buckets, b: Buckets): Buckets {
  const counts = new Map(a);
  for (const [index, n] of b) counts.set(index, (counts.get(index) ?? 0) + n);
  return [...counts].toSorted(([x], [y]) => x - y);
}

function planOf({ payload }: StoredEvent): string | null {
  const plan = payload?.["plan_id"];
  return typeof plan === "string" ? plan : null;
}

function before(a: StoredEvent, b: StoredEvent): boolean {
  return a.timestamp < b.timestamp || (a.timestamp === b.timestamp && a.id < b.id);
}
