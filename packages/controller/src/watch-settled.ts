import type { ModelState } from "@gauntlet/core";

import { asFailure } from "./as-failure.ts";
import { appendEvents } from "./chain.ts";
import type { Controller } from "./controller.ts";
import { departures, type Departure } from "./departures.ts";
import type { Fence } from "./ports/ledger-store.ts";

/**
 * Compares the world with the newest plan that was applied in full. The registry has no fence, so a controller that
 * fell asleep before a write may wake and do it after its successor finished. Port calls end within a lease, hence
 * such a write shows within two; then the plan is applied again. Later departures are somebody else's: recorded once,
 * shown, and left alone.
 */
export async function watchSettled(controller: Controller, state: ModelState, fence: Fence): Promise<ModelState> {
  if (state.settled === null) return state;
  const { plan, at } = state.settled;
  let found: readonly Departure[];
  try {
    found = await departures(controller, plan);
  } catch (error) {
    // What can't be read departs from nothing; the next tick looks again.
    if (asFailure(error).code === "internal") throw error;
    return state;
  }
  if (found.length === 0) return state;
  const detail = found.map((departure) => departure.detail).join("; ");
  if (controller.clock.now() - at <= 2 * controller.leaseMs) {
    return appendEvents(controller, state, { events: [{ kind: "plan.reopened", decisionId: plan.decisionId, detail }], fence });
  }
  if (state.drift === detail) return state;
  return appendEvents(controller, state, { events: [{ kind: "drift.seen", detail }], fence });
}
