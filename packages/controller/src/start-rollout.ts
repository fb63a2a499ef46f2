import { allocate, Failure, planStart, roleAlias, type Allocation, type ModelState, type Policy, type RegistryView, type Rollout, type SlotsPolicy } from "@gauntlet/core";

import { requireAdmission } from "./admission.ts";
import { appendEvents, withFreshState } from "./chain.ts";
import type { Controller } from "./controller.ts";
import { openExperiment, openOwnSplit } from "./open-ramp.ts";
import { readCycle } from "./open-cycle.ts";
import { pinArtifact } from "./pin-artifact.ts";
import { requireRated } from "./read-ratings.ts";
import { requireSources } from "./read-sources.ts";
import { newRollout, stagesOf } from "./new-rollout.ts";
import { rolloutId } from "./rollout-id.ts";
import { settlesInMs } from "./watch-settled.ts";

export interface StartRequest {
  readonly policy: Policy;
  /** null: a policy of slots, which finds it in the registry. */
  readonly challenger: string | null;
  readonly by: string;
}

/**
 * Begins a rollout: takes the snapshot that a rollback restores, and records the plan that opens the split. The split
 * itself is made by the next tick.
 * @throws Failure `conflict` while another rollout of the model runs or is being applied, and, with the time to wait, for a while after two plans at once; `not_found` without a
 * champion or a challenger; `registry_unavailable`; what `requireAdmission` and `openExperiment` say of a ramp.
 */
export async function startRollout(controller: Controller, request: StartRequest): Promise<ModelState> {
  // The world is read after the state, in each try: a plan that was applied in between would show in the ledger.
  return withFreshState(controller, request.policy.model, async (state) => {
    const rollout = await proposeRollout(controller, request, state);
    return appendEvents(controller, state, { events: [{ kind: "rollout.started", rollout, plan: planStart(rollout) }], fence: null });
  });
}

/** The rollout that would begin now; only reads. @throws Failure as `startRollout` does. */
export async function proposeRollout(controller: Controller, request: StartRequest, state: ModelState): Promise<Rollout> {
  requireFree(state);
  requireCalm(controller, state);
  return pinArtifact(controller, await readRollout(controller, request, state));
}

async function readRollout(controller: Controller, request: StartRequest, state: ModelState): Promise<Rollout> {
  const { policy, by } = request;
  requireSources(controller, policy);
  if (policy.kind === "slots") return readCycle(controller, { policy, challenger: request.challenger, by }, state);
  if (request.challenger === null) throw new Failure("invalid_input", `${policy.name} is of kind ${policy.kind}, and nobody says which version wants to serve`, { fix: "name the challenger" });
  return readTrial(controller, { policy, challenger: request.challenger, by }, state);
}

async function readTrial(controller: Controller, request: Trial, state: ModelState): Promise<Rollout> {
  const { policy } = request;
  const { model } = policy;
  const registry = await controller.registry.read(model, []);
  const champion = registry.aliases["champion"];
  if (champion === undefined) {
    throw new Failure("not_found", `${model} has no alias "champion" in the registry, so there is nothing to compare with`, { fix: 'set the alias "champion" to the version that serves now' });
  }
  // A tier is no place of the champion's: whoever is good enough may have one.
  if (champion === request.challenger && (policy.kind !== "rating" || policy.promotion !== "tier")) {
    throw new Failure("conflict", `version ${champion} of ${model} is the champion already`, { fix: "name another version as the challenger" });
  }
  const { versions } = await controller.registry.read(model, [champion, request.challenger]);
  const known = { aliases: registry.aliases, versions };
  if (policy.kind === "rating") await requireRated(controller, { policy, registry: known, rollout: { model, ordinal: state.rollouts + 1, champion: { version: champion }, challenger: { version: request.challenger } } });
  const serving = await servingOf(controller, policy, champion);
  return rolloutOf(controller, { request, state, serving, versions: known, champion, at: controller.clock.now() });
}

/** What serves now; null where nothing does, and for a rollout that moves no traffic and so needs none. */
async function servingOf(controller: Controller, policy: Policy, champion: string): Promise<Allocation | null> {
  const { model } = policy;
  if (policy.kind === "rating" && !policy.effects.includes("traffic")) return null;
  const serving = await controller.traffic.read(model);
  // In an experiment several versions may serve; it is looked at where the ramp opens.
  if (policy.kind === "ramp" && policy.experiment !== null) return serving;
  await requireOwnSplit(controller, model);
  requireServing(model, champion, serving);
  return serving;
}

