import { paths } from "@gauntlet/contract";
import type { Allocation } from "@gauntlet/core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { batchesOf, HOUR, MINUTE, policyText, syntheticStream } from "./testing/stream.ts";
import { registerVersions, START, startTestServer, type TestServer } from "./testing/test-server.ts";

const MODEL = "fraud";
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await registerVersions(server, MODEL);
  const policy = policyText(MODEL, "approval: { by: 1, notBy: [author] }\n");
  await server.call("POST", paths.rollouts(MODEL), { key: "start", body: { policy, challenger: "2" } });
  const allocation = (await server.composition.store.allocations.get(MODEL)) as Allocation;
  const stream = syntheticStream(allocation, { from: START, count: 900, hits: 10 });
  server.clock.at = START + HOUR;
  for (const [index, outcomes] of batchesOf(stream.outcomes, 900).entries()) await server.call("POST", paths.outcomes, { key: `o${index}`, body: { outcomes } });
  await server.call("POST", paths.labels, { key: "l", body: { labels: stream.labels } });
  server.clock.at = START + HOUR + 2 * MINUTE;
  await server.call("POST", paths.tick(MODEL));
});
afterAll(() => server.close());

test("a promotion that needs a signature waits for it; one for other evidence is refused; the right one promotes", async () => {
  const detail = await server.call("GET", paths.model(MODEL));
  const { id, evidenceDigest, verdict, reason } = detail.json.decision;
  expect([verdict, reason]).toEqual(["hold", "awaiting_approval"]);

  const stale = await server.call("POST", paths.act(MODEL, "approve"), { key: "a1", body: { decisionId: id, evidenceDigest: "0".repeat(64), comment: "" } });
  expect([stale.status, stale.json.code]).toEqual([409, "conflict"]);
  expect(stale.json.fix).toContain(`gauntlet explain ${id}`);
  const unknown = await server.call("POST", paths.act(MODEL, "approve"), { key: "a2", body: { decisionId: id, evidenceDigest, comment: "", by: "somebody else" } });
  expect([unknown.status, unknown.json.code]).toEqual([400, "invalid_input"]);

  const author = (await server.call("POST", paths.tokens, { body: { name: "author", role: "operator" } })).json.secret;
  const own = await server.call("POST", paths.act(MODEL, "approve"), { token: author, key: "a3", body: { decisionId: id, evidenceDigest, comment: "" } });
  expect([own.status, own.json.code]).toEqual([403, "forbidden"]);

  const signed = await server.call("POST", paths.act(MODEL, "approve"), { key: "a4", body: { decisionId: id, evidenceDigest, comment: "looked at it" } });
  expect(signed.status).toBe(200);
  const after = await server.call("GET", paths.model(MODEL));
  expect(after.json.summary).toMatchObject({ verdict: "promote", status: "promoted", challengerShare: 10_000 });
  // The signer is the token's name, whatever the body would like.
  expect(after.json.state.approvals.at(-1).by).toMatch(/^operator /);
});

test("I35: what comes for a look that was judged and left open is told, and changes no decision", async () => {
  const model = "open";
  await registerVersions(server, model);
  const from = server.clock.at;
  const policy = policyText(model).replace("max: 1h", "max: 3h").replace("improveBy: 5%", "improveBy: 13%");
  await server.call("POST", paths.rollouts(model), { key: "open", body: { policy, challenger: "2" } });
  const allocation = (await server.composition.store.allocations.get(model)) as Allocation;
  const { outcomes, labels } = syntheticStream(allocation, { from, count: 600, hits: 8 });
  const late = 2 * 4;
  server.clock.at = from + HOUR;
  for (const [index, batch] of batchesOf(outcomes.slice(late), 900).entries()) await server.call("POST", paths.outcomes, { key: `open${index}`, body: { outcomes: batch } });
  await server.call("POST", paths.labels, { key: "open-labels", body: { labels: labels.slice(late / 2) } });
  server.clock.at += 2 * MINUTE;
  await server.call("POST", paths.tick(model));
  const before = (await server.call("GET", paths.model(model))).json;
  expect([before.decision.reason, before.late]).toEqual(["inconclusive", { decisionId: before.decision.id, at: before.decision.at, changed: false, outcomes: { champion: 0, challenger: 0 }, labels: { champion: 0, challenger: 0 } }]);

  await server.call("POST", paths.outcomes, { key: "open-late", body: { outcomes: outcomes.slice(0, late) } });
  await server.call("POST", paths.labels, { key: "open-late-labels", body: { labels: labels.slice(0, late / 2) } });
  await server.call("POST", paths.tick(model));
  const after = (await server.call("GET", paths.model(model))).json;
  expect(after.decision).toEqual(before.decision);
  expect([after.late.changed, after.late.outcomes.champion + after.late.outcomes.challenger, after.late.labels.champion + after.late.labels.challenger]).toEqual([true, late / 2, late / 2]);
});
