import { describe, expect, test } from "vitest";

import { histogramQuantile } from "../evidence/histogram.ts";
import { aggregatePlans, mergeAggregates, PLAN_MATURITY_MS } from "./aggregate-plans.ts";
import type { MetricAggregate, StoredEvent } from "./experiment.ts";

const HOUR = 3_600_000;
let ids = 0;

function event(eventType: string, plan: string | null, some: Partial<StoredEvent> = {}): StoredEvent {
  ids += 1;
  return { id: String(ids).padStart(6, "0"), eventType, unitType: "user", unitId: "u", experiments: [{ experimentId: "e", variantId: "v" }], context: {}, metrics: {}, payload: plan === null ? null : { plan_id: plan }, timestamp: HOUR, receivedAt: HOUR, flags: [], ...some };
}

function rows(generated: readonly StoredEvent[], later: readonly StoredEvent[] = []): Readonly<Record<string, MetricAggregate>> {
  return Object.fromEntries(aggregatePlans({ hourStart: HOUR, generated, ofPlans: [...generated, ...later] }).map((row) => [row.metricName, row]));
}

const aggregate = (some: Partial<MetricAggregate>): MetricAggregate => ({ experimentId: "e", variantId: "v", metricName: "m", bucketType: "hourly", bucketStart: 0, count: 1, sum: 1, min: 1, max: 1, stddev: null, histogram: { zeros: 0, buckets: [] }, ...some });
const DAY = { bucketType: "daily", bucketStart: 0 } as const;

describe("the plans of an hour", () => {
  test("what became of them counts where they were generated, edits over accepted plans, the rest over generated ones", () => {
    const generated = ["a", "b", "c", "d"].map((plan, index) => event("plan_generated", plan, { metrics: { latency_ms: 100 * (index + 1), cost_usd: 0.5 } }));
    const later = [
      event("plan_accepted", "a"), event("plan_accepted", "b", { timestamp: 5 * HOUR }), event("plan_accepted", "b", { timestamp: 6 * HOUR }), event("plan_rejected", "c"),
      event("edit_applied", "a"), event("meal_swapped", "a"), event("edit_applied", "c", { metrics: { cost_usd: 0.25 } }), event("validator_intervention", "d"), event("validator_intervention", "d", { metrics: { constraint_violations: 2 } }),
    ];
    const found = rows(generated, later);
    const ratio = (name: string) => [found[name]?.sum, found[name]?.count];
    expect(ratio("plan_generated")).toEqual([4, 4]);
    expect(ratio("acceptance_rate")).toEqual([2, 4]);
    expect(ratio("validator_rate")).toEqual([1, 4]);
    expect(ratio("avg_edits_per_plan")).toEqual([3, 2]);
    expect(ratio("cost_per_plan")).toEqual([2.25, 4]);
    expect(ratio("constraint_violations")).toEqual([2, 4]);
    expect(found["latency_ms"]).toMatchObject({ count: 4, sum: 1000, min: 100, max: 400 });
    expect(found["latency_ms"]?.stddev).toBeCloseTo(129.0994, 4);
    const { zeros, buckets } = found["latency_ms"]?.histogram ?? { zeros: 0, buckets: [] };
    expect(histogramQuantile({ kind: "histogram", n: 4, zeros, buckets }, 0.5)).toBeCloseTo(200, -1);
  });
  test("a plan that was reported twice counts once, also when the other report is of another hour", () => {
    const first = event("plan_generated", "a");
    const again = event("plan_generated", "a", { timestamp: HOUR + 1 });
    expect(rows([first, again])["plan_generated"]?.count).toBe(1);
    expect(aggregatePlans({ hourStart: HOUR, generated: [again], ofPlans: [event("plan_generated", "a", { timestamp: 0 }), again] })).toEqual([]);
    expect(rows([event("plan_generated", null), event("plan_generated", null)])["plan_generated"]?.count).toBe(2);
  });
  test("what comes later than a day after the plan does not count", () => {
    const found = (ms: number) => rows([event("plan_generated", "a")], [event("plan_accepted", "a", { timestamp: HOUR + ms })])["acceptance_rate"]?.sum;
    expect([found(PLAN_MATURITY_MS), found(PLAN_MATURITY_MS + 1)]).toEqual([1, 0]);
  });
  test("a plan of no experiment is in no row, one of two in both", () => {
    expect(aggregatePlans({ hourStart: HOUR, generated: [event("plan_generated", "a", { experiments: [] })], ofPlans: [] })).toEqual([]);
    const both = [{ experimentId: "e", variantId: "v" }, { experimentId: "f", variantId: "w" }];
    expect(new Set(aggregatePlans({ hourStart: HOUR, generated: [event("plan_generated", "a", { experiments: both })], ofPlans: [] }).map(({ variantId }) => variantId))).toEqual(new Set(["v", "w"]));
  });
});

describe("hours become a day", () => {
  test("vector 13: (10, 100, sd 5) and (30, 110, sd 8) have the mean 107.5 and the sample sd 8.519961", () => {
    const [day] = mergeAggregates([aggregate({ count: 10, sum: 1000, stddev: 5, min: 90 }), aggregate({ count: 30, sum: 3300, stddev: 8, max: 130 })], DAY);
    expect((day?.sum ?? 0) / (day?.count ?? 1)).toBe(107.5);
    expect(day?.stddev).toBeCloseTo(8.519961, 6);
    expect(day).toMatchObject({ count: 40, min: 1, max: 130, bucketType: "daily" });
  });
  test("hours of one value each have the deviation of those values", () => {
    const [day] = mergeAggregates([1, 2, 6].map((sum) => aggregate({ sum })), DAY);
    expect(day?.stddev).toBeCloseTo(Math.sqrt(7), 12);
  });
  test("histograms add; a ratio of totals keeps numerator and denominator and has no deviation", () => {
    const [day] = mergeAggregates([aggregate({ histogram: { zeros: 1, buckets: [[3, 1], [5, 2]] } }), aggregate({ histogram: { zeros: 2, buckets: [[4, 1], [5, 1]] } })], DAY);
    expect(day?.histogram).toEqual({ zeros: 3, buckets: [[3, 1], [4, 1], [5, 3]] });
    const [ratio] = mergeAggregates([aggregate({ count: 0, sum: 3, histogram: null }), aggregate({ count: 2, sum: 1, histogram: null }), aggregate({ count: 1, sum: 1, histogram: null })], DAY);
    expect(ratio).toMatchObject({ count: 3, sum: 5, stddev: null, histogram: null });
  });
});
