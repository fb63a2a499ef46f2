import { aggregatePlans, mergeAggregates, type MetricAggregate, type StoredEvent } from "@gauntlet/core";

import type { Controller } from "../controller.ts";
import type { DirtyBucket } from "../ports/experiment-store.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** An hour is aggregated five minutes after its end, a day one hour after. */
const HOURLY_AT_MS = HOUR_MS + 5 * 60_000;
const DAILY_AT_MS = DAY_MS + HOUR_MS;
const BUCKETS_AT_ONCE = 200;
const EVENTS_A_PAGE = 2000;
const PLANS_A_READ = 500;

/**
 * Aggregates every hour, and then every day, whose events changed since it was aggregated last; what is to be done stands in
 * the store. Idempotent: doing it again, or in two processes, gives the same rows. Returns how many buckets were written.
 * @throws Failure `store_unavailable`.
 */
export async function aggregateEvents(controller: Pick<Controller, "store" | "clock">): Promise<number> {
  const { experiments } = controller.store;
  const now = controller.clock.now();
  const isDue = (afterMs: number) => (bucket: DirtyBucket): boolean => bucket.bucketStart + afterMs <= now;
  const hours = (await experiments.dirtyBuckets({ bucketType: "hourly", limit: BUCKETS_AT_ONCE })).filter(isDue(HOURLY_AT_MS));
  const known = hours.length === 0 ? new Set<string>() : await knownVariants(controller);
  for (const hour of hours) await experiments.putAggregates(hour, (await hourOf(controller, hour.bucketStart)).filter(({ experimentId, variantId }) => known.has(`${experimentId} ${variantId}`)));
  const days = (await experiments.dirtyBuckets({ bucketType: "daily", limit: BUCKETS_AT_ONCE })).filter(isDue(DAILY_AT_MS));
  for (const day of days) {
    const { bucketStart } = day;
    const ofHours = await experiments.aggregates({ bucketType: "hourly", from: bucketStart, to: bucketStart + DAY_MS });
    await experiments.putAggregates(day, mergeAggregates(ofHours, { bucketType: "daily", bucketStart }));
  }
  return hours.length + days.length;
}

async function hourOf({ store }: Pick<Controller, "store">, hourStart: number): Promise<readonly MetricAggregate[]> {
  const generated: StoredEvent[] = [];
  let after: { readonly timestamp: number; readonly id: string } | undefined;
  for (;;) {
    const page = await store.experiments.events({ from: hourStart, to: hourStart + HOUR_MS, limit: EVENTS_A_PAGE, ...(after === undefined ? {} : { after }) });
    generated.push(...page.filter(({ eventType }) => eventType === "plan_generated"));
    after = page.at(-1);
    if (page.length < EVENTS_A_PAGE) break;
  }
  const plans = [...new Set(generated.flatMap(({ payload }) => (typeof payload?.["plan_id"] === "string" ? [payload["plan_id"]] : [])))];
  const ofPlans: StoredEvent[] = [];
  for (let from = 0; from < plans.length; from += PLANS_A_READ) ofPlans.push(...(await store.experiments.eventsOfPlans(plans.slice(from, from + PLANS_A_READ))));
  return aggregatePlans({ hourStart, generated, ofPlans });
}

/** Clients may name what never was. */
async function knownVariants({ store }: Pick<Controller, "store">): Promise<ReadonlySet<string>> {
  const views = await store.experiments.list();
  return new Set(views.flatMap(({ experiment, variants }) => variants.map((variant) => `${experiment.id} ${variant.id}`)));
}

const EVENTS_KEPT_MS = 90 * DAY_MS;
const HOURS_KEPT_MS = 30 * DAY_MS;
const DAYS_KEPT_MS = 365 * DAY_MS;

/** Forgets events after 90 days, hours after 30, days after a year. Returns how many rows went. @throws Failure `store_unavailable`. */
export async function forgetOldEvents({ store, clock }: Pick<Controller, "store" | "clock">): Promise<number> {
  const now = clock.now();
  return (
    (await store.experiments.forgetEvents(now - EVENTS_KEPT_MS)) +
    (await store.experiments.forgetAggregates("hourly", now - HOURS_KEPT_MS)) +
    (await store.experiments.forgetAggregates("daily", now - DAYS_KEPT_MS))
  );
}
