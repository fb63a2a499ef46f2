import { performance } from "node:perf_hooks";

import { allocate, compileRoutes } from "@gauntlet/core";
import type { Allocation } from "@gauntlet/core";
import { createGateway, gatewayRoutes } from "@gauntlet/gateway";
import type { Gateway } from "@gauntlet/gateway";

export interface GatewayBenchRow {
  readonly name: string;
  readonly perSecond: number;
  readonly target: number | null;
}

const ROUNDS = 3;

/** How fast units are assigned, and requests served and mirrored by versions that cost nothing: the gateway's own price. */
export async function benchGateway(): Promise<readonly GatewayBenchRow[]> {
  return [
    { name: "assignment: units routed", perSecond: await best(1_000_000, routeUnits), target: 2_000_000 },
    { name: "gateway: requests, live only", perSecond: await best(20_000, (count) => serve(count, false)), target: null },
    { name: "gateway: requests, live and mirrored", perSecond: await best(20_000, (count) => serve(count, true)), target: null },
    { name: "gateway: requests through the HTTP face, mirrored", perSecond: await best(5000, post), target: null },
  ];
}

async function routeUnits(count: number): Promise<void> {
  const routes = compileRoutes(split(true));
  const units = Array.from({ length: 1000 }, (_, index) => `user-${index}-of-many`);
  let challenger = 0;
  for (let index = 0; index < count; index++) if (routes(units[index % 1000] as string).slot === "challenger") challenger += 1;
  if (challenger === 0 || challenger === count) throw new Error("the split is not a split");
}

async function serve(count: number, shadow: boolean): Promise<void> {
  const { gateway, recorded } = free(shadow);
  for (let index = 0; index < count; index++) {
    await gateway.handle({ requestId: null, unit: `user-${index}`, payload: index });
    if (index % 100 === 0) await gateway.onIdle();
  }
  await gateway.drain();
  if (recorded() !== count * (shadow ? 2 : 1)) throw new Error("outcomes were lost");
}

async function post(count: number): Promise<void> {
  const { gateway, recorded } = free(true);
  const app = gatewayRoutes(() => gateway);
  for (let index = 0; index < count; index++) {
    const response = await app.request("/v1/models/bench/predict", { method: "POST", body: JSON.stringify({ unit: `user-${index}`, payload: { index } }) });
    if (response.status !== 200) throw new Error(`the gateway answered ${response.status}`);
    if (index % 100 === 0) await gateway.onIdle();
  }
  await gateway.drain();
  if (recorded() !== count * 2) throw new Error("outcomes were lost");
}

/** A gateway whose versions answer at once and whose outcomes go nowhere. */
function free(shadow: boolean): { readonly gateway: Gateway; recorded(): number } {
  const answer = { output: null, prediction: true, score: 0.5 };
  const allocation = split(shadow);
  let recorded = 0;
  const gateway = createGateway({
    allocation: async () => allocation,
    answer: () => answer,
    record: async (outcomes) => {
      recorded += outcomes.length;
    },
    clock: Date,
    stopwatch: () => performance.now(),
    timeoutMs: 1000,
    instanceId: "bench",
  });
  return { gateway, recorded: () => recorded };
}

function split(shadow: boolean): Allocation {
  return allocate({
    model: "bench",
    epoch: 1,
    seed: "bench-1",
    shares: [
      { slot: "champion", version: "1", basisPoints: 8000 },
      { slot: "challenger", version: "2", basisPoints: 2000 },
    ],
    shadow,
  });
}

/** The best of a few rounds, as the machine is rarely alone. */
async function best(count: number, run: (count: number) => Promise<void>): Promise<number> {
  let fastest = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now();
    await run(count);
    fastest = Math.max(fastest, (count / (performance.now() - from)) * 1000);
  }
  return Math.round(fastest);
}
