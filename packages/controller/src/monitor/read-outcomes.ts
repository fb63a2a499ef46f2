import { gatherEvidence, maturityOf, type EvidenceCell, type ModelState, type Observation, type OutcomeFacts, type Rollout } from "@gauntlet/core";

import type { Controller } from "../controller.ts";
import { readSources } from "../read-sources.ts";

export interface OutcomesQuery {
  readonly state: ModelState;
  readonly rollout: Rollout;
  /** Of the decision that promoted it. */
  readonly observation: Observation;
  readonly since: number;
  readonly at: number;
}

/** What was served since the promotion, beside what the deciding look showed. @throws Failure as `readSources` */
export async function readOutcomes(controller: Controller, { state, rollout, observation, since, at }: OutcomesQuery): Promise<OutcomeFacts> {
  const { policy } = rollout;
  const own = (await Promise.all(epochsSince(state, rollout, since).map(({ epoch, from }) => controller.store.evidence.cells({ model: rollout.model, epoch, from, to: at + 1 })))).flat();
  // A stage has a beginning of its own; what counts here began with the promotion.
  const { stage: _, ...promoted } = rollout;
  const { cells: others } = await readSources(controller, { state, rollout: { ...promoted, allocation: allocationOf(state) ?? rollout.allocation }, at, own });
  const cells = [...own, ...others];
  const matureAt = at - maturityOf(policy);
  const isMature = ({ bucketStart }: EvidenceCell): boolean => bucketStart + policy.bucketMs <= matureAt;
  return {
    rollout: observation.rollout,
    before: observation.evidence.available ? observation.evidence.look.evidence : [],
    since: gatherEvidence(cells),
    mature: gatherEvidence(cells.filter(isMature)),
  };
}

/** Where the promotion moved traffic, an epoch of its own began with it; otherwise the bucket that it came in is left out. */
function epochsSince(state: ModelState, rollout: Rollout, since: number): readonly { readonly epoch: number; readonly from: number }[] {
  const first = allocationOf(state)?.epoch;
  const at = first ?? rollout.allocation.epoch;
  return state.epochs.filter(({ epoch, rolloutId }) => rolloutId === rollout.id && epoch >= at).map(({ epoch }) => ({ epoch, from: first === undefined ? since : 0 }));
}

function allocationOf({ settled }: ModelState) {
  return settled?.plan.effects.find((effect) => effect.kind === "traffic")?.allocation;
}
