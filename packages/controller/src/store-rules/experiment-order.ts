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

/** Events change aggregates for seven days. */
const REOPENED_MS = 7 * 86_400_000;

/**
 * The hours in which these plans were generated: what comes later about a plan counts there. `added` are the new events;
 * an hour that ended more than seven days before they were received stays closed.
 */
export function hoursToMark(plans: readonly Pick<StoredEvent, "eventType" | "timestamp">[], added: readonly Pick<StoredEvent, "receivedAt">[]): readonly number[] {
  const since = added.reduce((latest, { receivedAt }) => Math.max(latest, receivedAt), Number.NEGATIVE_INFINITY) - REOPENED_MS;
  const hours = plans.filter(({ eventType }) => eventType === "plan_generated").map(({ timestamp }) => timestamp - (timestamp % HOUR_MS));
  return [...new Set(hours)].filter((hour) => hour + HOUR_MS > since).toSorted((a, b) => a - b);
}
