import type { Allocation } from "../allocation/allocation.ts";
import { reallocate } from "../allocation/reallocate.ts";
import type { Decision } from "../decision/decision.ts";
import type { Observation } from "../decision/observation.ts";
import type { EffectFamily } from "../policy/policy-base.ts";
import type { Rollout, RolloutStatus } from "../policy/rollout.ts";
import type { Effect } from "./effect.ts";
import type { Plan } from "./plan.ts";

/** An effect before it has its key. */
type Draft = Effect extends infer E ? (E extends Effect ? Omit<E, "key" | "model"> : never) : never;

/**
 * What a decision does to the world, in order. Pure: the keys come from the decision's id, so that planning again
 * after a crash gives the same effects, not further ones. A hold does nothing.
 */
export function planFor(decision: Decision, observation: Observation): Plan {
  const { rollout } = observation;
  const drafts = DRAFTS[decision.verdict](decision, observation);
  return sealPlan({ id: decision.id, rollout, drafts, becomes: decision.verdict === "hold" || decision.verdict === "advance" ? rollout.status : BECOMES[decision.verdict] });
}

/** The plan that opens a rollout: name the challenger, then give it its share. */
export function planStart(rollout: Rollout): Plan {
  const { challenger, snapshot } = rollout;
  const drafts: readonly Draft[] = [
    // An alias that is gone since the snapshot stands in nobody's way, as when the snapshot was a little old.
    { kind: "registry.alias", alias: "challenger", version: challenger.version, expect: [...new Set([snapshot.aliases["challenger"] ?? null, null])], onForeign: "stop" },
    { kind: "registry.tag", version: challenger.version, name: "gauntlet.lifecycle", value: "challenger" },
    { kind: "traffic", allocation: rollout.allocation },
  ];
  return sealPlan({ id: `start-${rollout.id}`, rollout, drafts, becomes: "running" });
}

const BECOMES: Readonly<Record<"promote" | "retain" | "rollback", RolloutStatus>> = { promote: "promoted", retain: "retained", rollback: "rolled_back" };

const DRAFTS: Readonly<Record<Decision["verdict"], (decision: Decision, observation: Observation) => readonly Draft[]>> = {
  advance: () => [],
  hold: () => [],
  promote,
  retain,
  rollback,
};

/** The predecessor is named before anything moves, and the alias moves only after the traffic did. */
function promote(decision: Decision, observation: Observation): readonly Draft[] {
  const { champion, challenger, snapshot } = observation.rollout;
  return [
    { kind: "registry.alias", alias: "previous", version: champion.version, expect: [snapshot.aliases["previous"] ?? null], onForeign: "overwrite" },
    { kind: "traffic", allocation: allToOne(observation, challenger.version) },
    { kind: "registry.alias", alias: "champion", version: challenger.version, expect: [champion.version], onForeign: "stop" },
    { kind: "registry.alias", alias: "challenger", version: null, expect: [challenger.version], onForeign: "leave" },
    ...tags(challenger.version, "champion", decision),
    ...tags(champion.version, "previous", decision),
    { kind: "registry.stage", version: challenger.version, stage: "Production", archiveExisting: true },
    ...documents(decision, observation.rollout),
  ];
}

function retain(decision: Decision, observation: Observation): readonly Draft[] {
  const { champion, challenger } = observation.rollout;
  return [
    { kind: "traffic", allocation: allToOne(observation, champion.version) },
    { kind: "registry.alias", alias: "challenger", version: null, expect: [challenger.version], onForeign: "leave" },
    ...tags(challenger.version, "archived", decision),
    { kind: "registry.stage", version: challenger.version, stage: "Archived", archiveExisting: false },
    ...documents(decision, observation.rollout),
  ];
}

/** Back to the snapshot, traffic first. Nothing is computed anew: what was there before is put back. */
function rollback(decision: Decision, observation: Observation): readonly Draft[] {
  const { rollout } = observation;
  const { champion, challenger, snapshot } = rollout;
  const onForeign = decision.reason === "manual" ? "overwrite" : "leave";
  const alias = (name: string): Draft => ({
    kind: "registry.alias",
    alias: name,
    version: snapshot.aliases[name] ?? null,
    expect: [champion.version, challenger.version, null],
    onForeign,
  });
  return [
    { kind: "traffic", allocation: { ...snapshot.allocation, epoch: observation.highestEpoch + 1 } },
    alias("champion"),
    alias("challenger"),
    alias("previous"),
    ...tags(challenger.version, "rolled_back", decision),
    ...tags(champion.version, "champion", decision),
    { kind: "registry.stage", version: challenger.version, stage: "Archived", archiveExisting: false },
    ...stageOfChampion(rollout),
    ...documents(decision, rollout),
  ];
}

/** A promotion archived it, also one that was not finished. */
function stageOfChampion({ status, champion, snapshot }: Rollout): readonly Draft[] {
  const before = snapshot.stages === undefined ? (status === "promoted" ? "Production" : null) : snapshot.stages[champion.version];
  const stage = STAGES.find((known) => known === before);
  return stage === undefined ? [] : [{ kind: "registry.stage", version: champion.version, stage, archiveExisting: false }];
}

const STAGES = ["None", "Staging", "Production", "Archived"] as const;

function allToOne(observation: Observation, version: string): Allocation {
  const moved = reallocate(observation.rollout.allocation, [{ slot: slotOf(observation.rollout, version), version, basisPoints: 10_000 }], observation.highestEpoch + 1);
  // Whoever owns everything is the champion, whatever slot it came from.
  return { ...moved, shadow: false, arms: moved.arms.map((arm) => ({ ...arm, slot: "champion" })) };
}

function slotOf(rollout: Rollout, version: string): string {
  return rollout.allocation.arms.find((arm) => arm.version === version)?.slot ?? "champion";
}

function tags(version: string, lifecycle: string, decision: Decision): readonly Draft[] {
  return [
    { kind: "registry.tag", version, name: "gauntlet.lifecycle", value: lifecycle },
    { kind: "registry.tag", version, name: "gauntlet.decision_id", value: decision.id },
    { kind: "registry.tag", version, name: "gauntlet.reason", value: decision.reason },
  ];
}

function documents(decision: Decision, rollout: Rollout): readonly Draft[] {
  const runId = rollout.challenger.runId;
  if (runId === null) return [];
  const names = ["decision.md", "decision.yaml", "model_lifecycle.yaml"] as const;
  return names.map((document) => ({ kind: "document", runId, decisionId: decision.id, document }));
}

function sealPlan(input: { readonly id: string; readonly rollout: Rollout; readonly drafts: readonly Draft[]; readonly becomes: RolloutStatus }): Plan {
  const { rollout } = input;
  const wanted = input.drafts.filter((draft) => rollout.policy.effects.includes(draft.kind satisfies EffectFamily));
  return {
    decisionId: input.id,
    model: rollout.model,
    effects: wanted.map((draft, index) => ({ ...draft, key: `${input.id}/${index}`, model: rollout.model }) as Effect),
    becomes: input.becomes,
  };
}
