import { planFor, planStart, Failure, type Allocation, type Decision, type Plan, type Rollout } from "@gauntlet/core";

import { readState } from "./chain.ts";
import type { Controller } from "./controller.ts";
import { judge } from "./judge.ts";
import { proposeRollout, type StartRequest } from "./start-rollout.ts";

/** What would happen. Nothing is recorded, and no effect is applied (I14). */
export interface Preview {
  readonly rollout: Rollout;
  /** null for a start. */
  readonly decision: Decision | null;
  readonly plan: Plan;
  /** What serves now, and what would: null when nothing would move. */
  readonly traffic: { readonly before: Allocation; readonly after: Allocation } | null;
}

/** What the start of a rollout would do. @throws Failure as `startRollout` does. */
export async function previewStart(controller: Controller, request: StartRequest): Promise<Preview> {
  const state = await readState(controller, request.policy.model);
  const rollout = await proposeRollout(controller, request, state);
  const plan = planStart(rollout);
  return { rollout, decision: null, plan, traffic: trafficOf(plan, rollout.snapshot.allocation) };
}

/** What the next tick would decide and do. @throws Failure `not_found` without a rollout; `conflict` when none runs. */
export async function previewTick(controller: Controller, model: string): Promise<Preview> {
  const state = await readState(controller, model);
  const { rollout } = state;
  if (rollout === null) throw new Failure("not_found", `${model} has no rollout`, { fix: "preview its first one: `gauntlet plan <policy> --challenger <version>`" });
  if (rollout.status !== "running" && state.request === null) throw new Failure("conflict", `rollout ${rollout.id} is ${rollout.status}, so nothing is decided on it`, { fix: "preview the next one: `gauntlet plan <policy> --challenger <version>`" });
  const { observation, decision } = await judge(controller, state);
  const plan = planFor(decision, observation);
  return { rollout, decision, plan, traffic: trafficOf(plan, observation.traffic.available ? observation.traffic : rollout.allocation) };
}

function trafficOf({ effects }: Plan, before: Allocation): Preview["traffic"] {
  const effect = effects.find((one) => one.kind === "traffic");
  return effect === undefined ? null : { before, after: effect.allocation };
}
