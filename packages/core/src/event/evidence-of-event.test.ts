import { expect, test } from "vitest";

import type { MetricSpec } from "../evidence/evidence.ts";
import type { ExperimentChange, PolicyVersion, StoredEvent } from "../experiment/experiment.ts";
import { sampleView } from "../testing/experiments.ts";
import { eventScene, evidenceOfEvent, type EventEvidence, type EventFacts } from "./evidence-of-event.ts";

const HOUR = 3_600_000;
const view = sampleView([9000, 1000]);
const [control, candidate] = view.variants.map(({ id }) => id) as [string, string];
const METRICS: Readonly<Record<string, MetricSpec>> = {
  latency_ms: "histogram",
  tokens: "moments",
  acceptance_rate: { kind: "ratio", numerator: ["accepted"], denominator: ["generated"], once: true },
  avg_edits: { kind: "ratio", numerator: ["edits", "swaps"], denominator: ["accepted"], once: false },
  cost_per_plan: { kind: "ratio", numerator: ["cost_usd"], denominator: ["generated"], once: false },
};

const share = (variantId: string, from: number, to: number) => ({ variantId, name: variantId, role: "arm" as const, basisPoints: (to - from) / 10, ranges: from === to ? [] : [{ from, to }] });
const half = [share(control, 0, 50_000), share(candidate, 50_000, 100_000)];
const tenth = [share(control, 0, 90_000), share(candidate, 90_000, 100_000)];
const row = (epoch: number, at: number, moved: Pick<ExperimentChange, "before" | "after">): ExperimentChange => ({
  experimentId: view.experiment.id,
  epoch,
  op: "allocate",
  actor: "a",
  reason: "r",
  at,
  ...moved,
  evidenceDigest: null,
  idempotencyKey: `k${epoch}`,
  requestDigest: "d",
});

/** Made at 0, ramped to a tenth at 10 h, paused and resumed at 20 h and 21 h, ramped to a half at 30 h. */
const journal = [
  row(1, 0, { before: [], after: [share(control, 0, 100_000), share(candidate, 0, 0)] }),
  row(2, 10 * HOUR, { before: [share(control, 0, 100_000)], after: tenth }),
  row(3, 20 * HOUR, { before: tenth, after: tenth }),
  row(4, 21 * HOUR, { before: tenth, after: tenth.toReversed() }),
  row(5, 30 * HOUR, { before: tenth, after: half }),
];
const versions = ["1", "7"].map((mlflowModelVersion, index): PolicyVersion => ({
  id: `aaaaaaaa-0000-4000-8000-00000000000${index + 1}`,
  policyId: "p",
  policyName: "planner_policy",
  version: index + 1,
  mlflowModelName: "planner_model",
  mlflowModelVersion,
  configDefaults: {},
  status: "active",
  isDefault: index === 0,
  createdAt: 1,
}));
const scene: EventFacts = { view, journal, versions, epochs: { 2: METRICS, 5: METRICS } };
const ID = "990e8400-e29b-41d4-a716-446655440004";

function event(change: Partial<StoredEvent>): StoredEvent {
  return {
    id: ID,
    eventType: "plan_generated",
    unitType: "user",
    unitId: "user-1",
    experiments: [{ experimentId: view.experiment.id, variantId: candidate }],
    context: {},
    metrics: {},
    payload: { plan_id: "plan-1" },
    timestamp: 12 * HOUR,
    receivedAt: 40 * HOUR,
    flags: [],
    ...change,
  };
}
const evidence = (one: StoredEvent, facts: EventFacts): EventEvidence => evidenceOfEvent(one, eventScene(facts));
const none = (why: string) => ({ kind: "none", why });

test("a plan is an outcome of its variant, with the numbers that the policy declares", () => {
  const metrics = { latency_ms: 450, token_count: 1200, cost_usd: 0.02, edit_count: 3 };
  expect(evidence(event({ metrics }), scene)).toEqual({
    kind: "outcome",
    outcome: {
      requestId: "plan-1",
      at: 12 * HOUR,
      model: "planner_model",
      version: "7",
      slot: "arm_1",
      mode: "live",
      epoch: 2,
      unit: "user-1",
      prediction: null,
      metrics: { latency_ms: 450, tokens: 1200, cost_usd: 0.02, generated: 1 },
    },
  });
  const { latency_ms } = METRICS;
  expect(evidence(event({ metrics }), { ...scene, epochs: { 2: { latency_ms: latency_ms as MetricSpec } } })).toMatchObject({ outcome: { metrics: { latency_ms: 450 } } });
});

