import { paths } from "@gauntlet/contract";
import type { Allocation } from "@gauntlet/core";
import { expect } from "vitest";

import { batchesOf, HOUR, MINUTE, policyText, syntheticStream } from "./stream.ts";
import type { TestServer } from "./test-server.ts";

type Served = Pick<TestServer, "call" | "clock" | "composition">;

let keys = 0;

async function send(server: Served, path: string, body: unknown): Promise<void> {
  const answer = await server.call("POST", path, { key: `promoted-${keys++}`, body });
  expect(answer.status, answer.text).toBeLessThan(300);
}

/** Version 2 of a registered model, promoted over version 1 by its recall; `more` ends its policy. */
export async function promoteVersion2(server: Served, model: string, more: string): Promise<void> {
  const from = server.clock.at;
  await send(server, paths.rollouts(model), { policy: policyText(model, more), challenger: "2" });
  const { outcomes, labels } = syntheticStream(await allocationOf(server, model), { from, count: 1000, hits: 10 });
  server.clock.at += HOUR;
  for (const batch of batchesOf(outcomes, 1000)) await send(server, paths.outcomes, { outcomes: batch });
  await send(server, paths.labels, { labels });
  server.clock.at += MINUTE;
  await send(server, paths.tick(model), {});
  expect((await server.call("GET", paths.model(model))).json.summary.status).toBe("promoted");
}

/** Two minutes later: 400 outcomes of what serves now, some of them errors. */
export async function serveNow(server: Served, model: string, errors: number): Promise<void> {
  server.clock.at += 2 * MINUTE;
  const allocation = await allocationOf(server, model);
  const { version, slot } = allocation.arms.find(({ ranges }) => ranges.length > 0) as Allocation["arms"][number];
  const batch = keys++;
  const outcomes = Array.from({ length: 400 }, (_, i) => ({ requestId: `s${batch}-${i}`, at: server.clock.at - 1000, model, version, slot, mode: "live", epoch: allocation.epoch, unit: `u${i}`, prediction: true, metrics: { latency_ms: 5, error: i < errors ? 1 : 0 } }));
  await send(server, paths.outcomes, { outcomes });
}

async function allocationOf({ composition }: Served, model: string): Promise<Allocation> {
  return (await composition.store.allocations.get(model)) as Allocation;
}
