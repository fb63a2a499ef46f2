import type { MetricAggregate, StoredEvent } from "@gauntlet/core";
import { compareText } from "./order.ts";

const HOUR_MS = 3_600_000;

/** By (timestamp, id). */
export function compareEvents(a: Pick<StoredEvent, "timestamp" | "id">, b: Pick<StoredEvent, "timestamp" | "id">): number {
  return a.timestamp - b.timestamp || compareText(a.id, b.id);
}

/** By (bucketStart, experimentId, variantId, metricName). */
export function compareAggregates(a: MetricAggregate, b: MetricAggregate): number {
  return a.bucketStart - b.bucketStart || compareText(a.experimentId, b.experimentId) || compareText(a.variantId, b.variantId) || compareText(a.metricName, b.metricName);
}

/** The hours in which these plans were generated: what comes later about a plan counts there. */
export function hoursToMark(events: readonly Pick<StoredEvent, "eventType" | "timestamp">[]): readonly number[] {
  const hours = events.filter(({ eventType }) => eventType === "plan_generated").map(({ timestamp }) => timestamp - (timestamp % HOUR_MS));
  return [...new Set(hours)].toSorted((a, b) => a - b);
}
