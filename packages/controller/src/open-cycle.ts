import { allocate, carryCounts, EPOCHS_KEPT, Failure, type CarriedCounts, type EvidenceCell, type ModelState, type RegistryView, type Rollout, type SlotHolder, type SlotsPolicy } from "@gauntlet/core";

import type { Controller } from "./controller.ts";
import { newRollout, stagesOf } from "./new-rollout.ts";
import { rolloutId } from "./rollout-id.ts";
import { versionRef } from "./version-ref.ts";

export interface CycleRequest {
  readonly policy: SlotsPolicy;
  /** Nobody needs to name it; one that is named must hold the second slot. */
  readonly challenger: string | null;
  readonly by: string;
}

/**
 * A cycle of slots that would begin now: who holds them stands in the registry, and what was counted before in the store.
 * @throws Failure `not_found` when nobody holds one of the first two slots; `conflict` when one version holds both, or another than
 * the named one holds the second.
 */
export async function readCycle(controller: Controller, request: CycleRequest, state: ModelState): Promise<Rollout<SlotsPolicy>> {
  const { policy, by } = request;
  const { model } = policy;
  const { aliases } = await controller.registry.read(model, []);
  const [champion, challenger] = live(request, aliases);
  const held = [...new Set(policy.slots.flatMap((slot) => aliases[slot] ?? []))];
  const registry: RegistryView = { aliases, versions: (await controller.registry.read(model, held)).versions };
  const holders = policy.slots.map((slot): SlotHolder => ({ slot, version: aliases[slot] === undefined ? null : versionRef(registry, model, aliases[slot]) }));
  const [first, second] = policy.slots;
  const opening = { model, seed: rolloutId(state).replaceAll(":", "-"), shadow: false };
  return {
    ...newRollout(state, { policy, by, at: controller.clock.now(), registry, champion, challenger }),
    allocation: allocate({ ...opening, epoch: state.epoch + 1, shares: sharesOf(policy, [champion, challenger]) }),
    slots: { champion: first, challenger: second, control: null },
    cycle: { holders, baseline: state.cycles?.baseline ?? null, cyclesBefore: state.cycles?.cyclesBefore ?? 0, carried: await carriedOf(controller, policy, state) },
    snapshot: {
      aliases: Object.fromEntries(policy.slots.map((slot) => [slot, aliases[slot] ?? null])),
      allocation: allocate({ ...opening, epoch: state.epoch, shares: [{ slot: first, version: champion, basisPoints: 10_000 }] }),
      stages: stagesOf(registry),
    },
  };
}

function sharesOf({ slots: [first, second], split }: SlotsPolicy, [champion, challenger]: readonly [string, string]): Parameters<typeof allocate>[0]["shares"] {
  return [
    { slot: first, version: champion, basisPoints: split.champion },
    { slot: second, version: challenger, basisPoints: split.challenger },
  ];
}

function live({ policy: { model, slots }, challenger: named }: CycleRequest, aliases: RegistryView["aliases"]): readonly [string, string] {
  const [first, second] = slots;
  const [champion, challenger] = [aliases[first], aliases[second]];
  if (champion === undefined || challenger === undefined) {
    const missing = champion === undefined ? first : second;
    throw new Failure("not_found", `${model} has no alias "${missing}" in the registry, so nobody holds that slot`, { fix: `set the alias "${missing}" to a version` });
  }
  if (champion === challenger) throw new Failure("conflict", `version ${champion} of ${model} holds both ${first} and ${second}`, { fix: `set the alias "${second}" to another version` });
  if (named !== null && named !== challenger) {
    throw new Failure("conflict", `version ${named} was named as the challenger, and version ${challenger} holds ${second} of ${model}`, { fix: `name nobody: a policy of slots tests who holds ${second}` });
  }
  return [champion, challenger];
}

/**
 * Epochs that the model's state forgets when this cycle begins take no outcomes any more, so that what they counted is final. Any
 * that were forgotten while other policies ran are among them.
 */
async function carriedOf({ store, clock }: Controller, policy: SlotsPolicy, { model, epoch, epochs, cycles }: ModelState): Promise<CarriedCounts> {
  const carried = cycles?.carried ?? null;
  const kept = new Set(epochs.slice(1 - EPOCHS_KEPT).map((known) => known.epoch));
  const from = (carried?.through ?? 0) + 1;
  let through = from - 1;
  while (through < epoch && !kept.has(through + 1)) through++;
  const cells: EvidenceCell[] = [];
  for (let old = from; old <= through; old++) cells.push(...(await store.evidence.cells({ model, epoch: old, from: 0, to: clock.now() + DAY_MS })));
  return carryCounts(policy, { carried, cells, through });
}

const DAY_MS = 86_400_000;
