import { Failure, sayEffect, type Effect, type ModelState, type Plan } from "@gauntlet/core";

import { applyEffect } from "./apply-effect.ts";
import { asFailure } from "./as-failure.ts";
import { appendEvents } from "./chain.ts";
import type { Controller } from "./controller.ts";
import { departures, type Departure } from "./departures.ts";
import { stayLeading, whileLeading, type Leadership } from "./leadership.ts";
import { requirePinned } from "./pin-artifact.ts";
import type { Fence } from "./ports/ledger-store.ts";

/**
 * Applies the effects of the pending plan in order, each recorded as soon as it was read back. Stops at the first
 * that fails; the next tick goes on there. When all are done the whole plan is read back once more, and only then is
 * it recorded as applied.
 */
export async function applyPlan(controller: Controller, from: ModelState, since: Leadership): Promise<ModelState> {
  let state = from;
  let leadership = since;
  for (const effect of remaining(state)) {
    leadership = await stayLeading(controller, leadership);
    let note: string;
    try {
      leadership = await keepPinned(controller, { plan: state.pending?.plan, effect }, leadership);
      note = `${sayEffect(effect)} (${await applyEffect(controller, effect, leadership)})`;
    } catch (error) {
      return recordFailure(controller, { state, effect, failure: asFailure(error), fence: leadership });
    }
    state = await appendEvents(controller, state, { events: [{ kind: "effect.applied", decisionId: decisionOf(state), key: effect.key, note }], fence: leadership });
  }
  return settle(controller, state, leadership);
}

async function settle(controller: Controller, state: ModelState, since: Leadership): Promise<ModelState> {
  const fence: Fence = since;
  const { pending } = state;
  if (pending === null) return state;
  let found: readonly Departure[];
  const given = pending.reverting === true ? undefined : pending.plan.effects.findLast((effect) => gives(pending.plan, effect));
  try {
    // Once more when it has everything: who changed it in between is found too.
    if (given !== undefined) await keepPinned(controller, { plan: pending.plan, effect: given }, since);
    found = await departures(controller, pending.plan);
  } catch (error) {
    const failure = asFailure(error);
    const effect = failure.code === "artifact_changed" ? given : pending.plan.effects.at(-1);
    if (effect === undefined) throw error;
    return recordFailure(controller, { state, effect, failure, fence });
  }
  const undone = found.find((departure) => !wasLeft(departure));
  if (undone === undefined) return appendEvents(controller, state, { events: [pending.reverting === true ? { kind: "drift.gone", detail: state.drift ?? "" } : { kind: "plan.applied", decisionId: pending.decisionId }], fence });
  // It was read back once and is not so any more. It is applied again, and that says whether it may be.
  const failure = new Failure("read_back_mismatch", undone.detail, { fix: "nothing: it is applied again" });
  return recordFailure(controller, { state, effect: undone.effect, failure, fence });
}

/** Whoever gets traffic or a name is what was tested, or the plan stops here. @throws Failure as `requirePinned` does. */
async function keepPinned(controller: Controller, { plan, effect }: { readonly plan: Plan | undefined; readonly effect: Effect }, leadership: Leadership): Promise<Leadership> {
  const pinned = plan?.pinned;
  if (plan === undefined || pinned === undefined || !gives(plan, effect)) return leadership;
  return (await whileLeading(controller, leadership, (beat) => requirePinned(controller, { ...pinned, model: plan.model }, beat))).leadership;
}

function gives({ pinned }: Plan, effect: Effect): boolean {
  return pinned !== undefined && (effect.kind === "traffic" || (effect.kind === "registry.alias" && effect.version === pinned.version));
}

/** An alias that the plan leaves to somebody else who moved it. */
function wasLeft({ effect, cause }: Departure): boolean {
  return effect.kind === "registry.alias" && effect.onForeign === "leave" && cause === "foreign";
}

/** The same failure again is no news; leadership that was lost belongs to nobody's plan. */
async function recordFailure(
  controller: Controller,
  failed: { readonly state: ModelState; readonly effect: Effect; readonly failure: Failure; readonly fence: Fence },
): Promise<ModelState> {
  const { state, effect, failure, fence } = failed;
  if (failure.code === "fenced" || failure.code === "ledger_conflict" || failure.code === "store_unavailable") throw failure;
  const known = state.pending?.failed;
  // A registry may answer from a while ago, so a foreign move is believed when it is seen at two ticks.
  const seenBefore = known?.key === effect.key && known.code === failure.code;
  // Who sets an alias back, and finds it moved again, does so no more often than it is counted.
  const movedAgain = state.pending?.reverting === true && failure.code === "read_back_mismatch";
  const retryable = (failure.retryable && !movedAgain) || (failure.code === "foreign_move" && !seenBefore);
  const isKnown = seenBefore && known.detail === failure.message && known.retryable === retryable && state.pending?.applied.includes(effect.key) === false;
  if (isKnown) return state;
  return appendEvents(controller, state, {
    events: [{ kind: "effect.failed", decisionId: decisionOf(state), key: effect.key, code: failure.code, detail: failure.message, retryable }],
    fence,
  });
}

function remaining(state: ModelState): readonly Effect[] {
  return state.pending?.plan.effects.filter((effect) => !state.pending?.applied.includes(effect.key)) ?? [];
}

function decisionOf(state: ModelState): string {
  return state.pending?.decisionId ?? "";
}
