import type { ModelState, Plan } from "@gauntlet/core";

import { asFailure } from "./as-failure.ts";
import { appendEvents } from "./chain.ts";
import type { Controller } from "./controller.ts";
import { aliasDepartures, departures, documentDepartures, pinDeparture, type Departure } from "./departures.ts";
import type { Fence } from "./ports/ledger-store.ts";
import { setBack } from "./set-back.ts";

/**
 * Writes to a registry are not fenced: one that a controller sent while it led may arrive after its successor is done.
 * A port call ends within a lease, so it arrives within one; another is for clocks that differ, and one more for the
 * next tick to come and look.
 */
const SETTLING_LEASES = 3;

/** Whether the newest plan was applied so recently that a late write of our own may still arrive. */
export function isSettling(controller: Pick<Controller, "clock" | "leaseMs">, { settled, pending }: ModelState): boolean {
  return settled !== null && pending === null && settlesInMs(controller, settled.at) > 0;
}

/** For how long yet late writes of a plan that was last at work at `at` may arrive; 0 when none can. */
export function settlesInMs(controller: Pick<Controller, "clock" | "leaseMs">, at: number): number {
  const windowMs = SETTLING_LEASES * controller.leaseMs;
  const age = controller.clock.now() - at;
  // A clock that was set back says nothing about what is on its way.
  return age > -windowMs && age < windowMs ? windowMs - age : 0;
}

/**
 * Compares the world with the newest plan that was applied in full. While it settles, a departure that a late write of
 * our own explains has the plan applied again. Any other is somebody else's: recorded once, shown, and left alone, but for
 * aliases that the policy has set back.
 */
export async function watchSettled(controller: Controller, state: ModelState, fence: Fence): Promise<ModelState> {
  if (state.settled === null || state.pending !== null) return state;
  const { plan } = state.settled;
  const settling = isSettling(controller, state);
  const found = await readable(() => look(controller, plan, settling));
  if (found === null) return state;
  // Once an alias had to be set back, somebody else is at work, and each further time counts.
  if (found.length > 0 && settling && state.reverts === undefined && found.every((departure) => departure.cause === "late")) {
    return appendEvents(controller, state, { events: [{ kind: "plan.reopened", decisionId: plan.decisionId, detail: detailOf(found) }], fence });
  }
  return answerDrift(controller, state, { found, fence });
}

/**
 * The same of a rollout that runs, where the policy has aliases set back: those of the plan that opened it, and the
 * champion's. Other policies leave it to the decision, which holds.
 */
export async function watchRunning(controller: Controller, state: ModelState, fence: Fence): Promise<ModelState> {
  const { rollout, settled, pending } = state;
  if (rollout?.policy.onForeignMove !== "revert" || rollout.status !== "running" || settled === null || pending !== null) return state;
  const found = await readable(() => aliasDepartures(controller, settled.plan, rollout));
  return found === null ? state : answerDrift(controller, state, { found, fence });
}

/** What can't be read departs from nothing; the next tick looks again. */
async function readable(look: () => Promise<readonly Departure[]>): Promise<readonly Departure[] | null> {
  try {
    return await look();
  } catch (error) {
    if (asFailure(error).code === "internal") throw error;
    return null;
  }
}

/** Recorded when it is seen; at the next tick, where the policy has it so, set back: a registry may answer from a while ago. */
async function answerDrift(controller: Controller, state: ModelState, { found, fence }: { readonly found: readonly Departure[]; readonly fence: Fence }): Promise<ModelState> {
  if (found.length === 0) return state.drift === null ? state : appendEvents(controller, state, { events: [{ kind: "drift.gone", detail: state.drift }], fence });
  const detail = detailOf(found);
  if (state.drift !== detail) return appendEvents(controller, state, { events: [{ kind: "drift.seen", detail }], fence });
  const event = setBack(state, found, detail);
  return event === null ? state : appendEvents(controller, state, { events: [event], fence });
}

function detailOf(found: readonly Departure[]): string {
  return found.map((departure) => departure.detail).join("; ");
}

async function look(controller: Controller, plan: Plan, settling: boolean): Promise<readonly Departure[]> {
  const other = await pinDeparture(controller, plan);
  const found = [...(await departures(controller, plan)), ...(other === null ? [] : [other])];
  return settling ? [...found, ...(await documentDepartures(controller, plan))] : found;
}
