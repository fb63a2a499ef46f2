import { digestOf } from "@gauntlet/core";

import { appendEvents, withFreshState } from "../chain.ts";
import type { Controller } from "../controller.ts";
import type { Fence } from "../ports/ledger-store.ts";

/** Who signs the requests of the monitor. */
const MONITOR = "monitor";

export interface AskedRollback {
  readonly model: string;
  readonly rolloutId: string;
  readonly says: string;
  readonly fence: Fence;
}

/**
 * The ordinary request for a rollback, which the next tick answers, records and carries out like any other. Only while the
 * rollout is promoted and nothing is asked or done: so a rollout is asked for once, whoever died in between.
 */
export async function askRollback(controller: Controller, { model, rolloutId, says, fence }: AskedRollback): Promise<boolean> {
  return withFreshState(controller, model, async (state) => {
    const { rollout, pending, request } = state;
    if (rollout?.id !== rolloutId || rollout.status !== "promoted" || pending !== null || request !== null) return false;
    const at = controller.clock.now();
    const id = `r-${digestOf([rolloutId, "rollback", MONITOR, at, state.seq]).slice(0, 24)}`;
    const { lease, token } = fence;
    await appendEvents(controller, state, { events: [{ kind: "request", request: { id, kind: "rollback", by: MONITOR, at, reason: says, cause: "regression" } }], fence: { lease, token } });
    return true;
  });
}
