import { markOf, type Decision, type ModelState, type Observation, type Plan } from "@gauntlet/core";

import { appendEvents } from "./chain.ts";
import type { Controller } from "./controller.ts";
import type { Fence } from "./ports/ledger-store.ts";

interface Recording {
  readonly state: ModelState;
  readonly observation: Observation;
  readonly decision: Decision;
  readonly plan: Plan;
  readonly fence: Fence;
}

/**
 * Writes the decision and its plan to the ledger before anything is done. A hold that is no news only moves the
 * 'last confirmed' mark, so that the ledger stays readable.
 */
export async function recordDecision(controller: Controller, recording: Recording): Promise<ModelState> {
  const { state, observation, decision, plan, fence } = recording;
  const news = state.decision?.digest !== markOf(decision, state.seq + 1).digest || plan.effects.length > 0 || state.request !== null;
  if (!news) {
    await controller.store.ledger.confirm(state.model, decision.at);
    return state;
  }
  return appendEvents(controller, state, { events: [{ kind: "decision", observation, decision, plan }], fence });
}
