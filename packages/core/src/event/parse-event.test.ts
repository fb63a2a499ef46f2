import { expect, test } from "vitest";

import type { AcceptedEvent, EventProblem } from "./event.ts";
import { parseEvent } from "./parse-event.ts";

const NOW = Date.UTC(2026, 0, 20, 12);
const NEW_ID = "00000000-0000-4000-8000-000000000000";
const EXPERIMENT = "550e8400-e29b-41d4-a716-446655440000";
const VARIANT = "660e8400-e29b-41d4-a716-446655440001";
const full = {
  event_id: "990E8400-E29B-41D4-A716-446655440004",
  event_type: "plan_generated",
  unit_type: "user",
  unit_id: "user-123",
  experiments: [{ experiment_id: EXPERIMENT.toUpperCase(), variant_id: VARIANT }],
  context: { policy_version_id: "770e8400-e29b-41d4-a716-446655440002", client: { ip: "192.168.1.1" } },
  metrics: { latency_ms: 450, token_count: 1200 },
  payload: { plan_id: "880e8400-e29b-41d4-a716-446655440003", email: "user@example.com" },
  timestamp: "2026-01-20T11:59:00Z",
};
const parse = (value: unknown) => parseEvent(value, { now: NOW, newId: () => NEW_ID, salt: null });
const accepted = (change: object) => parse({ ...full, ...change }) as AcceptedEvent;
const refused = (change: object) => (parse({ ...full, ...change }) as readonly EventProblem[]).map(({ field, error }) => `${field}: ${error}`);

test("a full event, with its ids in lower case and its personal data gone", () => {
  expect(parse(full)).toEqual({
    id: full.event_id.toLowerCase(),
    eventType: "plan_generated",
    unitType: "user",
    unitId: "user-123",
    experiments: [{ experimentId: EXPERIMENT, variantId: VARIANT }],
    context: { policy_version_id: "770e8400-e29b-41d4-a716-446655440002", client: { ip: "192.168.1.0" } },
    metrics: full.metrics,
    payload: { plan_id: "880e8400-e29b-41d4-a716-446655440003", email: "[email]" },
    timestamp: NOW - 60_000,
    receivedAt: NOW,
    flags: [],
  });
});

test("the four required fields are enough; the event gets an id, and a flag for want of an experiment", () => {
  const { event_type, unit_type, unit_id, timestamp } = full;
  expect(parse({ event_type, unit_type, unit_id, timestamp })).toMatchObject({ id: NEW_ID, experiments: [], context: {}, metrics: {}, payload: null, flags: ["no_experiment"] });
  for (const field of ["event_type", "unit_type", "unit_id", "timestamp"]) {
    expect(refused({ [field]: undefined })).toEqual([`${field}: required`]);
    expect(refused({ [field]: null })).toEqual([`${field}: required`]);
  }
  expect(parse({})).toHaveLength(4);
});

test("up to five minutes ahead of the clock is taken, older than seven days is flagged", () => {
  expect(accepted({ timestamp: NOW + 300_000 }).flags).toEqual([]);
  expect(refused({ timestamp: NOW + 300_001 })).toEqual(["timestamp: in_the_future"]);
  expect(accepted({ timestamp: NOW - 7 * 86_400_000 }).flags).toEqual([]);
  expect(accepted({ timestamp: NOW - 7 * 86_400_000 - 1, experiments: [] }).flags).toEqual(["late", "no_experiment"]);
});

test.each(["plan_accepted", "plan_rejected", "meal_swapped", "edit_applied", "validator_intervention", "conversation_started", "message_sent", "flow_completed", "user_dropped_off", "custom.pantry_updated", `custom.${"x".repeat(93)}`])("the type %s", (event_type) => {
  expect(accepted({ event_type }).eventType).toBe(event_type);
});

test.each([
  ["event_type", "plan_made"],
  ["event_type", "custom."],
  ["event_type", "custom.a b"],
  ["event_type", `custom.${"x".repeat(94)}`],
  ["event_type", 7],
  ["unit_type", "card"],
  ["unit_type", "User"],
  ["unit_id", 42],
  ["unit_id", true],
  ["unit_id", ["u"]],
  ["unit_id", ""],
  ["unit_id", "x".repeat(256)],
  ["unit_id", "a\u0000b"],
  ["unit_id", "\uD800"],
  ["timestamp", "yesterday"],
  ["timestamp", "2026-01-20T11:59:00"],
  ["timestamp", "2026-02-30T00:00:00Z"],
  ["timestamp", -1],
  ["timestamp", 1.5],
  ["event_id", "42"],
  ["event_id", `${EXPERIMENT}0`],
  ["experiments", {}],
  ["experiments", Array.from({ length: 33 }, () => ({ experiment_id: EXPERIMENT, variant_id: VARIANT }))],
  ["context", []],
  ["context", "x"],
  ["payload", 1],
  ["payload", JSON.parse(`${'{"a":'.repeat(40)}1${"}".repeat(40)}`)],
  ["metrics", []],
  ["metrics", Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`m${index}`, 1]))],
])("%s = %j is refused", (field, value) => expect(refused({ [field]: value })).toEqual([`${field}: invalid`]));

test("each wrong place is named", () => {
  expect(refused({ metrics: { latency_ms: "450", ok: 1, cost_usd: null } })).toEqual(["metrics.latency_ms: invalid", "metrics.cost_usd: invalid"]);
  expect(refused({ experiments: [{ experiment_id: "planner_exp", variant_id: VARIANT }, { experiment_id: EXPERIMENT }, 7] })).toEqual([
    "experiments[0].experiment_id: invalid",
    "experiments[1].variant_id: required",
    "experiments[2]: invalid",
  ]);
  expect(refused({ experiments: [full.experiments[0], { experiment_id: EXPERIMENT, variant_id: full.event_id }] })).toEqual(["experiments[1].experiment_id: invalid"]);
  expect(refused({ experiments: [{ experiment_id: EXPERIMENT, variant_id: VARIANT, name: "x" }] })).toEqual(["experiments[0].name: unknown"]);
  expect(refused({ event_typ: "x" })).toEqual(["event_typ: unknown"]);
  for (const value of [null, 7, "x", []]) expect(parse(value)).toMatchObject([{ field: "", error: "invalid" }]);
});
