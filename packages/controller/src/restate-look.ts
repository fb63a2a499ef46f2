import { Failure, judgedLook, leavesOpen, type EvidenceView, type Look, type ModelState, type Rollout } from "@gauntlet/core";

import type { Controller } from "./controller.ts";

/**
 * A look that was judged and left open is what it was when it was judged, by the ledger; any other is `now`, with all that is
 * known today. So that no tick between two looks is a look of its own.
 */
export async function restateLook(store: Controller["store"], { state, rollout, now }: { readonly state: ModelState; readonly rollout: Rollout; readonly now: Look }): Promise<Pick<EvidenceView, "look" | "judged">> {
  const open = openLook(state, rollout);
  if (open === null || open.cutoff !== now.cutoff) return { look: now };
  const [entry] = await store.ledger.read(state.model, open.seq - 1, 1);
  const event = entry?.event;
  if (event?.kind !== "decision" || !event.observation.evidence.available || event.decision.look?.cutoff !== open.cutoff) {
    throw new Failure("ledger_corrupt", `entry ${open.seq} of ${state.model} is not the decision that judged the look of ${rollout.id}`);
  }
  const { look, judged } = event.observation.evidence;
  const { decisionId, at } = judged ?? { decisionId: event.decision.id, at: event.decision.at };
  return { look, judged: judgedLook(rollout, { decisionId, at, look }, now) };
}

/** A state that was stored before open looks were kept in it knows its newest decision alone. */
function openLook({ judged, decision }: ModelState, rollout: Rollout): { readonly seq: number; readonly cutoff: number } | null {
  if (rollout.stage !== undefined) return null;
  if (judged !== undefined) return judged;
  return decision === null || decision.cutoff === null || !leavesOpen(rollout.policy, decision, rollout) ? null : { seq: decision.seq, cutoff: decision.cutoff };
}
