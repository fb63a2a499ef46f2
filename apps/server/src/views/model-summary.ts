import type { Fleet, ModelSummary } from "@gauntlet/contract";
import type { ChainHead, Controller } from "@gauntlet/controller";
import { allocationOf, BUCKETS_PER_BASIS_POINT, Failure, lookEnds, ROOT_CHAIN, type Allocation, type Decision, type ExperimentView, type ModelState, type PolicyVersion, type Rollout } from "@gauntlet/core";

import { evidenceHealth } from "./rollout-health.ts";

/** Every model that ever had a rollout, and where its newest stands. */
export async function fleetView({ store, clock }: Pick<Controller, "store" | "clock">): Promise<Fleet> {
  const now = clock.now();
  const allocations = await splitsOf(store);
  const models: ModelSummary[] = [];
  for (const head of await store.ledger.heads()) {
    if (head.chain === ROOT_CHAIN || head.state === null) continue;
    const decision = await newestDecision(store, head.state);
    models.push(modelSummary({ head, state: head.state, decision, allocation: allocations.get(head.chain) ?? null, now }));
  }
  return { now, models };
}

/** By model; that of its experiment, if it has one. */
async function splitsOf(store: Controller["store"]): Promise<ReadonlyMap<string, Allocation>> {
  const splits = new Map((await store.allocations.list()).map((allocation) => [allocation.model, allocation]));
  const views = (await store.experiments.list()).filter(({ experiment }) => experiment.model !== null && experiment.status !== "completed");
  const versions = views.length === 0 ? [] : await store.experiments.policyVersions({});
  for (const view of views) {
    const split = splitOf(view, versions);
    if (split !== null) splits.set(split.model, split);
  }
  return splits;
}

/** An experiment that somebody wrote a policy version into which does not exist must not take the fleet with it. */
function splitOf(view: ExperimentView, versions: readonly PolicyVersion[]): Allocation | null {
  try {
    return allocationOf(view, versions);
  } catch (error) {
    if (error instanceof Failure && error.code === "not_found") return null;
    throw error;
  }
}

export interface SummarySource {
  readonly head: Pick<ChainHead, "confirmedAt">;
  readonly state: ModelState;
  readonly decision: Decision | null;
  readonly allocation: Allocation | null;
  readonly now: number;
}

export function modelSummary(source: SummarySource): ModelSummary {
  const { head, state } = source;
  return {
    model: state.model,
    evidence: state.rollout?.status === "running" ? evidenceHealth(source.decision) : null,
    ...rolloutColumns(source),
    ...decisionColumns(source.decision),
    confirmedAt: head.confirmedAt,
    applying: state.pending !== null,
    failure: state.pending?.failed?.detail ?? state.drift,
  };
}

type RolloutColumns = Pick<ModelSummary, "rolloutId" | "policy" | "kind" | "mode" | "status" | "champion" | "challenger" | "challengerShare" | "startedAt" | "nextLookAt">;

function rolloutColumns({ state: { rollout }, allocation, now }: SummarySource): RolloutColumns {
  if (rollout === null) {
    return { rolloutId: null, policy: null, kind: null, mode: null, status: null, champion: null, challenger: null, challengerShare: null, startedAt: null, nextLookAt: null };
  }
  const { id, policy, status, champion, challenger, startedAt } = rollout;
  return {
    rolloutId: id,
    policy: policy.name,
    kind: policy.kind,
    mode: policy.mode,
    status,
    champion: champion.version,
    challenger: challenger.version,
    challengerShare: shareIn(rollout, allocation),
    startedAt,
    nextLookAt: status === "running" ? nextLook(rollout, now) : null,
  };
}

/** A product that splits its own traffic by slots is taken at its word while the cycle runs. */
function shareIn({ policy, status, allocation: own, challenger }: Rollout, allocation: Allocation | null): number | null {
  if (policy.kind === "slots") return status === "running" ? shareOf(own, challenger.version) : null;
  return allocation === null ? null : shareOf(allocation, challenger.version);
}

function decisionColumns(decision: Decision | null): Pick<ModelSummary, "verdict" | "reason" | "sentence" | "decidedAt"> {
  if (decision === null) return { verdict: null, reason: null, sentence: null, decidedAt: null };
  return { verdict: decision.verdict, reason: decision.reason, sentence: decision.sentence, decidedAt: decision.at };
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

/** When the labels of the next look are mature, or the present stage of a ramp, or the watch after a test, has lasted its time. */
function nextLook(rollout: NonNullable<ModelState["rollout"]>, now: number): number | null {
  const { policy, startedAt, stage } = rollout;
  if (policy.kind === "ramp") {
    const dwellMs = policy.stages[stage?.index ?? 0]?.dwellMs ?? null;
    const over = dwellMs === null ? null : (stage?.since ?? startedAt) + dwellMs;
    return over !== null && over > now ? over : null;
  }
  if (policy.kind === "rating" || policy.kind === "slots") return null;
  const watchEnd = stage === undefined ? null : stage.since + (policy.watchMs ?? 0);
  const due = watchEnd === null ? lookEnds(policy).map((ms) => startedAt + ms + policy.labels.maturityMs) : [watchEnd];
  return due.find((at) => at > now) ?? null;
}
