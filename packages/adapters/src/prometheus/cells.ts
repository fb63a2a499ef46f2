import type { AskedMetric } from "@gauntlet/controller";
import type { Statistic, WideInteger } from "@gauntlet/core";

import { COUNT_MAX, unavailable } from "../source/unavailable.ts";
import { wideOf } from "../source/wide-of.ts";
import { sumOf, type Counts } from "./increase.ts";
import { FINE_GROWTH, isBound, logBuckets } from "./log-buckets.ts";
import type { CounterPlan, MetricPlan } from "./metric.ts";
import type { TrackedSeries } from "./track.ts";

export interface CounterReading {
  readonly counter: CounterPlan;
  readonly selector: string;
  readonly series: readonly TrackedSeries[];
}

interface CellsRequest {
  readonly source: string;
  readonly plan: MetricPlan;
  readonly asked: AskedMetric;
  readonly counters: readonly CounterReading[];
  readonly since: number;
}

interface TimedStatistic {
  readonly bucketStart: number;
  readonly statistic: Statistic;
}

/** The counters of one metric and arm as statistics by time bucket. @throws Failure `evidence_unavailable` when they contradict each other. */
export function cellsOf(request: CellsRequest): readonly TimedStatistic[] {
  const byCounter = new Map(request.counters.map(({ counter, series }) => [counter.name, added(series.map(({ counted }) => counted.byBucket))]));
  const buckets = [...new Set([...byCounter.values()].flatMap((byBucket) => [...byBucket.keys()]))].toSorted((a, b) => a - b);
  const count = (name: CounterReading["counter"]["name"], bucketStart: number): number => byCounter.get(name)?.get(bucketStart)?.[""] ?? 0;
  const total = (name: CounterReading["counter"]["name"]): number => buckets.reduce((sum, bucketStart) => sum + count(name, bucketStart), 0);
  switch (request.plan.kind) {
    case "rate":
      requireNoMore(request, total("hits"), total("total"));
      return buckets.map((bucketStart) => ({ bucketStart, statistic: { kind: "rate", n: count("total", bucketStart), hits: count("hits", bucketStart) } }));
    case "count":
      return buckets.map((bucketStart) => ({ bucketStart, statistic: { kind: "count", n: count("count", bucketStart) } }));
    case "moments": {
      const thousandths = 1000 * request.plan.scale;
      const sums = wholeSteps(buckets.map((bucketStart) => count("sum", bucketStart)), { scale: thousandths, source: request.source });
      const squares = wholeSteps(buckets.map((bucketStart) => count("squares", bucketStart)), { scale: thousandths * thousandths, source: request.source });
      return buckets.map((bucketStart, index) => ({ bucketStart, statistic: { kind: "moments", n: count("count", bucketStart), sum: sums[index] as WideInteger, squares: squares[index] as WideInteger } }));
    }
    case "histogram": {
      const fine = requireBounds(request);
      return buckets.map((bucketStart) => ({ bucketStart, statistic: logBuckets(byCounter.get("buckets")?.get(bucketStart) ?? {}, { fine, scale: request.plan.scale }) }));
    }
  }
}

function added(series: readonly ReadonlyMap<number, Counts>[]): ReadonlyMap<number, Counts> {
  const sum = new Map<number, Counts>();
  for (const byBucket of series) for (const [bucketStart, counts] of byBucket) sum.set(bucketStart, sumOf(sum.get(bucketStart), counts));
  return sum;
}

function requireNoMore({ source, asked, counters }: CellsRequest, hits: number, total: number): void {
  if (hits <= total && total < COUNT_MAX) return;
  throw unavailable(source, `metric "${asked.name}" has ${hits} hits of a total of ${total}: ${counters.map(({ selector }) => selector).join(" of ")}`, { fix: "count each hit in the total too, in the same program" });
}

/** Whole steps that add up to the whole of the sum so far, so that no rounding gathers. */
function wholeSteps(steps: readonly number[], { scale, source }: { readonly scale: number; readonly source: string }): readonly WideInteger[] {
  let sum = 0;
  let before = 0n;
  return steps.map((step) => {
    sum += step;
    const whole = BigInt(Math.round(sum * scale));
    const own = whole - before;
    before = whole;
    const wide = wideOf(own);
    if (wide === null) throw unavailable(source, `a sum rose by ${step}, more than can be held`, { fix: "export the value in a larger unit" });
    return wide;
  });
}

/** Coarse buckets tell only how many values lie up to their bounds; anything else asked of them would be a guess. */
function requireBounds({ source, plan, asked, counters }: CellsRequest): boolean {
  const series = counters.flatMap((read) => read.series);
  if (series.every(({ widest }) => widest <= FINE_GROWTH)) return true;
  const bounds = [...new Set(series.flatMap(({ counted }) => Object.keys(counted.last.values).map(Number)))].toSorted((a, b) => a - b).map((bound) => bound * plan.scale);
  const known = bounds.filter(Number.isFinite).join(", ");
  if (asked.compared) {
    throw unavailable(source, `metric "${asked.name}" is bucket-limited (bounds ${known}): a comparison of its quantiles or its distribution would be a guess`, {
      fix: "ask only for limits that are bounds, as `check: bound` with `quantile` and `atMost` does, or export a native histogram",
    });
  }
  const missing = asked.limits.filter((limit) => !isBound(limit, bounds));
  if (missing.length > 0) throw unavailable(source, `metric "${asked.name}" is bucket-limited, and ${missing.join(" and ")} is no bound of its buckets (${known})`, { fix: "choose one of the bounds as the limit, or give the histogram such a bound" });
  return false;
}
