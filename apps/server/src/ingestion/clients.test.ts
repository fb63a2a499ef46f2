import { paths } from "@gauntlet/contract";
import type { Allocation } from "@gauntlet/core";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { CloudEvent, HTTP } from "cloudevents";
import { afterAll, beforeAll, expect, test } from "vitest";

import { addExperiment } from "../testing/experiments.ts";
import { policyText, syntheticStream } from "../testing/stream.ts";
import { registerVersions, START, startTestServer, type TestServer } from "../testing/test-server.ts";

const MODEL = "fraud";
let server: TestServer;
let outcomes: readonly object[];
let experiment: { readonly id: string; readonly variant: string };

/** The clients that others use, over a real socket. */
beforeAll(async () => {
  server = await startTestServer({ options: { listen: true } });
  await registerVersions(server, MODEL);
  await server.call("POST", paths.rollouts(MODEL), { key: "start", body: { policy: policyText(MODEL), challenger: "2" } });
  const allocation = (await server.composition.store.allocations.get(MODEL)) as Allocation;
  outcomes = syntheticStream(allocation, { from: START, count: 50, hits: 10 }).outcomes;
  const { experiment: made, variants } = await addExperiment(server.composition.store, { name: "planner_exp", model: MODEL, epoch: allocation.epoch }, { champion: 8000, challenger: 2000 });
  experiment = { id: made.id, variant: variants[1]?.id ?? "" };
  server.clock.at = START + 3_600_000;
});
afterAll(() => server.close());

interface Sent {
  readonly headers: object;
  readonly body?: unknown;
}

async function post(path: string, { headers, body }: Sent): Promise<{ readonly status: number; readonly json: { readonly accepted?: number; readonly duplicates?: number; readonly event_id?: string } }> {
  const response = await fetch(`${server.url}${path}`, { method: "POST", headers: { ...(headers as Record<string, string>), authorization: `Bearer ${server.tokens.ingest}` }, body: body as string });
  return { status: response.status, json: (await response.json()) as { accepted?: number } };
}

async function counted(): Promise<number> {
  const { json } = await server.call("GET", paths.model(MODEL));
  return json.split.reduce((sum: number, arm: { count: number }) => sum + arm.count, 0);
}

test("the CloudEvents SDK sends outcomes in both modes, and each counts once", async () => {
  const live = outcomes.filter((outcome) => (outcome as { mode: string }).mode === "live");
  const event = (index: number) => new CloudEvent({ id: `o-${index}`, source: "/orders/1", type: "io.gauntlet.outcome", data: live[index] as object });
  const before = await counted();
  for (const [index, message] of [HTTP.structured(event(0)), HTTP.binary(event(1)), HTTP.binary(event(0)), HTTP.structured(event(1))].entries()) {
    expect([index, (await post(paths.outcomes, message)).json]).toMatchObject([index, { accepted: 1, duplicates: 0 }]);
  }
  expect(await counted()).toBe(before + 2);
  const changed = await post(paths.outcomes, HTTP.structured(event(0).cloneWith({ data: live[2] as object })));
  expect([changed.status, changed.json]).toMatchObject([422, { code: "idempotency_mismatch" }]);
  const batch = [0, 2, 3].map((index) => event(index).toJSON());
  const answer = await post(paths.outcomes, { headers: { "content-type": "application/cloudevents-batch+json" }, body: JSON.stringify([...batch, { ...batch[0], data: live[4] }, { ...batch[0], type: "x" }, { ...batch[0], id: "bad", data: {} }]) });
  expect([answer.status, answer.json]).toMatchObject([207, { accepted: 3, rejected: [{ index: 3, code: "idempotency_mismatch" }, { index: 4, code: "invalid_input" }, { index: 5, code: "invalid_input" }] }]);
  expect(await counted()).toBe(before + 4);
});

test("a CloudEvent's time stands in for an outcome's; labels come as CloudEvents too, and a type that is wrong is named", async () => {
  const { at: _at, ...timeless } = { ...(outcomes[20] as { at: number }) };
  const time = new Date(START + 60_000).toISOString();
  const sent = await post(paths.outcomes, HTTP.binary(new CloudEvent({ source: "/s", type: "io.gauntlet.outcome", time, data: timeless })));
  expect([sent.status, sent.json]).toMatchObject([200, { accepted: 1 }]);
  const label = { requestId: "request-3", model: MODEL, revision: 1, truth: true, source: "people" };
  expect((await post(paths.labels, HTTP.structured(new CloudEvent({ source: "/s", type: "io.gauntlet.label", time, data: label })))).json).toMatchObject({ accepted: 1 });
  const wrong = await post(paths.labels, HTTP.binary(new CloudEvent({ source: "/s", type: "io.gauntlet.outcome", data: label })));
  expect([wrong.status, wrong.json]).toMatchObject([400, { code: "invalid_input", errors: [{ pointer: "/type", detail: 'must be io.gauntlet.label, not "io.gauntlet.outcome"' }] }]);
});

test("the CloudEvents SDK sends events of a product, and each counts once", async () => {
  const before = await counted();
  const data = { event_type: "plan_generated", unit_type: "user", unit_id: "u", experiments: [{ experiment_id: experiment.id, variant_id: experiment.variant }], payload: { plan_id: "plan of an SDK" } };
  const event = new CloudEvent({ id: "1", source: "/planner", type: "io.gauntlet.event", time: new Date(START + 1000).toISOString(), data });
  const ids = [await post(paths.productEvents, HTTP.structured(event)), await post(paths.productEvents, HTTP.binary(event))].map(({ json }) => json.event_id);
  expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(ids[1]).toBe(ids[0]);
  expect(await counted()).toBe(before + 1);
});

test("OpenTelemetry's exporter of logs brings exposures", async () => {
  const exporter = new OTLPLogExporter({ url: `${server.url}${paths.otlpLogs}`, headers: { authorization: `Bearer ${server.tokens.ingest}` } });
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
  const attributes = { "feature_flag.key": "planner_exp", "feature_flag.result.variant": "challenger", "feature_flag.context.id": "otel-user", "feature_flag.provider.name": "ofrep" };
  provider.getLogger("test").emit({ eventName: "feature_flag.evaluation", timestamp: server.clock.at - 5, attributes });
  await provider.forceFlush();
  await provider.shutdown();
  const [given] = await server.composition.store.experiments.assignments(experiment.id, [{ unitType: "user", unitId: "otel-user" }]);
  expect(given).toMatchObject({ variantId: experiment.variant, assignedAt: server.clock.at - 5 });
});
