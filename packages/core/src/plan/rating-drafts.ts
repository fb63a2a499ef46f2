import type { Allocation } from "../allocation/allocation.ts";
import { reallocate } from "../allocation/reallocate.ts";
import type { Decision } from "../decision/decision.ts";
import type { Observation } from "../decision/observation.ts";
import { Failure } from "../failure/failure.ts";
import { roleAlias, type RatingPolicy } from "../policy/rating-policy.ts";
import type { Rollout } from "../policy/rollout.ts";
import type { Draft } from "./draft.ts";
import type { StageEffect } from "./effect.ts";

/** What a decision on matches does. Nothing was split, so that traffic moves with a promotion only, and only where the policy asks for it. */
export function ratingDrafts(decision: Decision, observation: Observation, policy: RatingPolicy): readonly Draft[] {
  const { rollout } = observation;
  switch (decision.verdict) {
    case "hold":
      return [];
    case "promote":
      return [...PROMOTIONS[policy.promotion](observation, policy), ...signedTags({ decision, policy, rollout, promoted: true }), ...documents(decision, rollout)];
    case "retain":
      return [challengerGone(rollout), ...retained(rollout, policy), ...signedTags({ decision, policy, rollout, promoted: false }), ...documents(decision, rollout)];
    case "rollback":
      return [...restored(decision, observation, policy), ...signedTags({ decision, policy, rollout, promoted: false }), ...documents(decision, rollout)];
    case "advance":
      throw new Failure("internal", `decision ${decision.id} advances ${rollout.id}, which has no stages`);
  }
}

/** What is written when a rollout begins: who is tried. A version that gets its place back, or a tier, keeps what it is called. */
export function ratingOpening({ challenger, snapshot }: Rollout, { promotion }: RatingPolicy): readonly Draft[] {
  if (promotion === "tier" || promotion === "rollback") return [];
  return [
    { kind: "registry.alias", alias: "challenger", version: challenger.version, expect: [...new Set([snapshot.aliases["challenger"] ?? null, null])], onForeign: "stop" },
    { kind: "registry.tag", version: challenger.version, name: LIFECYCLE, value: "challenger" },
  ];
}

const LIFECYCLE = "gauntlet.lifecycle";

type Promotion = (observation: Observation, policy: RatingPolicy) => readonly Draft[];

const PROMOTIONS: Readonly<Record<RatingPolicy["promotion"], Promotion>> = {
  staging: ({ rollout }, policy) => [named(rollout, policy), challengerGone(rollout), lifecycle(rollout.challenger.version, "staging"), stage(rollout.challenger.version, "Staging", true)],
  production: crowned,
  champion: crowned,
  tier: ({ rollout }, policy) => [named(rollout, policy)],
  rollback: (observation) => {
    const { champion, challenger, snapshot } = observation.rollout;
    return [
      // A version that was sent away must not be the one that a later return goes to.
      { kind: "registry.alias", alias: "previous", version: null, expect: [snapshot.aliases["previous"] ?? null], onForeign: "leave" },
      { kind: "traffic", allocation: allTo(observation, challenger.version) },
      { kind: "registry.alias", alias: "champion", version: challenger.version, expect: [champion.version], onForeign: "stop" },
      lifecycle(challenger.version, "champion"),
      lifecycle(champion.version, "rolled_back"),
      stage(champion.version, "Archived", false),
      stage(challenger.version, "Production", true),
    ];
  },
};

/** As of any other kind: the predecessor is named before anything moves, and the alias moves only after the traffic did. */
function crowned(observation: Observation): readonly Draft[] {
  const { champion, challenger, snapshot } = observation.rollout;
  return [
    { kind: "registry.alias", alias: "previous", version: champion.version, expect: [snapshot.aliases["previous"] ?? null], onForeign: "overwrite" },
    { kind: "traffic", allocation: allTo(observation, challenger.version) },
    { kind: "registry.alias", alias: "champion", version: challenger.version, expect: [champion.version], onForeign: "stop" },
    challengerGone(observation.rollout),
    lifecycle(challenger.version, "champion"),
    lifecycle(champion.version, "previous"),
    stage(challenger.version, "Production", true),
  ];
}

