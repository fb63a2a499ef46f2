import {
  Failure,
  frozenLookOf,
  gatherEvidence,
  isoTime,
  lookOf,
  recentWindows,
  scoresAsked,
  type Allocation,
  type ArtifactView,
  type BlockedPlan,
  type EvidenceView,
  type Look,
  type ModelState,
  type Observation,
  type RatingPolicy,
  type Reading,
  type RegistryView,
  type Rollout,
  type SourceNote,
} from "@gauntlet/core";

import { asFailure } from "./as-failure.ts";
import type { Controller } from "./controller.ts";
import type { JudgedRequest } from "./judged-request.ts";
import { readArtifact } from "./read-artifact.ts";
import { readHealth } from "./read-health.ts";
import { readRatings } from "./read-ratings.ts";
import { readSlots } from "./read-slots.ts";
import { readSources } from "./read-sources.ts";
import { restateLook } from "./restate-look.ts";

/** Reads everything a decision may know, and freezes it. A reading that fails is part of the observation. */
export async function observe(controller: Controller, state: ModelState): Promise<Observation> {
  const rollout = state.rollout;
  if (rollout === null) throw new Failure("internal", `${state.model} has no rollout to observe`);
  const at = controller.clock.now();
  const versions = reading<RegistryView>(() => readRegistry(controller, rollout));
  const [registry, traffic, evidence] = await Promise.all([
    versions,
    reading<Allocation>(() => readTraffic(controller, rollout)),
    reading<EvidenceView>(() => readJudged(controller, { state, rollout, at, versions })),
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

/** The same, with the challenger's files as they are now: for a decision that hangs on them. */
export async function withArtifact(controller: Controller, observation: Observation, beat?: () => Promise<void>): Promise<Observation> {
  const { model, challenger, policy } = observation.rollout;
  const rules = policy.artifact;
  if (rules === undefined) return observation;
  const artifact = await reading<ArtifactView>(() => readArtifact(controller, { model, version: challenger.version, rules, ...(beat === undefined ? {} : { beat }) }));
  return { ...observation, artifact };
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
  const asked = new Set(scoresAsked(rollout.policy).map(({ metric }) => metric));
  return { aliases, versions: versions.map((version) => ({ ...version, metrics: Object.fromEntries(Object.entries(version.metrics).filter(([name]) => asked.has(name))) })) };
}

/** A rollout that moves none looks at none: it is as it was when it began. */
async function readTraffic(controller: Controller, { model, policy, allocation: before }: Rollout): Promise<Allocation> {
  if (policy.kind === "slots" || (policy.kind === "rating" && !policy.effects.includes("traffic"))) return before;
  const allocation = await controller.traffic.read(model);
  if (allocation === null) throw new Failure("not_found", `the traffic target knows nothing of ${model}`);
  return allocation;
}

/** What the kind of policy goes by: outcomes, matches, or the counts of slots. */
function readJudged(controller: Controller, { state, rollout, at, versions }: JudgedRequest): Promise<EvidenceView> {
  const { policy } = rollout;
  switch (policy.kind) {
    case "rating":
      return readMatches(controller, { state, rollout: { ...rollout, policy }, at, versions });
    case "slots":
      return readSlots(controller, { state, rollout: { ...rollout, policy }, at, versions });
    case "abtest":
    case "ramp":
      return readEvidence(controller, { state, rollout, at });
  }
}

async function readEvidence(controller: Controller, { state, rollout, at }: { readonly state: ModelState; readonly rollout: Rollout; readonly at: number }): Promise<EvidenceView> {
  const frozenAt = frozenCutoff(state, rollout, at);
  const own = await controller.store.evidence.cells({ model: rollout.model, epoch: rollout.allocation.epoch, from: 0, to: at + 1 });
  const { cells: others, notes } = await readSources(controller, { state, rollout, at, own });
  const cells = [...own, ...others];
  // What a source has not seen yet is no part of a look, though it may come in the next seconds.
  const known = Math.min(at, ...notes.map(({ freshAt }) => freshAt));
  const now = frozenAt === null ? lookOf(rollout, cells, known) : frozenLookOf(rollout, cells, frozenAt);
  requireReach(rollout, now, { at, notes });
  const { look, judged } = await restateLook(controller.store, { state, rollout, now });
  const health = await readHealth(controller, { rollout, at, cells });
  return {
    soFar: gatherEvidence(cells),
    look,
    ...(judged === undefined ? {} : { judged }),
    // A ramp watches its look, unless that is frozen.
    recent: frozenAt === null && rollout.policy.kind === "ramp" ? [] : recentWindows(rollout, cells, known),
    ...(notes.length === 0 ? {} : { sources: notes }),
    ...(health === null ? {} : { health }),
  };
}

/** The registry says under which names the versions play, so that what can't be read there can't be read here. */
async function readMatches(controller: Controller, { state, rollout, at, versions }: JudgedRequest<RatingPolicy>): Promise<EvidenceView> {
  const registry = await versions;
  if (!registry.available) throw new Failure("evidence_unavailable", `nobody knows under which names the versions play: ${registry.detail}`);
  const { policy, startedAt } = rollout;
  const rating = await readRatings(controller, { policy, rollout, registry, before: frozenCutoff(state, rollout, at) });
  return { soFar: [], look: lookOf(rollout, [], rating.cutoff ?? startedAt), recent: [], rating };
}

/** A look at a fixed instant is judged once, so it waits for the sources' last seconds; one that moves shows them later. */
function requireReach({ policy }: Rollout, { dueAt }: Look, { at, notes }: { readonly at: number; readonly notes: readonly SourceNote[] }): void {
  const behind = notes.find(({ freshAt }) => freshAt < dueAt);
  if (policy.kind !== "abtest" || at < dueAt || behind === undefined) return;
  throw new Failure("evidence_unavailable", `source "${behind.name}": its data reach to ${isoTime(behind.freshAt)}, and the look is due at ${isoTime(dueAt)}`, { fix: "wait until it has newer data" });
}

const DAY_MS = 86_400_000;

/** What awaits a signature stays as it was when it was decided; nobody ramps to everything, and no match counts, as of the day before. */
function frozenCutoff({ decision }: ModelState, { policy }: Rollout, at: number): number | null {
  if (decision?.reason !== "awaiting_approval") return null;
  return policy.kind !== "abtest" && at - decision.at >= DAY_MS ? null : decision.cutoff;
}

function blockedOf(state: ModelState): BlockedPlan | null {
  const { pending } = state;
  if (pending === null || pending.failed === null || pending.failed.retryable) return null;
  const { key, code, detail } = pending.failed;
  return { goesBack: pending.plan.becomes === "rolled_back", decisionId: pending.decisionId, effectKey: key, code, detail };
}
