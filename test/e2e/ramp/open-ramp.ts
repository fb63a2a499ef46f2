import { createRun, createToken, createVersion, ensureExperiment, ensureRegisteredModel, parseConfig, recordOutcomes, startRollout, startServer, type RunningServer } from "@gauntlet/server";
import { parsePolicy, paths } from "@gauntlet/contract";

export const MODEL = "meal_planner";
export const EXPERIMENT = "wording_exp";
const HOUR = 3_600_000;
const START = Date.parse("2026-03-02T00:00:00Z");

const POLICY = `
kind: ramp
name: careful
model: ${MODEL}
stages:
  - { name: tenth, allocation: 10%, dwell: 2d }
  - { name: quarter, allocation: 25%, dwell: 4d }
  - { name: half, allocation: 50%, dwell: 7d }
  - { name: production, allocation: 100% }
minSamples: 400
bucket: 1h
metrics: { accepted: rate, latency_ms: histogram, violation: rate }
checks:
  - { metric: accepted, better: higher, noWorseThan: 8% }
  - { metric: latency_ms, quantile: p50, better: lower, noWorseThan: 20% }
  - { metric: latency_ms, quantile: p99, atMost: 2000 }
  - { metric: violation, never: true }
`;

/** A real server on a data directory of its own, with a ramp that has passed its first stage and is in the middle of the second. */
export async function openRamp(options: { readonly dataDir: string; readonly consoleDir: string; readonly port?: number }): Promise<RunningServer> {
  const clock = { at: START, now: () => clock.at };
  const config = { ...parseConfig(`listen: { port: ${options.port ?? 0} }`, "the test", {}), dataDir: options.dataDir };
  const server = await startServer(config, { clock, loop: false, consoleDir: options.consoleDir, log: () => undefined });
  await registerVersions(server);
  await makeExperiment(server);
  await startRollout(server.composition.controller, { policy: parsePolicy(POLICY, "the policy"), challenger: "7", by: "dana" });
  await server.tick(MODEL);
  for (let hour = 0; hour < 24 * 4; hour++) {
    clock.at = START + hour * HOUR + HOUR / 2;
    await sendHour(server, hour);
    clock.at = START + (hour + 1) * HOUR + 1000;
    await server.tick(MODEL);
  }
  return server;
}

/** One that nothing ramps in. */
async function makeExperiment(server: RunningServer): Promise<void> {
  const { secret } = await createToken(server.composition.store.tokens, { name: "the test", role: "operator", now: Date.now() });
  const config = { execution_strategy: "prompt_template", prompt_config: { prompt_version_id: "550e8400-e29b-41d4-a716-446655440000", model_provider: "local", model_name: "writer" }, params: {} };
  const body = { name: EXPERIMENT, unitType: "household", variants: [{ name: "control", role: "baseline", basisPoints: 9000, config }, { name: "terse", role: "arm", basisPoints: 1000, config }] };
  const answer = await server.fetch(new Request(`http://127.0.0.1${paths.experiments}`, { method: "POST", headers: { authorization: `Bearer ${secret}`, "content-type": "application/json", "idempotency-key": "an-experiment" }, body: JSON.stringify(body) }));
  if (!answer.ok) throw new Error(await answer.text());
}

async function registerVersions({ composition }: RunningServer): Promise<void> {
  const { mlflow, controller } = composition;
  await ensureRegisteredModel(mlflow, MODEL, "");
  const experimentId = await ensureExperiment(mlflow, MODEL);
  for (const version of ["1", "2", "3", "4", "5", "6", "7"]) {
    const { runId } = await createRun(mlflow, { experimentId, name: version, startTime: 1, tags: {} });
    await createVersion(mlflow, { model: MODEL, source: `runs:/${runId}/model`, runId, tags: { "gauntlet.digest": `sha256:${version.repeat(64)}` }, description: null });
  }
  await controller.registry.setAlias(MODEL, "champion", "6");
}

/** 120 plans of an hour, split as the ramp has it now; everything about a plan follows from its number. */
async function sendHour({ composition }: RunningServer, hour: number): Promise<void> {
  const { controller } = composition;
  const allocation = await controller.traffic.read(MODEL);
  if (allocation === null) throw new Error("nothing is served");
  const arms = allocation.arms.map((arm) => ({ ...arm, buckets: arm.ranges.reduce((sum, range) => sum + range.to - range.from, 0) }));
  const outcomes = Array.from({ length: 120 }, (_, index) => {
    // A low-discrepancy walk over the buckets: as even as a split can be, and the same at every run.
    let bucket = Math.floor(((index * 0.618_033_988_749 + hour * 0.754_877_666) % 1) * 100_000);
    const arm = arms.find(({ buckets }) => (bucket -= buckets) < 0) ?? arms[0];
    if (arm === undefined) throw new Error("nobody serves");
    const noise = (index * 37 + hour * 101) % 100;
    return {
      requestId: `${hour}-${index}`,
      at: controller.clock.now(),
      model: MODEL,
      version: arm.version,
      slot: arm.slot,
      mode: "live" as const,
      epoch: allocation.epoch,
      unit: `household-${(index * 7 + hour * 13) % 900}`,
      prediction: null,
      metrics: { accepted: noise < (arm.version === "7" ? 82 : 80) ? 1 : 0, latency_ms: 300 + 4 * noise + (arm.version === "7" ? 15 : 0), violation: 0 },
    };
  });
  const answer = await recordOutcomes(controller, { model: MODEL, batchId: `hour-${hour}`, outcomes, labels: [] });
  if (answer.rejected.length > 0) throw new Error(JSON.stringify(answer.rejected[0]));
}
