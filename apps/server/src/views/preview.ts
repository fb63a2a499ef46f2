import type { Preview as PreviewView } from "@gauntlet/contract";
import type { Preview } from "@gauntlet/controller";
import { movedUnits, sayEffect, shareChanges } from "@gauntlet/core";

/** What would happen, as people read it. */
export function previewView({ rollout, decision, plan, traffic }: Preview): PreviewView {
  const { policy } = rollout;
  return {
    model: rollout.model,
    decision,
    shares: traffic === null ? [] : [...shareChanges(traffic.before, traffic.after)],
    moved: traffic === null ? 0 : movedUnits(traffic.before, traffic.after),
    effects: plan.effects.map(sayEffect),
    stages: policy.kind === "ramp" ? policy.stages.map(({ name, basisPoints, dwellMs }) => ({ name, basisPoints, dwellMs })) : [],
  };
}
