import type { Controller } from "@gauntlet/controller";
import type { Rollout } from "@gauntlet/core";

import { servingArm } from "./figures.ts";
import type { ModelGauges } from "./instruments.ts";

/** The scores of both versions' newest completed replays, on the data of the challenger's: what a ramp in an experiment was admitted by. */
export async function readReplays({ experiments }: Pick<Controller["store"], "experiments">, gauges: ModelGauges, rollout: Rollout): Promise<void> {
  const { policy, model, champion, challenger, allocation } = rollout;
  if (policy.kind !== "ramp" || policy.experiment === null) return;
  const completed = async (version: string) => (await experiments.replays({ mlflowModelName: model, mlflowModelVersion: version })).filter(({ status }) => status === "completed");
  const [own] = await completed(challenger.version);
  if (own === undefined) return;
  const theirs = (await completed(champion.version)).find(({ datasetVersion }) => datasetVersion === own.datasetVersion);
  for (const arm of allocation.arms) {
    const labels = { model, ...servingArm(rollout, arm) };
    const scores = labels.role === "challenger" ? own.scores : arm.version === champion.version ? theirs?.scores : undefined;
    for (const [name, score] of Object.entries(scores ?? {})) if (score !== null) gauges.offline.set({ ...labels, metric: `${name}_score` }, score);
  }
}
