import { paths } from "@gauntlet/contract";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";

import { addExperiment } from "../testing/experiments.ts";
import { startTestServer, type Called, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let experimentId: string;
let variants: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await startTestServer();
  const view = await addExperiment(server.composition.store, { name: "planner_exp" });
  experimentId = view.experiment.id;
  variants = Object.fromEntries(view.variants.map(({ name, id }) => [name, id]));
});
afterAll(() => server.close());

function record(unit: string, change: Readonly<Record<string, string>> = {}): object {
  const attributes = { "feature_flag.key": "planner_exp", "feature_flag.result.variant": "B", "feature_flag.context.id": unit, "feature_flag.provider.name": "gauntlet", ...change };
  return { timeUnixNano: `${server.clock.at}000000`, eventName: "feature_flag.evaluation", attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })) };
}
const exported = (...logRecords: readonly object[]) => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
const send = (body: unknown, more: object = {}): Promise<Called> => server.call("POST", paths.otlpLogs, { token: server.tokens.ingest, body, ...more });
const given = (unitId: string) => server.composition.store.experiments.assignments(experimentId, [{ unitType: "user", unitId }]);

test("evaluations are kept as assignments, and the answer to all of them is empty", async () => {
  const answer = await send(exported(record("u1"), record("u2", { "feature_flag.result.variant": "control" })));
  expect([answer.status, answer.json]).toEqual([200, {}]);
  expect(await given("u1")).toEqual([{ experimentId, variantId: variants["B"], unitType: "user", unitId: "u1", epoch: 1, assignedAt: server.clock.at }]);
  expect((await given("u2"))[0]?.variantId).toBe(variants["control"]);
  expect([(await send({})).status, (await send({})).json]).toEqual([200, {}]);
});

test("what is no exposure is a partial success that says why", async () => {
  const other = { eventName: "http.request", attributes: [] };
  const answer = await send(exported(record("u3"), other, record("u4", { "feature_flag.key": "nothing" }), record("u5", { "feature_flag.result.variant": "C" })));
  expect(answer.status).toBe(200);
  expect(answer.json.partialSuccess.rejectedLogRecords).toBe("3");
  expect(answer.json.partialSuccess.errorMessage).toMatch(/only feature_flag\.evaluation.*no experiment "nothing".*no variant "C"/);
  expect(await given("u3")).toHaveLength(1);
  expect((await server.call("GET", "/metrics")).text).toMatch(/gauntlet_exposures_total\{result="rejected"\} 3/);
});

test("gzip is read, its text limited; another compression is refused", async () => {
  const post = (body: Uint8Array<ArrayBuffer>, encoding = "gzip") =>
    server.fetch(new Request(`http://127.0.0.1${paths.otlpLogs}`, { method: "POST", body, headers: { "content-type": "application/json", "content-encoding": encoding, authorization: `Bearer ${server.tokens.ingest}` } }));
  expect((await post(new Uint8Array(gzipSync(JSON.stringify(exported(record("zipped"))))))).status).toBe(200);
  expect(await given("zipped")).toHaveLength(1);
  expect((await post(new Uint8Array(gzipSync(" ".repeat(20_000_000))))).status).toBe(413);
  expect((await post(new TextEncoder().encode("{}"))).status).toBe(400);
  expect((await post(new TextEncoder().encode("{}"), "br")).status).toBe(415);
});

test("protobuf is refused, and the answer says what to set; errors are statuses of RPC", async () => {
  const protobuf = await send("x", { headers: { "content-type": "application/x-protobuf" } });
  expect(protobuf.status).toBe(415);
  expect(protobuf.json).toEqual({ code: 3, message: expect.stringMatching(/OTEL_EXPORTER_OTLP_LOGS_PROTOCOL=http\/json/) });
  for (const body of [[], { resourceLogs: 7 }, { resourceLogs: [{ scopeLogs: [{ logRecords: {} }] }] }]) expect(await send(body)).toMatchObject({ status: 400, json: { code: 3, message: expect.stringMatching(/no export of logs/) } });
  expect(await server.call("POST", paths.otlpLogs, { text: "{" })).toMatchObject({ status: 400, json: { code: 3 } });
  expect(await send({}, { token: null })).toMatchObject({ status: 401, json: { code: 16 } });
  expect(await send({}, { token: server.tokens.viewer })).toMatchObject({ status: 403, json: { code: 7 } });
  expect((await send("x".repeat(10_500_000))).status).toBe(413);
});
