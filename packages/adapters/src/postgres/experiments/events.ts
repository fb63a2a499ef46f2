import { hoursToMark } from "@gauntlet/controller";
import type { AssignmentRecord, DirtyBucket, ExperimentStore } from "@gauntlet/controller";
import { canonicalJson } from "@gauntlet/core";
import type { MetricAggregate, StoredEvent } from "@gauntlet/core";
import { aggregateOf, eventOf, jsonText } from "../../sql/experiment-rows.ts";
import type { AggregateRow, EventRow } from "../../sql/experiment-rows.ts";
import type { Database, Queries } from "../database.ts";
import { eventLane } from "../event-lane.ts";
import { AGGREGATE, ASSIGNMENT, DIRTY, EVENT, instant } from "./columns.ts";

type EventPart = Pick<ExperimentStore, "recordAssignments" | "assignments" | "recordEvents" | "events" | "eventsOfPlans" | "forgetEvents">;
type AggregatePart = Pick<ExperimentStore, "dirtyBuckets" | "putAggregates" | "aggregates" | "forgetAggregates">;

const DAY_MS = 86_400_000;
/** Below every UUID, with a time below every time. */
const FIRST = { timestamp: -62_135_596_800_000, id: "00000000-0000-0000-0000-000000000000" };

export function eventsOf(database: Database): EventPart {
  const keep = eventLane((events) => database.transaction(`events ${events[0]?.id ?? ""}`, (queries) => record(queries, events)));
  return {
    recordAssignments: async (assignments) => {
      if (assignments.length === 0) return;
      await database.run(
        `INSERT INTO @exp.assignments (experiment_id, variant_id, unit_type, unit_id, epoch, assigned_at)
         SELECT t."experimentId", t."variantId", t."unitType", t."unitId", t.epoch, ${instant('t."assignedAt"')}
         FROM jsonb_to_recordset($1::jsonb) AS t("experimentId" uuid, "variantId" uuid, "unitType" text, "unitId" text, epoch bigint, "assignedAt" bigint) ON CONFLICT DO NOTHING`,
        canonicalJson(assignments),
      );
    },
    assignments: async (experimentId, units) =>
      database.all<AssignmentRecord>(
        `SELECT ${ASSIGNMENT} FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS u(unit_type, unit_id, place)
         CROSS JOIN LATERAL (SELECT * FROM @exp.assignments WHERE experiment_id = $1 AND unit_type = u.unit_type AND unit_id = u.unit_id ORDER BY epoch DESC LIMIT 1) a ORDER BY u.place`,
        experimentId,
        units.map(({ unitType }) => unitType),
        units.map(({ unitId }) => unitId),
      ),
    recordEvents: async (events) => (events.length === 0 ? [] : keep(events)),
    events: async ({ from, to, limit, after = FIRST }) =>
      (
        await database.all<EventRow>(
          `SELECT ${EVENT} FROM @exp.events e WHERE e.timestamp >= ${instant("$1")} AND e.timestamp < ${instant("$2")} AND (e.timestamp, e.id) > (${instant("$3")}, $4::uuid) ORDER BY e.timestamp, e.id LIMIT $5`,
          from, to, after.timestamp, after.id, limit,
        )
      ).map(eventOf),
    eventsOfPlans: async (planIds) => (await database.all<EventRow>(`SELECT ${EVENT} FROM @exp.events e WHERE plan_id = ANY($1::text[]) ORDER BY e.timestamp, e.id`, planIds)).map(eventOf),
    forgetEvents: (before) => database.run(`DELETE FROM @exp.events WHERE timestamp < ${instant("$1")}`, before),
  };
}

