// The embedded registry on a socket, in a thread of its own: the one that asks must not slow the one that answers.
import { createRegistry, listen } from "@gauntlet/registry";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";

const dir = workerData as string;
const registry = await createRegistry({
  database: join(dir, "registry.db"),
  artifactsDir: join(dir, "artifacts"),
  now: Date.now,
  newId: () => randomUUID().replaceAll("-", ""),
});
// The baseline: the same HTTP layer with nothing behind it.
const answer = (request: Request): Response | Promise<Response> =>
  request.url.endsWith("/nothing") ? new Response("{}", { headers: { "content-type": "application/json" } }) : registry.fetch(request);
const { url } = await listen({ fetch: answer }, 0);
// oxlint-disable-next-line unicorn/require-post-message-target-origin
parentPort?.postMessage(Number(new URL(url).port));
