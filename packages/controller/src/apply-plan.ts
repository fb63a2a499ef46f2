import { Failure, type Effect, type ModelState } from "@gauntlet/core";

import { applyEffect } from "./apply-effect.ts";
import { asFailure } from "./as-failure.ts";
import { appendEvents } from "./chain.ts";
import type { Controller } from "./controller.ts";
import { departures } from "./departures.ts";
import type { Fence } from "./ports/ledger-store.ts";

/**
 * Applies the effects of the pending plan in order, each recorded as soon as it was read back. Stops at the first
 * that fails; the next tick goes on there. When all are done the whole plan is read back once more, and only then is
 * it recorded as applied.
 */
export async function applyPlan(controller: Controller, from: ModelState, fence: Fence): Promise<ModelState> {
  let state = from;
  for (const effect of remaining(state)) {
    try {
      const note = await applyEffect(controller, effect);
      state = await appendEvents(controller, state, { events: [{ kind: "effect.applied", decisionId: decisionOf(state), key: effect.key, note }], fence });
    } catch (error) {
      return recordFailure(controller, { state, effect, failure: asFailure(error), fence });
    }
  }
  return settle(controller, state, fence);
}

async function settle(controller: Controller, state: ModelState, fence: Fence): Promise<ModelState> {
  const { pending } = state;
  if (pending === null) return state;
  try {
    const [departure] = await departures(controller, pending.plan);
    if (departure !== undefined) {
      const failure = new Failure(departure.code, departure.detail);
      return await recordFailure(controller, { state, effect: departure.effect, failure, fence });
    }
  } catch (error) {
    const effect = pending.plan.effects.at(-1);
    if (effect === undefined) throw error;
    return recordFailure(controller, { state, effect, failure: asFailure(error), fence });
  }
  return appendEvents(controller, state, { events: [{ kind: "plan.applied", decisionId: pending.decisionId }], fence });
}

/** The same failure again is no news; leadership that was lost belongs to nobody's plan. */
async function recordFailure(
  controller: Controller,
  failed: { readonly state: ModelState; readonly effect: Effect; readonly failure: Failure; readonly fence: Fence },
): Promise<ModelState> {
  const { state, effect, failure, fence } = failed;
  if (failure.code === "fenced" || failure.code === "ledger_conflict" || failure.code === "store_unavailable") throw failure;
  const known = state.pending?.failed;
  if (known?.key === effect.key && known.code === failure.code && known.detail === failure.message) return state;
  return appendEvents(controller, state, {
    events: [{ kind: "effect.failed", decisionId: decisionOf(state), key: effect.key, code: failure.code, detail: failure.message, retryable: failure.retryable }],
    fence,
  });
}

function remaining(state: ModelState): readonly Effect[] {
  return state.pending?.plan.effects.filter((effect) => !state.pending?.applied.includes(effect.key)) ?? [];
}

function decisionOf(state: ModelState): string {
  return state.pending?.decisionId ?? "";
}
