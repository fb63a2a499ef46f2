import { openPostgresStore } from "@gauntlet/adapters";
import { leaseHolders } from "@gauntlet/adapters/testing";
import { paths } from "@gauntlet/contract";
import type { Store } from "@gauntlet/controller";
import type { LedgerEntry, ModelState } from "@gauntlet/core";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";

import { openCluster, type Cluster } from "./cluster.ts";
import { ask, sender } from "./send.ts";

const MODEL = "planner";
const PATIENCE_MS = 240_000;
/** More by hand: GAUNTLET_REPLICA_RUNS=20 npx vitest run test/chaos/replicas */
const RUNS = Number(process.env["GAUNTLET_REPLICA_RUNS"] ?? 1);

const POLICY = `
kind: ramp
name: quick
model: ${MODEL}
stages:
  - { name: tenth, allocation: 10%, dwell: 2s }
  - { name: quarter, allocation: 25%, dwell: 3s }
  - { name: half, allocation: 50%, dwell: 2s }
  - { name: production, allocation: 100% }
minSamples: 40
bucket: 1s
metrics: { accepted: rate }
checks:
  - { metric: accepted, better: higher, noWorseThan: 60% }
`;

test.each(Array.from({ length: RUNS }, (_, run) => run + 1))(
  "I4, I5, I8: a controller and a server die in the middle of a ramp; nothing is done twice and nothing is lost (%i)",
  async () => {
    const cluster = await openCluster(MODEL);
    const store = await openPostgresStore({ url: cluster.databaseUrl });
    try {
      const begun = await ask(cluster, { method: "POST", path: paths.rollouts(MODEL), key: "start", body: { policy: POLICY, challenger: "2" } });
      expect(begun.status, JSON.stringify(begun.json)).toBe(200);
      const { acknowledged, send } = sender(cluster, MODEL);
      let killed = false;
      for (const deadline = Date.now() + PATIENCE_MS; ; ) {
        if (Date.now() > deadline) throw new Error(`the ramp does not end: ${JSON.stringify((await stateOf(store)).decision)}`);
        const state = await stateOf(store);
        const { rollout } = state;
        if (rollout === null) throw new Error("the rollout is gone");
        if (rollout.status !== "running" && state.pending === null) break;
        if (rollout.status === "running") await send(rollout);
        if (rollout.stage?.index === 1 && !killed) {
          killed = true;
          await Promise.all([cluster.servers[1].kill(), (await leaderOf(cluster)).kill()]);
        }
        await sleep(60);
      }
      expect(killed).toBe(true);
      await check(cluster, { store, acknowledged });
    } finally {
      await store.close();
      await cluster.close();
    }
  },
  PATIENCE_MS + 60_000,
);

/** The controller whose turn it was last, if it is one that may die; else any. The lease says who holds it, by process. */
async function leaderOf({ databaseUrl, workers }: Cluster) {
  const holders = await leaseHolders(databaseUrl);
  const found = workers.find(({ pid }) => holders.some((holder) => holder.split(" ").includes(String(pid)))) ?? workers[0];
  if (found === undefined) throw new Error("there is no controller");
  return found;
}

async function stateOf(store: Store): Promise<ModelState> {
  const state = (await store.ledger.head(MODEL))?.state;
  if (state == null) throw new Error("there is no state");
  return state;
}

async function check(cluster: Cluster, { store, acknowledged }: { readonly store: Store; readonly acknowledged: ReadonlyMap<number, number> }): Promise<void> {
  const entries = await store.ledger.read(MODEL, 0, 10_000);
  expect(verdictsOf(entries)).toEqual(["advance", "advance", "promote"]);
  for (const kind of ["effect.applied", "plan.applied"] as const) {
    const names = entries.flatMap(({ event }) => (event.kind !== kind ? [] : [event.kind === "effect.applied" ? event.key : event.decisionId]));
    expect(names, `each ${kind} once`).toEqual([...new Set(names)]);
  }
  const counted = await Promise.all([...acknowledged.keys()].map(async (epoch) => [epoch, await scored(store, epoch)] as const));
  expect(new Map(counted)).toEqual(acknowledged);
  const verified = await ask(cluster, { method: "GET", path: paths.verify });
  expect(verified.json.status).toBe("verified");
  const detail = await ask(cluster, { method: "GET", path: paths.model(MODEL) });
  expect(detail.json.aliases).toMatchObject({ champion: "2", previous: "1" });
  const allocation = await store.allocations.get(MODEL);
  expect(allocation?.arms.map(({ version, ranges }) => [version, ranges])).toEqual([["2", [{ from: 0, to: 100_000 }]]]);
}

function verdictsOf(entries: readonly LedgerEntry[]): readonly string[] {
  return entries.flatMap(({ event }) => (event.kind === "decision" && event.decision.verdict !== "hold" ? [event.decision.verdict] : []));
}

/** Live outcomes that the evidence of an epoch counts. */
async function scored(store: Store, epoch: number): Promise<number> {
  const cells = await store.evidence.cells({ model: MODEL, epoch, from: 0, to: Number.MAX_SAFE_INTEGER });
  return cells.reduce((sum, { metric, statistic }) => sum + (metric === "scored" && statistic.kind === "count" ? statistic.n : 0), 0);
}
