// A whole server with 20 experiments, and beside it the same HTTP library with nothing behind it, in a thread of its own: the
// one that asks must not slow the one that answers.
import { listen } from "@gauntlet/registry";
import { parseConfig, startServer } from "@gauntlet/server";
import { parentPort, workerData } from "node:worker_threads";

import { createToken } from "../../apps/server/src/auth/tokens.ts";
import { addExperiment } from "../../apps/server/src/testing/experiments.ts";

const dataDir = workerData as string;
const config = { ...parseConfig("listen: { port: 0 }", "the benchmark", {}), dataDir, limits: { assignmentsPerUnit: 1e8, assignmentsPerToken: 1e8, evaluationsPerUnit: 1e8, evaluationsPerToken: 1e8 } };
const server = await startServer(config, { loop: false, log: () => undefined });
const { store } = server.composition;
for (let index = 0; index < 20; index++) await addExperiment(store, { name: `exp_${index}` }, { control: 4500, B: 4500, candidate_v7: 1000 });
const { secret } = await createToken(store.tokens, { name: "bench", role: "ingest", now: Date.now() });

// The baseline: the same HTTP library, reading and parsing the same bodies, and answering what it got.
const answer = async (request: Request): Promise<Response> => {
  const { context } = (await request.json()) as { readonly context: { readonly targetingKey: string } };
  return new Response(JSON.stringify({ key: request.url, value: context.targetingKey }), { headers: { "content-type": "application/json" } });
};
const bare = await listen({ fetch: answer }, 0);
const portOf = (url: string | null): number => Number(new URL(url ?? "").port);
// oxlint-disable-next-line unicorn/require-post-message-target-origin
parentPort?.postMessage({ port: portOf(server.url), barePort: portOf(bare.url), token: secret });
