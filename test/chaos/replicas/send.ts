import { paths } from "@gauntlet/contract";
import type { Rollout } from "@gauntlet/core";
import { setTimeout as sleep } from "node:timers/promises";

import type { Cluster } from "./cluster.ts";

/** What one server answered. */
export interface Answered {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any;
}

/** Asks one server after the other until one of them answers: what a load balancer and a patient client do together. */
export async function ask({ servers, token }: Cluster, call: { readonly method: "GET" | "POST"; readonly path: string; readonly key?: string; readonly body?: unknown }): Promise<Answered> {
  const { method, path, key, body } = call;
  for (let turn = 0; turn < 400; turn++) {
    const server = servers[turn % 2] as Cluster["servers"][number];
    try {
      const response = await fetch(`${server.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(key === undefined ? {} : { "idempotency-key": key }), ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
      });
      const text = await response.text();
      // 409 is a twin of this very call that is still at work; 5xx and silence say nothing about whether it was done.
      if (response.status < 500 && !(response.status === 409 && text.includes("in_flight"))) return { status: response.status, json: JSON.parse(text) };
    } catch {
      // It was killed, or is about to be: the next one is asked the same with the same key.
    }
    await sleep(50);
  }
  throw new Error(`nobody answers ${method} ${path}`);
}

/** Sends outcomes of the split that is in force, and counts by epoch how many were acknowledged. */
export function sender(cluster: Cluster, model: string): { readonly acknowledged: Map<number, number>; send(rollout: Rollout): Promise<void> } {
  const acknowledged = new Map<number, number>();
  let batch = 0;
  return {
    acknowledged,
    async send({ allocation }) {
      batch += 1;
      const { epoch, arms } = allocation;
      const width = arms.map((arm) => arm.ranges.reduce((sum, range) => sum + range.to - range.from, 0));
      const outcomes = Array.from({ length: 100 }, (_, index) => {
        let bucket = Math.floor(((batch * 0.754_877_666 + (index + 0.5) / 100) % 1) * 100_000);
        const arm = arms.find((__, place) => (bucket -= width[place] ?? 0) < 0) ?? arms[0];
        return { requestId: `${batch}-${index}`, at: Date.now(), model, version: arm?.version, slot: arm?.slot, mode: "live", epoch, unit: `unit-${index}`, prediction: null, metrics: { accepted: index % 5 === 0 ? 0 : 1 } };
      });
      const answer = await ask(cluster, { method: "POST", path: paths.outcomes, key: `batch-${batch}`, body: { outcomes } });
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.json));
      acknowledged.set(epoch, (acknowledged.get(epoch) ?? 0) + answer.json.accepted);
    },
  };
}
