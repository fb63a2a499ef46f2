import type { ModelDetail } from "@gauntlet/contract";
import { restateLook, type Controller } from "@gauntlet/controller";
import { lookOf, type EvidenceCell, type ModelState } from "@gauntlet/core";

interface Known {
  readonly state: ModelState;
  /** Of the rollout's epoch, up to `at`. */
  readonly cells: readonly EvidenceCell[];
  readonly at: number;
}

/** What came since a look was judged and left open: it counts at the next. Of evidence from elsewhere nothing is asked for a page. */
export async function lateForLook(store: Controller["store"], { state, cells, at }: Known): Promise<Pick<ModelDetail, "late">> {
  const { rollout } = state;
  if (rollout === null || rollout.status !== "running" || state.judged === undefined || (rollout.policy.sources ?? []).length > 0) return {};
  const { judged } = await restateLook(store, { state, rollout, now: lookOf(rollout, cells, at) });
  return judged === undefined ? {} : { late: judged };
}
