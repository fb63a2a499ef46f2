import { paths } from "@gauntlet/contract";
import { afterAll, beforeAll, expect, test } from "vitest";

import { policyText } from "../testing/stream.ts";
import { registerVersions, startTestServer, type TestServer } from "../testing/test-server.ts";

const MODEL = "fraud";
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await registerVersions(server, MODEL);
});
afterAll(() => server.close());

/** All that a preview might have changed. */
async function everything(): Promise<unknown> {
  const { store, controller } = server.composition;
  return {
    heads: await store.ledger.heads(),
    allocations: await store.allocations.list(),
    registry: await controller.registry.read(MODEL, ["1", "2"]),
    lease: (await store.leases.acquire({ name: MODEL, holder: "test", now: 0, ttlMs: 1 }))?.token,
  };
}

test("a start is shown with its shares, units and effects, and nothing is changed (I14)", async () => {
  const before = await everything();
  const shown = await server.call("POST", paths.preview(MODEL), { token: server.tokens.viewer, body: { policy: policyText(MODEL), challenger: "2" } });
  expect(shown.status).toBe(200);
  expect(shown.json).toMatchObject({
    model: MODEL,
    decision: null,
    shares: [
      { slot: "champion", version: "1", before: 10_000, after: 8000 },
      { slot: "challenger", version: "2", before: 0, after: 2000 },
    ],
    moved: 0.2,
    stages: [],
  });
  expect(shown.json.effects[0]).toBe("alias challenger → version 2");
  const after = (await everything()) as { lease: number };
  expect({ ...after, lease: 0 }).toEqual({ ...(before as object), lease: 0 });
});

test("the next decision is shown, and not recorded", async () => {
  await server.call("POST", paths.rollouts(MODEL), { key: "start", body: { policy: policyText(MODEL), challenger: "2" } });
  const before = await server.composition.store.ledger.heads();
  const shown = await server.call("POST", paths.preview(MODEL), { token: server.tokens.viewer, body: {} });
  expect(shown.json).toMatchObject({ decision: { verdict: "hold", reason: "min_duration" }, shares: [], moved: 0, effects: [] });
  expect(await server.composition.store.ledger.heads()).toEqual(before);
});

test("what can't be started can't be previewed, and why is said", async () => {
  const half = await server.call("POST", paths.preview(MODEL), { body: { challenger: "2" } });
  expect([half.status, half.json.detail]).toEqual([400, "a preview of a start needs a policy"]);
  const other = await server.call("POST", paths.preview("other"), { body: { policy: policyText(MODEL), challenger: "2" } });
  expect([other.status, other.json.code]).toEqual([400, "invalid_input"]);
  const twice = await server.call("POST", paths.preview(MODEL), { body: { policy: policyText(MODEL), challenger: "2" } });
  expect([twice.status, twice.json.code]).toEqual([409, "conflict"]);
  const nobody = await server.call("POST", paths.preview("nobody"), { body: {} });
  expect([nobody.status, nobody.json.code]).toEqual([404, "not_found"]);
});