function named({ challenger, snapshot }: Rollout, policy: RatingPolicy): Draft {
  const alias = roleAlias(policy);
  return { kind: "registry.alias", alias, version: challenger.version, expect: [snapshot.aliases[alias] ?? null], onForeign: "stop" };
}

/** The reference leaves who is not promoted where it is. */
function retained({ challenger }: Rollout, { promotion, mode }: RatingPolicy): readonly Draft[] {
  if (promotion === "tier" || promotion === "rollback") return [];
  return [lifecycle(challenger.version, "archived"), ...(mode === "compat" ? [] : [stage(challenger.version, "Archived", false)])];
}

/** Back to the snapshot, whatever of a promotion was done already. */
function restored({ reason }: Decision, { rollout, highestEpoch }: Observation, policy: RatingPolicy): readonly Draft[] {
  const { champion, challenger, snapshot } = rollout;
  const onForeign = reason === "manual" ? "overwrite" : "leave";
  const names = [...new Set([roleAlias(policy), "champion", "challenger", "previous"])];
  return [
    { kind: "traffic", allocation: { ...snapshot.allocation, epoch: highestEpoch + 1 } },
    ...names.map((alias): Draft => {
      const version = snapshot.aliases[alias] ?? null;
      return { kind: "registry.alias", alias, version, expect: [...new Set([version, champion.version, challenger.version, null])], onForeign };
    }),
    ...LIFECYCLES_BEFORE[policy.promotion](rollout),
    ...[champion.version, challenger.version].flatMap((version) => stageBefore(rollout, version)),
  ];
}

/** A version that did harm is not a candidate any more; one that was only tried for its old place is what it was. */
const LIFECYCLES_BEFORE: Readonly<Record<RatingPolicy["promotion"], (rollout: Rollout) => readonly Draft[]>> = {
  staging: sentAway,
  production: sentAway,
  champion: sentAway,
  tier: () => [],
  rollback: ({ champion, challenger }) => [lifecycle(challenger.version, "previous"), lifecycle(champion.version, "champion")],
};

function sentAway({ champion, challenger }: Rollout): readonly Draft[] {
  return [lifecycle(challenger.version, "rolled_back"), lifecycle(champion.version, "champion")];
}

const STAGES = ["None", "Staging", "Production", "Archived"] as const;

function stageBefore({ snapshot }: Rollout, version: string): readonly Draft[] {
  const before = STAGES.find((known) => known === snapshot.stages?.[version]);
  return before === undefined ? [] : [stage(version, before, false)];
}

function challengerGone({ challenger }: Rollout): Draft {
  return { kind: "registry.alias", alias: "challenger", version: null, expect: [challenger.version], onForeign: "leave" };
}

function lifecycle(version: string, value: string): Draft {
  return { kind: "registry.tag", version, name: LIFECYCLE, value };
}

function stage(version: string, to: StageEffect["stage"], archiveExisting: boolean): Draft {
  return { kind: "registry.stage", version, stage: to, archiveExisting };
}

interface Signed {
  readonly decision: Decision;
  readonly policy: RatingPolicy;
  readonly rollout: Rollout;
  readonly promoted: boolean;
}

function signedTags({ decision, policy, rollout, promoted }: Signed): readonly Draft[] {
  const version = rollout.challenger.version;
  return [
    ...(policy.tier === null ? [] : [{ kind: "registry.tag" as const, version, name: `gauntlet.tier.${policy.tier.target}`, value: promoted ? "promoted" : "not_promoted" }]),
    { kind: "registry.tag", version, name: "gauntlet.decision_id", value: decision.id },
    { kind: "registry.tag", version, name: "gauntlet.reason", value: decision.reason },
  ];
}

function documents({ id }: Decision, { challenger: { runId } }: Rollout): readonly Draft[] {
  if (runId === null) return [];
  const names = ["decision.md", "decision.yaml", "model_lifecycle.yaml"] as const;
  return names.map((document) => ({ kind: "document", runId, decisionId: id, document }));
}

function allTo({ rollout, highestEpoch }: Observation, version: string): Allocation {
  const moved = reallocate(rollout.allocation, [{ slot: "champion", version, basisPoints: 10_000 }], highestEpoch + 1);
  return { ...moved, shadow: false };
}
