// A whole server with 20 experiments, and beside it the same HTTP library with nothing behind it, in a thread of its own: the
// one that asks must not slow the one that answers.
import { parseConfig, startServer } from "@gauntlet/server";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import type { AddressInfo } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

import { createToken } from "../../apps/server/src/auth/tokens.ts";
import { addExperiment } from "../../apps/server/src/testing/experiments.ts";

const dataDir = workerData as string;
const config = { ...parseConfig("listen: { port: 0 }", "the benchmark", {}), dataDir, limits: { assignmentsPerUnit: 1e8, assignmentsPerToken: 1e8, evaluationsPerUnit: 1e8, evaluationsPerToken: 1e8 } };
const server = await startServer(config, { loop: false, log: () => undefined });
const { store } = server.composition;
for (let index = 0; index < 20; index++) await addExperiment(store, { name: `exp_${index}` }, { control: 4500, B: 4500, candidate_v7: 1000 });
const { secret } = await createToken(store.tokens, { name: "bench", role: "ingest", now: Date.now() });

const echo = new Hono();
echo.post("/ofrep/v1/evaluate/flags/:key", async (c) => {
  const { context } = await c.req.json<{ readonly context: { readonly targetingKey: string } }>();
  return new Response(JSON.stringify({ key: c.req.param("key"), value: context.targetingKey }), { headers: { "content-type": "application/json" } });
});
const bare = createAdaptorServer({ fetch: echo.fetch });
bare.listen(0, "127.0.0.1", () => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  parentPort?.postMessage({ port: Number(new URL(server.url ?? "").port), barePort: (bare.address() as AddressInfo).port, token: secret });
});
