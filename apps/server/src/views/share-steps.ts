import type { RampSeries } from "@gauntlet/contract";
import { sharesOf, type Allocation, type LedgerEntry, type Plan } from "@gauntlet/core";

type ShareStep = RampSeries["intended"][number];

/**
 * Every split that a rollout had, from when it was read back: the entries of its chain say what was intended, and when it
 * was so. An intent that was never carried out is not among them.
 */
export function shareSteps(entries: readonly LedgerEntry[], rolloutId: string): readonly ShareStep[] {
  const steps: ShareStep[] = [];
  let ours = false;
  let pending: { readonly plan: Plan; readonly why: string } | null = null;
  for (const { event, at } of entries) {
    if (event.kind === "rollout.started") {
      ours = event.rollout.id === rolloutId;
      pending = ours ? { plan: event.plan, why: "started" } : null;
    } else if (!ours) continue;
    else if (event.kind === "decision" && event.decision.verdict !== "hold") pending = { plan: event.plan, why: event.decision.verdict };
    else if (event.kind === "plan.applied" && pending?.plan.decisionId === event.decisionId) {
      const allocation = trafficOf(pending.plan);
      if (allocation !== null) steps.push(stepOf(allocation, { at, why: pending.why }));
    }
  }
  return steps;
}

function trafficOf({ effects }: Plan): Allocation | null {
  const effect = effects.find((one) => one.kind === "traffic");
  return effect?.allocation ?? null;
}

function stepOf(allocation: Allocation, { at, why }: Pick<ShareStep, "at" | "why">): ShareStep {
  const shares = sharesOf(allocation);
  return { at, epoch: allocation.epoch, why, arms: allocation.arms.map(({ slot, version }) => ({ slot, version, share: (shares[slot] ?? 0) / 10_000 })) };
}
