import { Failure, lookOf, slotsViewOf, type EvidenceCell, type EvidenceView, type SlotsPolicy } from "@gauntlet/core";

import type { Controller } from "./controller.ts";
import type { JudgedRequest } from "./judged-request.ts";

/** Who holds the slots, and what was counted there: in this cycle's epoch by version, and before it under the slots' names. */
export async function readSlots({ store }: Controller, { state, rollout, at, versions }: JudgedRequest<SlotsPolicy>): Promise<EvidenceView> {
  const { policy, model, allocation, cycle } = rollout;
  if (cycle === undefined) throw new Failure("internal", `rollout ${rollout.id} of a policy of slots has no cycle`);
  const registry = await versions;
  if (!registry.available) throw new Failure("evidence_unavailable", `nobody knows who holds the slots: ${registry.detail}`);
  const cellsOf = (epoch: number) => store.evidence.cells({ model, epoch, from: 0, to: at + 1 });
  const cells = await cellsOf(allocation.epoch);
  const earlier: EvidenceCell[] = [];
  for (const { epoch } of state.epochs) if (epoch > cycle.carried.through && epoch < allocation.epoch) earlier.push(...(await cellsOf(epoch)));
  return { soFar: [], look: lookOf(rollout, [], at), recent: [], slots: slotsViewOf({ policy, cycle, aliases: registry.aliases, cells, earlier }) };
}
