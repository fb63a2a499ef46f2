import { nameInRound, type Api } from "@gauntlet/example-shared";
import type { Gateway } from "@gauntlet/gateway";
import type { RunningServer } from "@gauntlet/server";
import { readFileSync } from "node:fs";

import type { Features } from "../features/hash-features.ts";
import type { SpamModel } from "../learn/model.ts";
import { scoreWithCost } from "../learn/score.ts";
import { register } from "./register.ts";
import type { RunPlan } from "./runs.ts";

/** A run that has begun: its split is open and its gateway answers. */
export interface OpenRun {
  readonly plan: RunPlan;
  readonly model: string;
  readonly mode: string;
  readonly gateway: Gateway;
  /** Folder of the challenger's registry run, below the artifact folder; the documents are written there. */
  readonly folder: string;
}

export interface Versions {
  readonly version1: SpamModel;
  readonly version2: SpamModel;
  readonly sabotaged: SpamModel;
}

interface OpenRequest {
  readonly server: RunningServer;
  readonly api: Api;
  readonly versions: Versions;
  readonly at: number;
  /** 1 for the first time on a data directory. */
  readonly round: number;
}

/** Registers both versions, names the champion, and starts the rollout through the API. */
export async function openRun(plan: RunPlan, { server, api, versions, at, round }: OpenRequest): Promise<OpenRun> {
  const { mlflow, controller } = server.composition;
  const model = modelName(plan, round);
  const champion = await register(mlflow, model, { spam: versions.version1, name: "version 1", at });
  const challenger = await register(mlflow, model, { spam: plan.challenger === "version 2" ? versions.version2 : versions.sabotaged, name: plan.challenger, at });
  await controller.registry.setAlias(model, "champion", champion.version);
  const served = new Map([champion, challenger].map((one) => [one.version, one.served]));
  const gateway = server.composition.serve(model, gatewayOf(served));
  const policy = policyText(plan, model);
  await api.rollouts.start(model, { policy, challenger: challenger.version }, { key: `start:${model}` });
  await server.tick(model);
  return { plan, model, mode: /^mode: (\w+)$/m.exec(policy)?.[1] ?? "strict", gateway, folder: challenger.folder };
}

/** Each round has models of its own: an alias that was earned in one is not moved back for the next. */
export function modelName(plan: RunPlan, round: number): string {
  return nameInRound(`spam-filter-${plan.name}`, round);
}

function policyText(plan: RunPlan, model: string): string {
  const file = readFileSync(new URL(`../../policies/${plan.policy}.yaml`, import.meta.url), "utf8");
  return file.replace(/^model: .*$/m, `model: ${model}`);
}

/** Answers in this process. Time is the work done: the stopwatch moves by what a score costs, and by nothing else. */
function gatewayOf(served: ReadonlyMap<string, SpamModel>): Parameters<RunningServer["composition"]["serve"]>[1] {
  let elapsedMs = 0;
  return {
    answer: (version, { payload }) => {
      const model = served.get(version);
      if (model === undefined) throw new Error(`version ${version} is not loaded`);
      const { score, flagged, costMs } = scoreWithCost(model, payload as Features);
      elapsedMs += costMs;
      return { output: null, score, prediction: flagged };
    },
    stopwatch: () => elapsedMs,
    // The simulated stopwatch may stand still, so nothing may wait for it: read the split anew, flush by size and drain.
    settings: { allocationMaxAgeMs: 0, ageMaxMs: null },
  };
}
