import { nameInRound, type Api } from "@gauntlet/example-shared";
import type { Gateway, RunningServer } from "@gauntlet/server";
import { readFileSync } from "node:fs";

import { scorePayment } from "../learn/fraud-model.ts";
import type { Versions } from "../learn/make-versions.ts";
import type { Payment } from "../payments/payment.ts";
import type { Ending } from "./endings.ts";
import { register, type Served } from "./register.ts";

/** A run that has begun: its split is open and its gateway answers. */
export interface OpenRun {
  readonly ending: Ending;
  readonly model: string;
  readonly gateway: Gateway;
  readonly champion: Served;
  readonly challenger: Served;
}

interface OpenRequest {
  readonly server: RunningServer;
  readonly api: Api;
  readonly versions: Versions;
  readonly at: number;
  /** 1 for the first time on a data directory. */
  readonly round: number;
  readonly perDay: number;
}

/** Registers both versions, names the champion, and starts the rollout through the API. */
export async function openRun(ending: Ending, { server, api, versions, at, round, perDay }: OpenRequest): Promise<OpenRun> {
  const { mlflow, controller } = server.composition;
  const model = modelName(ending, round);
  const champion = await register(mlflow, { model, made: versions.version1, scaler: versions.version1.model.scaler, at });
  const challenger = await register(mlflow, { model, made: versions[ending.challenger], scaler: versions[ending.scalerOf].model.scaler, at });
  await controller.registry.setAlias(model, "champion", champion.registered.version);
  const gateway = server.composition.serve(model, gatewayOf([champion, challenger]));
  await api.rollouts.start(model, { policy: policyText(model, perDay), challenger: challenger.registered.version }, { key: `start:${model}` });
  await server.tick(model);
  return { ending, model, gateway, champion, challenger };
}

/** Each round has models of its own: an alias that was earned in one is not moved back for the next. */
export function modelName(ending: Ending, round: number): string {
  return nameInRound(`fraud-${ending.name}`, round);
}

/** Payments a day for which the policy's minSamples is meant. */
export const USUAL_PER_DAY = 1000;

function policyText(model: string, perDay: number): string {
  const file = readFileSync(new URL("../../policies/fraud.yaml", import.meta.url), "utf8");
  return file.replace(/^model: .*$/m, `model: ${model}`).replace(/^minSamples: (\d+)$/m, (_, least: string) => `minSamples: ${Math.ceil((Number(least) * perDay) / USUAL_PER_DAY)}`);
}

/** Answers in this process. Time is the work done: reading what the card paid of late, and the sums of the network. */
function gatewayOf(versions: readonly Served[]): Parameters<RunningServer["composition"]["serve"]>[1] {
  const models = new Map(versions.map(({ registered, model }) => [registered.version, model]));
  let elapsedMs = 0;
  return {
    answer: (version, { payload }) => {
      const model = models.get(version);
      if (model === undefined) throw new Error(`version ${version} is not loaded`);
      const payment = payload as Payment;
      const score = scorePayment(model, payment);
      elapsedMs += 9 + 3 * payment.velocity + 0.2 * model.network.hidden;
      return { output: null, score, prediction: score >= model.threshold };
    },
    stopwatch: () => elapsedMs,
    // The simulated stopwatch may stand still, so nothing may wait for it: read the split anew, flush by size and drain.
    settings: { allocationMaxAgeMs: 0, ageMaxMs: null },
  };
}
