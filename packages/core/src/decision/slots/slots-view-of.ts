import { digestOf } from "../../digest/digest-of.ts";
import type { EvidenceCell } from "../../evidence/evidence.ts";
import type { SlotsCycle } from "../../policy/rollout.ts";
import type { CarriedCounts, SlotCounts } from "../../policy/slots-cycle.ts";
import type { SlotsPolicy } from "../../policy/slots-policy.ts";
import type { SlotsView, VersionCounts } from "../slots-view.ts";
import { addCounts, countCells, NO_COUNTS } from "./counts.ts";

export interface SlotsSeen {
  readonly policy: SlotsPolicy;
  readonly cycle: SlotsCycle;
  /** The registry's, now. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Of this cycle's epoch. */
  readonly cells: readonly EvidenceCell[];
  /** Of the epochs before it that are in no carried count. */
  readonly earlier: readonly EvidenceCell[];
}

/** Freezes who holds the slots and what was counted there. */
export function slotsViewOf({ policy, cycle, aliases, cells, earlier }: SlotsSeen): SlotsView {
  const slots = policy.slots.map((slot) => {
    const own = cells.filter((cell) => cell.slot === slot);
    const before = addCounts(cycle.carried.slots[slot] ?? NO_COUNTS, countCells(policy, earlier.filter((cell) => cell.slot === slot)));
    return { slot, version: aliases[slot] ?? null, total: addCounts(before, countCells(policy, own)), cycle: byVersion(policy, own) };
  });
  const view = { slots, baseline: cycle.baseline, cyclesBefore: cycle.cyclesBefore };
  return { ...view, digest: digestOf(view) };
}

/** The same counts under whoever holds the slots now. Equal holders, equal digests. */
export function withHolders(seen: SlotsView, aliases: SlotsSeen["aliases"]): SlotsView {
  const view = { ...seen, slots: seen.slots.map((one) => ({ ...one, version: aliases[one.slot] ?? null })) };
  return { ...view, digest: slotsDigest(view) };
}

/** SHA-256 of the figures, as the view itself has it. */
export function slotsDigest({ slots, baseline, cyclesBefore }: SlotsView): string {
  return digestOf({ slots, baseline, cyclesBefore });
}

/** What is counted already, and epochs up to `through` on top of it. */
export function carryCounts(policy: SlotsPolicy, { carried, cells, through }: { readonly carried: CarriedCounts | null; readonly cells: readonly EvidenceCell[]; readonly through: number }): CarriedCounts {
  const slots = new Map<string, SlotCounts>(Object.entries(carried?.slots ?? {}));
  for (const slot of new Set(cells.map((cell) => cell.slot))) {
    slots.set(slot, addCounts(slots.get(slot) ?? NO_COUNTS, countCells(policy, cells.filter((cell) => cell.slot === slot))));
  }
  return { through, slots: Object.fromEntries([...slots].toSorted(([a], [b]) => (a < b ? -1 : 1))) };
}

function byVersion(policy: SlotsPolicy, cells: readonly EvidenceCell[]): readonly VersionCounts[] {
  const versions = [...new Set(cells.map(({ version }) => version))].toSorted();
  return versions.map((version) => ({ version, ...countCells(policy, cells.filter((cell) => cell.version === version)) })).filter(({ games, predictions }) => games + predictions > 0);
}
