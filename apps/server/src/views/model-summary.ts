import type { Fleet, ModelSummary } from "@gauntlet/contract";
import type { ChainHead, Controller } from "@gauntlet/controller";
import { BUCKETS_PER_BASIS_POINT, lookEnds, ROOT_CHAIN, type Allocation, type Decision, type ModelState } from "@gauntlet/core";

/** Every model that ever had a rollout, and where its newest stands. */
export async function fleetView({ store, clock }: Pick<Controller, "store" | "clock">): Promise<Fleet> {
  const now = clock.now();
  const allocations = new Map((await store.allocations.list()).map((allocation) => [allocation.model, allocation]));
  const models: ModelSummary[] = [];
  for (const head of await store.ledger.heads()) {
    if (head.chain === ROOT_CHAIN || head.state === null) continue;
    const decision = await newestDecision(store, head.state);
    models.push(modelSummary({ head, state: head.state, decision, allocation: allocations.get(head.chain) ?? null, now }));
  }
  return { now, models };
}

export interface SummarySource {
  readonly head: Pick<ChainHead, "confirmedAt">;
  readonly state: ModelState;
  readonly decision: Decision | null;
  readonly allocation: Allocation | null;
  readonly now: number;
}

export function modelSummary({ head, state, decision, allocation, now }: SummarySource): ModelSummary {
  const { rollout, pending } = state;
  return {
    model: state.model,
    rolloutId: rollout?.id ?? null,
    policy: rollout?.policy.name ?? null,
    kind: rollout?.policy.kind ?? null,
    mode: rollout?.policy.mode ?? null,
    status: rollout?.status ?? null,
    verdict: decision?.verdict ?? null,
    reason: decision?.reason ?? null,
    sentence: decision?.sentence ?? null,
    champion: rollout?.champion.version ?? null,
    challenger: rollout?.challenger.version ?? null,
    challengerShare: rollout === null || allocation === null ? null : shareOf(allocation, rollout.challenger.version),
    startedAt: rollout?.startedAt ?? null,
    nextLookAt: rollout === null || rollout.status !== "running" ? null : nextLook(rollout, now),
    decidedAt: decision?.at ?? null,
    confirmedAt: head.confirmedAt,
    applying: pending !== null,
    failure: pending?.failed?.detail ?? state.drift,
  };
}

/** The newest decision of the present rollout; null before its first. */
export async function newestDecision(store: Controller["store"], state: ModelState): Promise<Decision | null> {
  if (state.decision === null) return null;
  const [entry] = await store.ledger.read(state.model, state.decision.seq - 1, 1);
  return entry?.event.kind === "decision" ? entry.event.decision : null;
}

/** The live share of a version in basis points, over all its slots. */
function shareOf(allocation: Allocation, version: string): number {
  const buckets = allocation.arms.filter((arm) => arm.version === version).flatMap((arm) => arm.ranges.map((range) => range.to - range.from));
  return Math.round(buckets.reduce((sum, width) => sum + width, 0) / BUCKETS_PER_BASIS_POINT);
}

/** When the labels of the next look are mature. */
function nextLook(rollout: NonNullable<ModelState["rollout"]>, now: number): number | null {
  const due = lookEnds(rollout.policy).map((ms) => rollout.startedAt + ms + rollout.policy.labels.maturityMs);
  return due.find((at) => at > now) ?? null;
}
