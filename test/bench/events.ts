import { startPostgres } from "@gauntlet/adapters/testing";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { startUp } from "./http.ts";
import { postBatches } from "./post-batches.ts";
import type { BenchRow } from "./row.ts";

const MODEL = "bench_planner";
const BATCH = 100;
const BATCHES = 600;
const CONNECTIONS = 16;
/** Of the planner's own event service. */
const TARGET = 10_000;

const POLICY = `
kind: ramp
name: bench
model: ${MODEL}
experiment: bench_exp
stages:
  - { name: some, allocation: 10%, dwell: 3d }
  - { name: all, allocation: 100% }
minSamples: 1000
metrics:
  acceptance_rate: { ratio: accepted / generated, once: true }
  edits_per_plan: { ratio: edits + swaps / accepted }
  latency_ms: histogram
checks:
  - { metric: acceptance_rate, better: higher, noWorseThan: 5% }
`;

/**
 * Events a second that the real program, `gauntlet up`, keeps raw, free of personal data, and counts in a running ramp,
 * durably: half of them plans, the others acceptances and edits of plans, from 20,000 units in batches of 100.
 */
export async function benchEvents(): Promise<readonly BenchRow[]> {
  const sqlite = await eventsPerSecond("store: { kind: sqlite }");
  const postgres = await startPostgres();
  try {
    return [
      { name: "HTTP: events a second on SQLite", perSecond: sqlite, target: TARGET },
      { name: "HTTP: events a second on PostgreSQL", perSecond: await eventsPerSecond(`store: { kind: postgres, url: "${postgres.url}" }`), target: TARGET },
    ];
  } finally {
    await postgres.stop();
  }
}

interface Server {
  readonly url: string;
  readonly token: string;
}

interface Experiment {
  readonly experiment: { readonly id: string; readonly epoch: number };
  readonly variants: readonly { readonly id: string; readonly name: string; readonly basisPoints: number }[];
}

async function eventsPerSecond(store: string): Promise<number> {
  const up = await startUp(store);
  try {
    const experiment = await beginRamp(up);
    const bodies = Array.from({ length: BATCHES }, (_, batch) => JSON.stringify({ events: eventsOf(batch, experiment) }));
    const perSecond = await send(up, bodies);
    await requireCounted(up);
    return perSecond;
  } finally {
    await up.stop();
  }
}

async function beginRamp(up: Server): Promise<Experiment> {
  const api = "/api/2.0/mlflow";
  await post(up, `${api}/registered-models/create`, { name: MODEL });
  for (const source of ["s3://bucket/1", "s3://bucket/2"]) await post(up, `${api}/model-versions/create`, { name: MODEL, source });
  await post(up, `${api}/registered-models/alias`, { name: MODEL, alias: "champion", version: "1" });
  const configs: object[] = [];
  for (const mlflowModelVersion of ["1", "2"]) {
    const { id } = await post<{ readonly id: string }>(up, "/v1/policy-versions", { policyName: "bench_policy", mlflowModelName: MODEL, mlflowModelVersion });
    configs.push({ execution_strategy: "mlflow_model", mlflow_model: { policy_version_id: id } });
  }
  const variants = [{ name: "control", role: "baseline", basisPoints: 10_000, config: configs[0] }, { name: "candidate_v2", role: "candidate", basisPoints: 0, config: configs[1] }];
  const made = await post<Experiment>(up, "/v1/experiments", { name: "bench_exp", unitType: "user", model: MODEL, variants });
  const active = await post<Experiment>(up, "/v1/experiments/bench_exp/activate", { expectedEpoch: made.experiment.epoch, reason: "a benchmark" });
  await post(up, `/v1/models/${MODEL}/rollouts`, { policy: POLICY, challenger: "2" });
  for (let tries = 0; tries < 100; tries++) {
    await post(up, `/v1/models/${MODEL}/tick`, {});
    const now = (await (await fetch(`${up.url}/v1/experiments/bench_exp`)).json()) as Experiment;
    if (now.experiment.epoch > active.experiment.epoch) return now;
    await sleep(100);
  }
  throw new Error("the ramp did not open");
}

async function post<T>({ url, token }: Server, path: string, body: object): Promise<T> {
  const response = await fetch(url + path, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": randomUUID() }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Fifty plans, then what became of half of them. */
function eventsOf(batch: number, { experiment, variants }: Experiment): readonly object[] {
  const now = Date.now();
  return Array.from({ length: BATCH }, (_, index) => {
    const plan = batch * (BATCH / 2) + (index % (BATCH / 2));
    const unit = plan % 20_000;
    const variant = variants[unit % 10 === 0 ? 1 : 0];
    const isPlan = index < BATCH / 2;
    return {
      event_id: randomUUID(),
      event_type: isPlan ? "plan_generated" : index % 2 === 0 ? "plan_accepted" : "edit_applied",
      unit_type: "user",
      unit_id: `unit-${unit}`,
      experiments: [{ experiment_id: experiment.id, variant_id: variant?.id }],
      context: { app_version: "1.2.3", platform: "ios", ip: "192.168.1.17" },
      metrics: isPlan ? { latency_ms: 300 + (index % 90) * 7, token_count: 1200 } : {},
      payload: { plan_id: `plan-${plan}`, meal_count: 7, email: "somebody@example.com" },
      timestamp: new Date(now).toISOString(),
    };
  });
}

async function send({ url, token }: Server, prepared: readonly string[]): Promise<number> {
  return BATCH * (await postBatches({ port: Number(new URL(url).port), token, path: "/api/v1/events/batch", bodies: prepared, connections: CONNECTIONS }));
}

/** What was measured must be what was kept, and every plan an outcome. */
async function requireCounted({ url }: Server): Promise<void> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const accepted = Number(/gauntlet_events_total\{result="accepted"\} (\d+)/.exec(metrics)?.[1]);
  const detail = (await (await fetch(`${url}/v1/models/${MODEL}`)).json()) as { readonly split: readonly { readonly count: number }[] };
  const plans = detail.split.reduce((sum, arm) => sum + arm.count, 0);
  if (accepted !== BATCHES * BATCH || plans !== (BATCHES * BATCH) / 2) throw new Error(`${accepted} events were kept and ${plans} plans counted, of ${BATCHES * BATCH}`);
}