function requireFree(state: ModelState): void {
  if (state.rollout?.status === "running" || state.pending !== null) {
    throw new Failure("conflict", `rollout ${state.rollout?.id ?? ""} of ${state.model} is not over`, { fix: "wait for its decision, or reject it or roll it back" });
  }
}

/** The writes of a plan that another has followed may be late, and a rollout that runs can't tell them from a foreign move. */
function requireCalm(controller: Controller, { model, replacedAt }: ModelState): void {
  const waitMs = replacedAt === null ? 0 : settlesInMs(controller, replacedAt);
  if (waitMs === 0) return;
  const waitS = Math.ceil(waitMs / 1000);
  throw new Failure("conflict", `the plan before the last one on ${model} was at work a short time ago; for ${waitS} s more a late write of it may move an alias or traffic, which would be taken for somebody else's`, { fix: `start again in ${waitS} s`, retryAfterMs: waitMs });
}

/** The split of a model that has an experiment is the experiment's: only a ramp that names it may move it. */
async function requireOwnSplit({ store }: Controller, model: string): Promise<void> {
  const view = await store.experiments.ofModel(model);
  if (view === null || view.experiment.status === "completed") return;
  throw new Failure("conflict", `${model} is split by the experiment "${view.experiment.name}", which this policy does not name`, { fix: `use a policy of kind ramp with experiment: ${view.experiment.name}, or complete the experiment` });
}

/** A snapshot in which registry and traffic disagree would restore that disagreement. */
function requireServing(model: string, champion: string, serving: Allocation | null): void {
  const versions = new Set(serving?.arms.filter((arm) => arm.ranges.length > 0).map((arm) => arm.version) ?? [champion]);
  if (versions.size === 1 && versions.has(champion)) return;
  throw new Failure("conflict", `alias "champion" of ${model} names version ${champion}, but version ${[...versions].join(" and ")} serves`, {
    fix: 'set the alias "champion" back to the version that serves, or let that version serve, before a rollout begins',
  });
}

/** A rollout of a challenger that was named. */
interface Trial {
  readonly policy: Exclude<Policy, SlotsPolicy>;
  readonly challenger: string;
  readonly by: string;
}

interface Start {
  readonly request: Trial;
  readonly state: ModelState;
  readonly serving: Allocation | null;
  readonly versions: RegistryView;
  readonly champion: string;
  readonly at: number;
}

async function rolloutOf(controller: Controller, start: Start): Promise<Rollout> {
  const { request, state, versions, champion, at } = start;
  const { policy, challenger } = request;
  const { before, ...opening } = await openingOf(controller, start);
  return {
    ...newRollout(state, { policy, by: request.by, at, registry: versions, champion, challenger }),
    ...opening,
    snapshot: { aliases: pickAliases(versions, policy), allocation: before, stages: stagesOf(versions) },
  };
}

/** The split that a rollout begins with, the one before it, and what a ramp knows of its stages. */
async function openingOf(controller: Controller, { request, state, serving, versions, champion, at }: Start): Promise<Pick<Rollout, "allocation" | "slots" | "stage"> & { readonly before: Allocation }> {
  const { policy, challenger } = request;
  const { model } = policy;
  const epoch = Math.max(state.epoch, serving?.epoch ?? 0);
  // A new seed for every rollout: who was in the last challenger's share is not for that reason in this one's.
  const seed = rolloutId(state).replaceAll(":", "-");
  const base = { model, epoch: epoch + 1, seed };
  const before = serving ?? allocate({ model, epoch, seed, shares: [{ slot: "champion", version: champion, basisPoints: 10_000 }], shadow: false });
  switch (policy.kind) {
    case "abtest": {
      const { split, shadow } = policy;
      const shares = [
        { slot: "champion", version: champion, basisPoints: split.champion },
        { slot: "challenger", version: challenger, basisPoints: split.challenger },
      ];
      return { allocation: allocate({ ...base, shares, shadow }), before };
    }
    case "ramp": {
      await requireAdmission(controller.store, { policy, champion, challenger, registry: versions });
      const start = { policy, champion, challenger, at };
      return policy.experiment === null ? { ...openOwnSplit(start, base), before } : openExperiment(controller, start, { current: serving, epoch: epoch + 1 });
    }
    case "rating":
      return { allocation: before, before };
  }
}

function pickAliases({ aliases }: RegistryView, policy: Policy): Readonly<Record<string, string | null>> {
  const names = ["champion", "challenger", "previous", ...(policy.kind === "rating" ? [roleAlias(policy)] : [])];
  return Object.fromEntries(names.map((alias) => [alias, aliases[alias] ?? null]));
}
