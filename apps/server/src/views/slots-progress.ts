import type { SlotsProgress } from "@gauntlet/contract";
import { judge, readState, type Controller, type Judged } from "@gauntlet/controller";
import { Failure, type ModelState, type SlotAccuracy, type SlotsPolicy, type SlotView } from "@gauntlet/core";

/**
 * Where the newest cycle of slots stands. @throws Failure `not_found` without one; `evidence_unavailable` when its counts can't be
 * read, or nothing was decided on them.
 */
export async function slotsProgressView(controller: Controller, model: string): Promise<SlotsProgress> {
  const state = await readState(controller, model);
  const { rollout } = state;
  if (rollout === null || rollout.policy.kind !== "slots") throw new Failure("not_found", `${model} has no cycle of slots`, { fix: "begin one with a policy of kind slots: `gauntlet start <policy>`" });
  const { policy } = rollout;
  const { observation, decision } = rollout.status === "running" ? await judge(controller, state) : await recorded(controller, state);
  const view = observation.evidence.available ? observation.evidence.slots : undefined;
  const { slots: ruling } = decision;
  if (view === undefined || ruling === undefined) throw new Failure("evidence_unavailable", `what the slots of ${model} counted can't be read: ${decision.sentence}`, { fix: "wait for the next look" });
  const { counts, swap, reorderApplied, rankings, assignments, tickers, z, p } = ruling;
  return {
    model,
    rolloutId: rollout.id,
    status: rollout.status,
    mode: policy.mode,
    epoch: rollout.allocation.epoch,
    at: observation.at,
    slots: view.slots.map((slot, index) => slotOf(slot, { index, accuracies: ruling.accuracies })),
    counts,
    test: testOf(decision, policy),
    verdict: decision.verdict,
    reason: decision.reason,
    compatLabel: decision.compatLabel,
    swap,
    reorderApplied,
    rankings: [...rankings],
    assignments: [...assignments],
    tickers,
    z,
    p,
  };
}

/** What a cycle that is over was decided on. */
async function recorded({ store }: Pick<Controller, "store">, { model, decision: mark }: ModelState): Promise<Judged> {
  const [entry] = mark === null ? [] : await store.ledger.read(model, mark.seq - 1, 1);
  if (entry?.event.kind !== "decision") throw new Failure("evidence_unavailable", `nothing was decided on the newest cycle of ${model}`);
  return entry.event;
}

const ROLES = ["champion", "challenger"] as const;

function slotOf({ slot, version, total, cycle }: SlotView, { index, accuracies }: { readonly index: number; readonly accuracies: readonly SlotAccuracy[] }): SlotsProgress["slots"][number] {
  const { games = 0, wins = 0, ties = 0 } = cycle.find((counts) => counts.version === version) ?? {};
  const { correct = 0, predictions = 0, accuracy = null } = accuracies[index] ?? {};
  return { slot, role: ROLES[index] ?? "shadow", version, total, games: { games, wins, ties }, correct, predictions, accuracy };
}

function testOf({ checks }: Judged["decision"], { mode }: SlotsPolicy): SlotsProgress["test"] {
  const id = mode === "strict" ? "win" : "win-rate";
  const check = checks.find((known) => known.id === id);
  if (check === undefined) throw new Failure("internal", `a decision on slots has no check "${id}"`);
  const { status, estimate, interval, says } = check;
  if (mode === "compat" || estimate === null || interval === null) return { id, status, share: null, interval: null, says };
  return { id, status, share: shareOf(estimate), interval: { low: shareOf(interval.low), high: shareOf(interval.high), level: interval.level }, says };
}

/** The check shows the lead, which is 0 where both are equal; here it is the share of the games with a winner. */
function shareOf(lead: number): number {
  return (1 + lead) / 2;
}
