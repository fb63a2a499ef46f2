import type { ModelDetail } from "@gauntlet/contract";
import { restateLook, type Controller } from "@gauntlet/controller";
import { lookOf, type ModelState } from "@gauntlet/core";

/** What came since a look was judged and left open: it counts at the next. Of evidence from elsewhere nothing is asked for a page. */
export async function lateForLook(store: Controller["store"], state: ModelState, at: number): Promise<Pick<ModelDetail, "late">> {
  const { rollout } = state;
  if (rollout === null || rollout.status !== "running" || state.judged === undefined || (rollout.policy.sources ?? []).length > 0) return {};
  const cells = await store.evidence.cells({ model: rollout.model, epoch: rollout.allocation.epoch, from: 0, to: at + 1 });
  const { judged } = await restateLook(store, { state, rollout, now: lookOf(rollout, cells, at) });
  return judged === undefined ? {} : { late: judged };
}
