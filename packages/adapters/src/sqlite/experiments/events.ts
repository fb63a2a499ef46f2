import { hoursToMark } from "@gauntlet/controller";
import type { AssignmentRecord, DirtyBucket, ExperimentStore } from "@gauntlet/controller";
import { canonicalJson } from "@gauntlet/core";
import type { MetricAggregate, StoredEvent } from "@gauntlet/core";
import { aggregateOf, eventOf, jsonText } from "../../sql/experiment-rows.ts";
import type { AggregateRow, EventRow } from "../../sql/experiment-rows.ts";
import type { Database } from "../database.ts";
import { AGGREGATE, EVENT } from "./columns.ts";
import { eventQueue } from "./event-queue.ts";

type EventPart = Pick<ExperimentStore, "recordAssignments" | "assignments" | "recordEvents" | "events" | "eventsOfPlans" | "forgetEvents">;
type AggregatePart = Pick<ExperimentStore, "dirtyBuckets" | "putAggregates" | "aggregates" | "forgetAggregates">;

const DAY_MS = 86_400_000;

export function eventsOf(database: Database): EventPart {
  const addEvents = eventQueue(database, (events) => record(database, events));
  return {
    recordAssignments: async (assignments) =>
      database.transaction(() => {
        for (const { experimentId, variantId, unitType, unitId, epoch, assignedAt } of assignments) {
          database.run(
            "INSERT INTO exp_assignments (experiment_id, variant_id, unit_type, unit_id, epoch, assigned_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            experimentId, variantId, unitType, unitId, epoch, assignedAt,
          );
        }
      }),
    assignments: async (experimentId, units) =>
      units.flatMap(({ unitType, unitId }) =>
        database
          .all<AssignmentRecord>(
            "SELECT experiment_id AS experimentId, variant_id AS variantId, unit_type AS unitType, unit_id AS unitId, epoch, assigned_at AS assignedAt FROM exp_assignments WHERE experiment_id = ? AND unit_type = ? AND unit_id = ? ORDER BY epoch DESC LIMIT 1",
            experimentId, unitType, unitId,
          )
          .map((row) => ({ ...row })),
      ),
    recordEvents: addEvents,
    events: async ({ from, to, limit, after }) =>
      database.all<EventRow>(`SELECT ${EVENT} FROM exp_events WHERE timestamp >= ?1 AND timestamp < ?2 AND (timestamp, id) > (?3, ?4) ORDER BY timestamp, id LIMIT ?5`, from, to, after?.timestamp ?? Number.MIN_SAFE_INTEGER, after?.id ?? "", limit).map(eventOf),
    eventsOfPlans: async (planIds) => database.all<EventRow>(`SELECT ${EVENT} FROM exp_events WHERE plan_id IN (SELECT value FROM json_each(?)) ORDER BY timestamp, id`, JSON.stringify(planIds)).map(eventOf),
    forgetEvents: async (before) => database.run("DELETE FROM exp_events WHERE timestamp < ?", before),
  };
}

function record(database: Database, events: readonly StoredEvent[]): readonly string[] {
  const added = events.filter(({ id, eventType, unitType, unitId, experiments, context, metrics, payload, timestamp, receivedAt, flags }) =>
    database.run(
      "INSERT INTO exp_events (id, event_type, unit_type, unit_id, experiments, context, metrics, payload, timestamp, received_at, flags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      id, eventType, unitType, unitId, canonicalJson(experiments), canonicalJson(context), canonicalJson(metrics), jsonText(payload), timestamp, receivedAt, canonicalJson(flags),
    ) > 0,
  );
  const plans = [...new Set(added.map(({ payload }) => payload?.["plan_id"]).filter((planId) => typeof planId === "string"))];
  const generated = database.all<Pick<StoredEvent, "eventType" | "timestamp">>(
    "SELECT event_type AS eventType, timestamp FROM exp_events WHERE event_type = 'plan_generated' AND plan_id IN (SELECT value FROM json_each(?))",
    JSON.stringify(plans),
  );
  for (const hour of hoursToMark([...added, ...generated], added)) mark(database, "hourly", hour);
  return added.map(({ id }) => id);
}

function mark(database: Database, bucketType: DirtyBucket["bucketType"], bucketStart: number): void {
  database.run("INSERT INTO exp_dirty_buckets (bucket_type, bucket_start) VALUES (?, ?) ON CONFLICT DO UPDATE SET mark = mark + 1", bucketType, bucketStart);
}

export function aggregatesOf(database: Database): AggregatePart {
  return {
    dirtyBuckets: async ({ bucketType, limit }) =>
      database
        .all<DirtyBucket>("SELECT bucket_type AS bucketType, bucket_start AS bucketStart, mark FROM exp_dirty_buckets WHERE bucket_type = ? ORDER BY bucket_start LIMIT ?", bucketType, limit)
        .map((row) => ({ ...row })),
    putAggregates: async (bucket, aggregates) => database.transaction(() => put(database, bucket, aggregates)),
    aggregates: async ({ experimentId = null, bucketType, from, to }) =>
      database
        .all<AggregateRow>(
          `SELECT ${AGGREGATE} FROM exp_metric_aggregates WHERE bucket_type = ?1 AND bucket_start >= ?2 AND bucket_start < ?3 AND (?4 IS NULL OR experiment_id = ?4) ORDER BY bucket_start, experiment_id, variant_id, metric_name`,
          bucketType, from, to, experimentId,
        )
        .map(aggregateOf),
    forgetAggregates: async (bucketType, before) => database.run("DELETE FROM exp_metric_aggregates WHERE bucket_type = ? AND bucket_start < ?", bucketType, before),
  };
}

function put(database: Database, { bucketType, bucketStart, mark: seen }: DirtyBucket, aggregates: readonly MetricAggregate[]): void {
  database.run("DELETE FROM exp_metric_aggregates WHERE bucket_type = ? AND bucket_start = ?", bucketType, bucketStart);
  for (const { experimentId, variantId, metricName, count, sum, min, max, stddev, histogram } of aggregates) {
    database.run(
      "INSERT INTO exp_metric_aggregates (experiment_id, variant_id, metric_name, bucket_type, bucket_start, count, sum, min, max, stddev, histogram) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      experimentId, variantId, metricName, bucketType, bucketStart, count, sum, min, max, stddev, jsonText(histogram),
    );
  }
  database.run("DELETE FROM exp_dirty_buckets WHERE bucket_type = ? AND bucket_start = ? AND mark = ?", bucketType, bucketStart, seen);
  if (bucketType === "hourly") mark(database, "daily", bucketStart - (bucketStart % DAY_MS));
}
