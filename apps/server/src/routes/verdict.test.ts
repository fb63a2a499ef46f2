import { paths, verdictReport } from "@gauntlet/contract";
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

const start = (key: string) => server.call("POST", paths.rollouts(MODEL), { key, body: { policy: policyText(MODEL), challenger: "2" } });
type Gate = Parameters<typeof paths.gate>[1];
const GATES: readonly Gate[] = ["confirm-rollout", "confirm-promotion", "rollback"];
const gates = () => Promise.all(GATES.map(gate));
const gate = async (name: Gate) => (await asked(name)).status;
const asked = (name: Gate) => server.call("POST", paths.gate(MODEL, name), { token: null, body: { name: "fraud", namespace: "default", phase: "Progressing" } });

test("without a rollout there is no verdict, and every gate is shut", async () => {
  expect((await server.call("GET", paths.verdict(MODEL))).status).toBe(404);
  expect(await gates()).toEqual([404, 404, 404]);
});

test("while it runs it is running, and may be rolled out, neither promoted nor rolled back", async () => {
  await start("first");
  expect(verdictReport.parse((await server.call("GET", paths.verdict(MODEL))).json)).toMatchObject({ rollout: "fraud-1", challenger: "2", outcome: "running", verdict: null });
  await server.call("POST", paths.tick(MODEL), { body: {} });
  expect((await server.call("GET", paths.verdict(MODEL, "2"))).json).toMatchObject({ outcome: "running", verdict: "hold" });
  expect(await gates()).toEqual([200, 409, 409]);
  expect((await asked("confirm-promotion")).json).toMatchObject({ fix: "ask again later" });
});

test("an answer about another version is no answer", async () => {
  expect((await server.call("GET", paths.verdict(MODEL, "3"))).json).toMatchObject({ status: 409, detail: expect.stringContaining("about version 2, not 3") as string });
});

test("what was promoted opens the one gate, what was rolled back the other", async () => {
  await server.call("POST", paths.act(MODEL, "promote"), { key: "promote", body: { reason: "seen by hand" } });
  expect((await server.call("GET", paths.verdict(MODEL))).json).toMatchObject({ outcome: "promoted", verdict: "promote" });
  expect(await gates()).toEqual([409, 200, 409]);
  await server.call("POST", paths.act(MODEL, "rollback"), { key: "rollback", body: { reason: "alarm" } });
  expect((await server.call("GET", paths.verdict(MODEL))).json).toMatchObject({ outcome: "rolled_back", verdict: "rollback" });
  expect(await gates()).toEqual([409, 409, 200]);
  expect((await asked("confirm-promotion")).json).toMatchObject({ fix: expect.stringContaining("its rollout ended (rolled_back)") as string });
});

test("a token may also come as the password of Basic, which a webhook's URL can hold", async () => {
  const basic = (secret: string) => ({ authorization: `Basic ${Buffer.from(`flagger:${secret}`).toString("base64")}` });
  const tick = (headers: Readonly<Record<string, string>>) => server.call("POST", paths.tick(MODEL), { token: null, body: {}, headers });
  expect((await tick(basic(server.tokens.operator))).status).toBe(200);
  expect((await tick(basic("gauntlet_wrong"))).status).toBe(401);
  expect((await tick({ authorization: "Basic !!" })).status).toBe(401);
});
