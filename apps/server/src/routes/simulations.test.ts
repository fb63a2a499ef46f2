import { paths, simulationReport } from "@gauntlet/contract";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";

import { runSimulations } from "../simulation/run-simulations.ts";
import { parsePolicy, parseWorld } from "@gauntlet/contract";
import { requireAbtest } from "@gauntlet/core";
import { startTestServer, type TestServer } from "../testing/test-server.ts";

const mail = (path: string) => readFileSync(new URL(`../../../../examples/mail/${path}`, import.meta.url), "utf8");
const policy = mail("policies/ships.yaml");
const world = mail("world.yaml");

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

test("answers the operating characteristics, the same as everywhere else", async () => {
  const { status, json } = await server.call("POST", paths.simulations, { body: { policy, world, effects: [0, 0.148], runs: 20 } });
  expect(status).toBe(200);
  expect(simulationReport.parse(json).points.map(({ effect, deserving }) => [effect, deserving])).toEqual([
    [0, false],
    [0.148, true],
  ]);
  const here = await runSimulations({ policy: requireAbtest(parsePolicy(policy, "p"), "simulated"), world: parseWorld(world, "w"), effects: [0, 0.148], runs: 20, seed: 1, threads: 1 });
  expect(json).toEqual(JSON.parse(JSON.stringify(here)));
});

test("one at a time: a second one is told to wait", async () => {
  const long = { policy, world, effects: [0], runs: 400 };
  const both = await Promise.all([server.call("POST", paths.simulations, { body: long }), server.call("POST", paths.simulations, { body: long })]);
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  expect(both.find(({ status }) => status === 409)?.json).toMatchObject({ code: "in_flight", fix: expect.stringContaining("try again") });
});

test.each<[string, object, number]>([
  ["a policy that is none", { policy: "kind: abtest" }, 422],
  ["a world that is none", { policy, world: "prevalence: 2" }, 400],
  ["too many runs", { policy, runs: 1_000_000 }, 400],
  ["an unknown key", { policy, run: 5 }, 400],
])("%s is refused", async (_, body, status) => {
  const answered = await server.call("POST", paths.simulations, { body });
  expect([answered.status, answered.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
});

test("only an operator may", async () => {
  expect((await server.call("POST", paths.simulations, { token: server.tokens.viewer, body: { policy } })).status).toBe(403);
  expect((await server.call("POST", paths.simulations, { token: null, body: { policy } })).status).toBe(401);
});

test("a request that is given up ends its threads", async () => {
  const stop = new AbortController();
  const running = runSimulations({ policy: requireAbtest(parsePolicy(policy, "p"), "simulated"), world: {}, effects: [0], runs: 5000, seed: 1, threads: 1, signal: stop.signal, onProgress: () => stop.abort(new Error("gone")) });
  await expect(running).rejects.toThrow("gone");
});
