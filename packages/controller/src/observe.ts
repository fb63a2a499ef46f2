import {
  Failure,
  frozenLookOf,
  gatherEvidence,
  lookOf,
  recentWindows,
  type Allocation,
  type BlockedPlan,
  type EvidenceView,
  type ModelState,
  type Observation,
  type Reading,
  type RegistryView,
  type Rollout,
} from "@gauntlet/core";

import { asFailure } from "./as-failure.ts";
import type { Controller } from "./controller.ts";
import { readSources } from "./read-sources.ts";

/** Reads everything a decision may know, and freezes it. A reading that fails is part of the observation. */
export async function observe(controller: Controller, state: ModelState): Promise<Observation> {
  const rollout = state.rollout;
  if (rollout === null) throw new Failure("internal", `${state.model} has no rollout to observe`);
  const at = controller.clock.now();
  const [registry, traffic, evidence] = await Promise.all([
    reading<RegistryView>(() => readRegistry(controller, rollout)),
    reading<Allocation>(() => readTraffic(controller, state.model)),
    reading<EvidenceView>(() => readEvidence(controller, { state, rollout, at })),
  ]);
  return {
    schema: 1,
    at,
    rollout,
    highestEpoch: Math.max(state.epoch, traffic.available ? traffic.epoch : 0),
    registry,
    traffic,
    evidence,
    operator: { approvals: state.approvals, hold: state.hold, request: state.request },
    blocked: blockedOf(state),
  };
}

async function reading<T extends object>(read: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { available: true, ...(await read()) };
  } catch (error) {
    const failure = asFailure(error);
    return { available: false, code: failure.code, detail: failure.message };
  }
}

/** Of the figures of the runs only those that the policy asks for: the others would change the observation for nothing. */
async function readRegistry(controller: Controller, rollout: Rollout): Promise<RegistryView> {
  const { aliases, versions } = await controller.registry.read(rollout.model, [rollout.champion.version, rollout.challenger.version]);
  const asked = new Set(rollout.policy.checks.flatMap((rule) => (rule.kind === "offline" ? [rule.metric] : [])));
  return { aliases, versions: versions.map((version) => ({ ...version, metrics: Object.fromEntries(Object.entries(version.metrics).filter(([name]) => asked.has(name))) })) };
}

async function readTraffic(controller: Controller, model: string): Promise<Allocation> {
  const allocation = await controller.traffic.read(model);
  if (allocation === null) throw new Failure("not_found", `the traffic target knows nothing of ${model}`);
  return allocation;
}

async function readEvidence(controller: Controller, { state, rollout, at }: { readonly state: ModelState; readonly rollout: Rollout; readonly at: number }): Promise<EvidenceView> {
  // What awaits a signature stays as it was when it was decided.
  const frozenAt = state.decision?.reason === "awaiting_approval" ? state.decision.cutoff : null;
  const own = await controller.store.evidence.cells({ model: rollout.model, epoch: rollout.allocation.epoch, from: 0, to: at + 1 });
  const { cells: others, notes } = await readSources(controller, { state, rollout, at, own });
  const cells = [...own, ...others];
  return {
    soFar: gatherEvidence(cells),
    look: frozenAt === null ? lookOf(rollout, cells, at) : frozenLookOf(rollout, cells, frozenAt),
    recent: recentWindows(rollout, cells, at),
    ...(notes.length === 0 ? {} : { sources: notes }),
  };
}

function blockedOf(state: ModelState): BlockedPlan | null {
  const { pending } = state;
  if (pending === null || pending.failed === null || pending.failed.retryable) return null;
  const { key, code, detail } = pending.failed;
  return { goesBack: pending.plan.becomes === "rolled_back", decisionId: pending.decisionId, effectKey: key, code, detail };
}
