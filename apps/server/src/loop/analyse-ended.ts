import { asFailure, writeAnalysis, type Controller, type TickResult } from "@gauntlet/controller";
import type { Failure } from "@gauntlet/core";

/**
 * What follows a tick of a model whose rollout ended badly: why, beside its model. Looked at once for each decision of this
 * process; what fails fails no tick, and is tried again at the next.
 */
export function analyseEnded(controller: Controller, failed: (model: string, failure: Failure) => void): (model: string, ticked: TickResult) => Promise<void> {
  const seen = new Map<string, string>();
  return async (model, ticked) => {
    if (ticked.kind === "led_elsewhere") return;
    const { decision, pending } = ticked.state;
    if (decision === null || pending !== null || seen.get(model) === decision.id) return;
    try {
      await writeAnalysis(controller, ticked.state);
      // A rollout that goes on has the same newest decision for days.
      if (ticked.state.rollout?.status !== "running") seen.set(model, decision.id);
    } catch (error) {
      const failure = asFailure(error);
      // A run that is gone comes back no more.
      if (failure.code === "not_found") seen.set(model, decision.id);
      failed(model, failure);
    }
  };
}
