import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, expect, test } from "vitest";

import { registerVersions, startTestServer, type TestServer } from "../testing/test-server.ts";

const POLICY = `
kind: abtest
name: test policy
model: fraud
split: { champion: 80%, challenger: 20% }
window: { min: 14d, max: 28d }
labels: { maturity: 1d }
minSamples: 100
checks:
  - { check: superiority, metric: recall, improveBy: 5% }
`;

let server: TestServer;
// oxlint-disable-next-line typescript/no-explicit-any
let document: any;

beforeAll(async () => {
  server = await startTestServer();
  await registerVersions(server, "fraud");
  document = (await server.call("GET", "/openapi.json", { token: null })).json;
});
afterAll(() => server.close());

test("the document is OpenAPI 3.1", async () => {
  const checked = await new Validator().validate(structuredClone(document));
  expect(checked.errors ?? []).toEqual([]);
  expect([checked.valid, document.openapi]).toEqual([true, "3.1.0"]);
});

test("every operation has a name of its own, and says which role it needs", () => {
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path as object));
  expect(new Set(operations.map((one) => one.operationId)).size).toBe(operations.length);
  expect(document.paths["/v1/models/{model}/promote"].post.security).toEqual([{ token: ["operator"] }]);
  expect(document.paths["/v1/outcomes"].post.security).toEqual([{ token: ["ingest"] }]);
  expect(document.paths["/v1/models"].get.security).toEqual([{}, { token: ["viewer"] }]);
});

test("what the server answers has the shape that the document says", async () => {
  const shapes = new Ajv2020({ strict: true, allowUnionTypes: true, keywords: ["components"] });
  shapes.addSchema({ $id: "doc:", components: document.components });
  const check = (name: string, value: unknown) => {
    const valid = shapes.validate({ $ref: `doc:#/components/schemas/${name}` }, value);
    expect(valid, `${name}: ${shapes.errorsText()}`).toBe(true);
  };
  const shapeOf = (path: string, method: string, status = "200") => document.paths[path][method].responses[status].content["application/json"].schema.$ref.split("/").at(-1) as string;

  const begun = await server.call("POST", "/v1/models/fraud/rollouts", { key: "start", body: { policy: POLICY, challenger: "2" } });
  expect(begun.status).toBe(200);
  check(shapeOf("/v1/models/{model}/rollouts", "post"), begun.json);
  server.clock.at += 3_600_000;
  check(shapeOf("/v1/models/{model}/tick", "post"), (await server.call("POST", "/v1/models/fraud/tick")).json);
  const { json: detail } = await server.call("GET", "/v1/models/fraud");
  expect(detail.decision).not.toBeNull();
  check(shapeOf("/v1/models/{model}", "get"), detail);
  check("ModelState", detail.state);
  check("Decision", detail.decision);
  for (const path of ["/v1/models", "/v1/models/{model}/ledger", "/v1/models/{model}/evidence", "/v1/ledger/verify"]) {
    check(shapeOf(path, "get"), (await server.call("GET", path.replace("{model}", "fraud"))).json);
  }
  check(shapeOf("/v1/decisions/{id}", "get"), (await server.call("GET", `/v1/decisions/${detail.decision.id}`)).json);

  const outcomes = [{ requestId: "r1", at: server.clock.at, model: "fraud", version: "1", slot: "champion", mode: "live", epoch: detail.state.epochs.at(-1).epoch, unit: "u1", prediction: true }, { requestId: "r2" }];
  const recorded = await server.call("POST", "/v1/outcomes", { key: "batch", body: { outcomes } });
  expect([recorded.status, recorded.json.accepted]).toEqual([207, 1]);
  check(shapeOf("/v1/outcomes", "post", "207"), recorded.json);
  check("OutcomeBatch", { outcomes: outcomes.slice(0, 1) });
  expect(shapes.validate({ $ref: "doc:#/components/schemas/OutcomeBatch" }, { outcomes })).toBe(false);

  const event = { event_type: "custom.x", unit_type: "user", unit_id: "u1", timestamp: server.clock.at };
  check("ProductEvent", event);
  check(shapeOf("/api/v1/events", "post"), (await server.call("POST", "/api/v1/events", { body: event })).json);
  const partly = await server.call("POST", "/api/v1/events/batch", { body: { events: [event, {}] } });
  check(shapeOf("/api/v1/events/batch", "post", "207"), partly.json);
  check("ServiceError", (await server.call("POST", "/api/v1/events", { body: {} })).json);

  const refused = await server.call("POST", "/v1/models/fraud/hold", { key: "hold", body: {} });
  expect(refused.status).toBe(400);
  check("Problem", refused.json);
  // A shape that says nothing would pass everything.
  expect(shapes.validate({ $ref: "doc:#/components/schemas/Decision" }, { id: "d-1" })).toBe(false);
});
