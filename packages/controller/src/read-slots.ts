import { Failure, lookOf, slotsViewOf, withHolders, type EvidenceCell, type EvidenceView, type SlotsPolicy, type SlotsView } from "@gauntlet/core";

import type { Controller } from "./controller.ts";
import type { JudgedRequest } from "./judged-request.ts";

/** Who holds the slots, and what was counted there: in this cycle's epoch by version, and before it under the slots' names. */
export async function readSlots({ store }: Controller, { state, rollout, at, versions }: JudgedRequest<SlotsPolicy>): Promise<EvidenceView> {
  const { policy, model, allocation, cycle } = rollout;
  if (cycle === undefined) throw new Failure("internal", `rollout ${rollout.id} of a policy of slots has no cycle`);
  const registry = await versions;
  if (!registry.available) throw new Failure("evidence_unavailable", `nobody knows who holds the slots: ${registry.detail}`);
  const awaited = await awaitedView(store, { state, at });
  if (awaited !== null) return { soFar: [], look: lookOf(rollout, [], at), recent: [], slots: withHolders(awaited, registry.aliases) };
  const cellsOf = (epoch: number) => store.evidence.cells({ model, epoch, from: 0, to: at + 1 });
  const cells = await cellsOf(allocation.epoch);
  const earlier: EvidenceCell[] = [];
  for (const { epoch } of state.epochs) if (epoch > cycle.carried.through && epoch < allocation.epoch) earlier.push(...(await cellsOf(epoch)));
  return { soFar: [], look: lookOf(rollout, [], at), recent: [], slots: slotsViewOf({ policy, cycle, aliases: registry.aliases, cells, earlier }) };
}

const DAY_MS = 86_400_000;

/** What awaits a signature stays as it was when it was decided, though games go on: for a day, then what came meanwhile is in it. */
async function awaitedView(store: Controller["store"], { state: { model, decision }, at }: Pick<JudgedRequest, "state" | "at">): Promise<SlotsView | null> {
  if (decision?.reason !== "awaiting_approval" || at - decision.at >= DAY_MS) return null;
  const [entry] = await store.ledger.read(model, decision.seq - 1, 1);
  const evidence = entry?.event.kind === "decision" ? entry.event.observation.evidence : null;
  if (evidence?.available !== true || evidence.slots === undefined) throw new Failure("ledger_corrupt", `entry ${decision.seq} of ${model} is not the decision that awaits an approval`);
  return evidence.slots;
}