test("tokens are those said outright, or those counted, or those read and written", () => {
  const tokens = (metrics: Record<string, number>) => evidence(event({ metrics }), scene);
  expect(tokens({ tokens: 5, token_count: 9 })).toMatchObject({ outcome: { metrics: { tokens: 5 } } });
  expect(tokens({ input_tokens: 3, output_tokens: 4 })).toMatchObject({ outcome: { metrics: { tokens: 7 } } });
  expect(tokens({})).toMatchObject({ outcome: { metrics: { generated: 1 } } });
});

test("a plan without a plan_id is named by its event", () => {
  for (const payload of [null, {}, { plan_id: 7 }, { plan_id: "" }]) expect(evidence(event({ payload }), scene)).toMatchObject({ outcome: { requestId: ID } });
});

test.each([
  ["plan_accepted", "accepted"],
  ["meal_swapped", "swaps"],
  ["edit_applied", "edits"],
])("%s is a follow-up of its plan that counts 1 as %s, whatever epoch it comes in", (eventType, field) => {
  for (const timestamp of [0, 12 * HOUR, 35 * HOUR]) {
    expect(evidence(event({ eventType, timestamp, metrics: { edit_count: 3 } }), scene)).toEqual({
      kind: "follow_up",
      followUp: { id: ID, requestId: "plan-1", model: "planner_model", at: timestamp, metrics: { [field]: 1 } },
    });
  }
});

test("rejections and interventions count where a policy declares them", () => {
  const declared: EventFacts = { ...scene, epochs: { 2: { validator_rate: { kind: "ratio", numerator: ["intervened"], denominator: ["generated"], once: true } } } };
  expect(evidence(event({ eventType: "validator_intervention" }), declared)).toMatchObject({ followUp: { metrics: { intervened: 1 } } });
  expect(evidence(event({ eventType: "validator_intervention" }), scene)).toEqual(none("not_counted"));
  expect(evidence(event({ eventType: "plan_rejected" }), scene)).toEqual(none("not_counted"));
});

test.each([
  [9, null],
  [10, 2],
  [20.5, 2],
  [29, 2],
  [30, 5],
  [99, 5],
])("at %s h the epoch is %s: what moved nobody begins none", (hours, epoch) => {
  const found = evidence(event({ timestamp: hours * HOUR }), scene);
  expect(found).toMatchObject(epoch === null ? none("no_epoch") : { outcome: { epoch } });
});

test("the epoch of a move that takes no outcomes is not that of the move before it", () => {
  expect(evidence(event({ timestamp: 35 * HOUR }), { ...scene, epochs: { 2: METRICS } })).toEqual(none("no_epoch"));
  expect(evidence(event({ timestamp: 22 * HOUR }), { ...scene, epochs: { 4: METRICS } })).toMatchObject({ outcome: { epoch: 4 } });
});

test("what is kept and no evidence, and why", () => {
  for (const eventType of ["custom.pantry_updated", "message_sent", "flow_completed"]) expect(evidence(event({ eventType }), scene)).toEqual(none("not_counted"));
  expect(evidence(event({ eventType: "plan_accepted", payload: { meal: 1 } }), scene)).toEqual(none("no_plan"));
  expect(evidence(event({}), { ...scene, view: { ...view, experiment: { ...view.experiment, model: null } } })).toEqual(none("no_model"));
  expect(evidence(event({ experiments: [{ experimentId: view.experiment.id, variantId: ID }] }), scene)).toEqual(none("unknown_variant"));
});

test("a variant whose policy version is not there has no version", () => {
  expect(evidence(event({}), { ...scene, versions: versions.slice(0, 1) })).toEqual(none("no_version"));
});

test("a variant without a model is an arm of its own name", () => {
  const [first, ...others] = view.variants;
  const bare = { ...view, variants: [{ ...(first as (typeof view.variants)[number]), config: null }, ...others] };
  expect(evidence(event({ experiments: [{ experimentId: view.experiment.id, variantId: control }] }), { ...scene, view: bare })).toMatchObject({ outcome: { version: "variant:control", slot: "control" } });
});