async function record(queries: Queries, events: readonly StoredEvent[]): Promise<readonly string[]> {
  const once = [...new Map(events.toReversed().map((event) => [event.id, event])).values()];
  // In one order in every transaction, so that two of them never wait for one another.
  const rows = once.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const inserted = await queries.all<{ readonly id: string }>(
    `INSERT INTO @exp.events (id, event_type, unit_type, unit_id, experiments, context, metrics, payload, timestamp, received_at, flags)
     SELECT t.id, t."eventType", t."unitType", t."unitId", t.experiments, t.context, t.metrics, nullif(t.payload, 'null'), ${instant("t.timestamp")}, ${instant('t."receivedAt"')}, t.flags
     FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, "eventType" text, "unitType" text, "unitId" text, experiments jsonb, context jsonb, metrics jsonb, payload jsonb, timestamp bigint, "receivedAt" bigint, flags jsonb)
     ON CONFLICT (id) DO NOTHING RETURNING id`,
    canonicalJson(rows),
  );
  const isNew = new Set(inserted.map(({ id }) => id));
  const added = events.filter(({ id }) => isNew.delete(id));
  const plans = [...new Set(added.map(({ payload }) => payload?.["plan_id"]).filter((planId) => typeof planId === "string"))];
  const generated = await queries.all<Pick<StoredEvent, "eventType" | "timestamp">>(
    `SELECT event_type AS "eventType", round(extract(epoch FROM timestamp) * 1000)::bigint AS timestamp FROM @exp.events WHERE event_type = 'plan_generated' AND plan_id = ANY($1::text[])`,
    plans,
  );
  for (const hour of hoursToMark([...added, ...generated], added)) await mark(queries, "hourly", hour);
  return added.map(({ id }) => id);
}

async function mark(queries: Queries, bucketType: DirtyBucket["bucketType"], bucketStart: number): Promise<void> {
  await queries.run(
    `INSERT INTO @exp.dirty_buckets AS d (bucket_type, bucket_start) VALUES ($1, ${instant("$2")}) ON CONFLICT (bucket_type, bucket_start) DO UPDATE SET mark = d.mark + 1`,
    bucketType, bucketStart,
  );
}

export function aggregatesOf(database: Database): AggregatePart {
  return {
    dirtyBuckets: ({ bucketType, limit }) => database.all<DirtyBucket>(`SELECT ${DIRTY} FROM @exp.dirty_buckets d WHERE bucket_type = $1 ORDER BY d.bucket_start LIMIT $2`, bucketType, limit),
    putAggregates: (bucket, aggregates) => database.transaction(`aggregates ${bucket.bucketType} ${bucket.bucketStart}`, (queries) => put(queries, bucket, aggregates)),
    aggregates: async ({ experimentId = null, bucketType, from, to }) =>
      (
        await database.all<AggregateRow>(
          `SELECT ${AGGREGATE} FROM @exp.metric_aggregates a WHERE bucket_type = $1 AND a.bucket_start >= ${instant("$2")} AND a.bucket_start < ${instant("$3")} AND ($4::uuid IS NULL OR experiment_id = $4)
           ORDER BY a.bucket_start, experiment_id, variant_id, metric_name`,
          bucketType, from, to, experimentId,
        )
      ).map(aggregateOf),
    forgetAggregates: (bucketType, before) => database.run(`DELETE FROM @exp.metric_aggregates WHERE bucket_type = $1 AND bucket_start < ${instant("$2")}`, bucketType, before),
  };
}

async function put(queries: Queries, { bucketType, bucketStart, mark: seen }: DirtyBucket, aggregates: readonly MetricAggregate[]): Promise<void> {
  await queries.run(`DELETE FROM @exp.metric_aggregates WHERE bucket_type = $1 AND bucket_start = ${instant("$2")}`, bucketType, bucketStart);
  for (const { experimentId, variantId, metricName, count, sum, min, max, stddev, histogram } of aggregates) {
    await queries.run(
      `INSERT INTO @exp.metric_aggregates (experiment_id, variant_id, metric_name, bucket_type, bucket_start, count, sum, min, max, stddev, histogram)
       VALUES ($1, $2, $3, $4, ${instant("$5")}, $6, $7, $8, $9, $10, $11::jsonb)`,
      experimentId, variantId, metricName, bucketType, bucketStart, count, sum, min, max, stddev, jsonText(histogram),
    );
  }
  await queries.run(`DELETE FROM @exp.dirty_buckets WHERE bucket_type = $1 AND bucket_start = ${instant("$2")} AND mark = $3`, bucketType, bucketStart, seen);
  if (bucketType === "hourly") await mark(queries, "daily", bucketStart - (bucketStart % DAY_MS));
}
