import type { Allocation } from "../allocation/allocation.ts";
import { reallocate } from "../allocation/reallocate.ts";
import { championEvidence } from "../decision/arms.ts";
import type { Decision } from "../decision/decision.ts";
import type { Observation } from "../decision/observation.ts";
import { canonicalJson } from "../digest/canonical-json.ts";
import { Failure } from "../failure/failure.ts";
import type { EffectFamily } from "../policy/policy-base.ts";
import type { Policy } from "../policy/policy.ts";
import type { Rollout, RolloutSlots, RolloutStatus } from "../policy/rollout.ts";
import type { SlotsPolicy } from "../policy/slots-policy.ts";
import { endsInWatch, isWatch } from "../policy/watch.ts";
import type { Draft } from "./draft.ts";
import type { DocumentEffect, Effect } from "./effect.ts";
import type { Plan } from "./plan.ts";
import { rampShares } from "./ramp-shares.ts";
import { ratingDrafts, ratingOpening } from "./rating-drafts.ts";
import { slotsAfter, slotsDrafts } from "./slots-drafts.ts";

/**
 * What a decision does to the world, in order. Pure: the keys come from the decision's id, so that planning again
 * after a crash gives the same effects, not further ones. A hold does nothing.
 */
export function planFor(decision: Decision, observation: Observation): Plan {
  const { rollout } = observation;
  const { policy } = rollout;
  if (policy.kind === "slots") return planSlots(decision, observation, policy);
  const drafts = policy.kind === "rating" ? ratingDrafts(decision, observation, policy) : DRAFTS[decision.verdict](decision, observation);
  const becomes = decision.verdict === "hold" || decision.verdict === "advance" ? rollout.status : BECOMES[decision.verdict];
  return sealPlan({ id: decision.id, rollout, drafts, becomes, ...pinnedBy(decision, rollout), ...(decision.verdict === "advance" ? stageOf(decision, observation) : {}) });
}

function planSlots(decision: Decision, observation: Observation, policy: SlotsPolicy): Plan {
  const { rollout } = observation;
  const after = slotsAfter(decision, observation, policy);
  const becomes = decision.verdict === "promote" || decision.verdict === "rollback" ? BECOMES[decision.verdict] : after.after === undefined ? rollout.status : "retained";
  return { ...sealPlan({ id: decision.id, rollout, drafts: slotsDrafts(decision, observation, policy), becomes, ...pinnedBy(decision, rollout) }), ...after };
}

/** Whatever gives the challenger traffic or a name gives it to what was tested. */
function pinnedBy({ verdict }: Pick<Decision, "verdict">, rollout: Rollout): Pick<Plan, "pinned"> {
  return verdict === "promote" || verdict === "advance" ? pinOf(rollout) : {};
}

function pinOf({ pinned, policy: { artifact }, challenger: { version, digest, files } }: Rollout): Pick<Plan, "pinned"> {
  if (pinned !== true || (digest === null && files === undefined)) return {};
  const except = artifact?.signature?.file;
  return { pinned: { version, digest, ...(files === undefined ? {} : { files }), ...(except === undefined ? {} : { except }) } };
}

/** The plan that opens a rollout: name the challenger, then give it its share. */
export function planStart(rollout: Rollout): Plan {
  const { challenger, snapshot, policy } = rollout;
  if (policy.kind === "slots") return sealPlan({ id: `start-${rollout.id}`, rollout, drafts: [], becomes: "running" });
  if (policy.kind === "rating") return sealPlan({ id: `start-${rollout.id}`, rollout, drafts: ratingOpening(rollout, policy), becomes: "running", ...pinOf(rollout) });
  const drafts: readonly Draft[] = [
    // An alias that is gone since the snapshot stands in nobody's way, as when the snapshot was a little old.
    { kind: "registry.alias", alias: "challenger", version: challenger.version, expect: [...new Set([snapshot.aliases["challenger"] ?? null, null])], onForeign: "stop" },
    { kind: "registry.tag", version: challenger.version, name: LIFECYCLE, value: WORDS[policy.kind].challenger },
    ...stageTag(rollout, challenger.version, WORDS[policy.kind].challenger),
    { kind: "traffic", allocation: rollout.allocation },
  ];
  return sealPlan({ id: `start-${rollout.id}`, rollout, drafts, becomes: "running", ...pinOf(rollout), ...(rollout.stage === undefined ? {} : { stage: rollout.stage.index }) });
}

const BECOMES: Readonly<Record<"promote" | "retain" | "rollback", RolloutStatus>> = { promote: "promoted", retain: "retained", rollback: "rolled_back" };

const DRAFTS: Readonly<Record<Decision["verdict"], (decision: Decision, observation: Observation) => readonly Draft[]>> = {
  advance,
  hold: () => [],
  promote,
  retain,
  rollback,
};

/** Who has everything has nobody beside it: what it is watched against goes along, and of a test all that documents say of it. */
function stageOf(decision: Decision, { rollout, evidence }: Observation): Pick<Plan, "stage" | "before"> {
  const { policy } = rollout;
  const stage = stageAfter(decision, rollout);
  if (!isWatch(policy, stage)) return { stage };
  const seen = evidence.available ? evidence.look.evidence : [];
  return { stage, before: policy.kind === "abtest" ? seen : championEvidence(rollout, seen) };
}

/** More for the challenger of a ramp, and nobody moves but to it. Before it has everything the predecessor is named. */
function advance(decision: Decision, { rollout, highestEpoch }: Observation): readonly Draft[] {
  const { policy, allocation, champion, challenger } = rollout;
  if (policy.kind === "abtest") return toWatch(decision, { rollout, highestEpoch });
  const index = stageAfter(decision, rollout);
  const stage = policy.kind === "ramp" ? policy.stages[index] : undefined;
  if (policy.kind !== "ramp" || stage === undefined) throw new Failure("internal", `decision ${decision.id} advances ${rollout.id}, which has no further stage`);
  if (index === rollout.stage?.index) return [{ kind: "traffic", allocation: { ...allocation, epoch: highestEpoch + 1 } }];
  const shares = rampShares({ allocation, slots: slotsOf(rollout), champion: champion.version, challenger: challenger.version, basisPoints: stage.basisPoints, control: policy.control });
  const traffic: Draft = { kind: "traffic", allocation: reallocate(allocation, shares, highestEpoch + 1) };
  return isWatch(policy, index) ? [namePrevious(rollout), traffic] : [traffic];
}

/** All that a test has shown is written down before its watch begins, which shows less. Pairs end with it: nobody is mirrored. */
function toWatch(decision: Decision, { rollout, highestEpoch }: Pick<Observation, "rollout" | "highestEpoch">): readonly Draft[] {
  const moved = reallocate(rollout.allocation, [{ slot: slotsOf(rollout).challenger, version: rollout.challenger.version, basisPoints: 10_000 }], highestEpoch + 1);
  return [namePrevious(rollout), { kind: "traffic", allocation: { ...moved, shadow: false } }, ...written(decision, rollout, ["test_decision.md", "test_decision.yaml"])];
}

/** One that begins anew is the same again. */
function stageAfter({ reason }: Decision, { stage }: Rollout): number {
  return (stage?.index ?? 0) + (reason === "split_not_realised" ? 0 : 1);
}

/** The predecessor is named before anything moves, and the alias moves only after the traffic did. */
function promote(decision: Decision, observation: Observation): readonly Draft[] {
  const { rollout } = observation;
  const { champion, challenger } = rollout;
  const traffic = allToOne(observation, challenger.version);
  // After a watch it has everything; only its slot may have to change its name.
  const moves = canonicalJson(traffic.arms) !== canonicalJson(rollout.allocation.arms);
  return [
    namePrevious(rollout),
    ...(moves ? [{ kind: "traffic", allocation: traffic } as const] : []),
    { kind: "registry.alias", alias: "champion", version: challenger.version, expect: [champion.version], onForeign: "stop" },
    { kind: "registry.alias", alias: "challenger", version: null, expect: [challenger.version], onForeign: "leave" },
    ...tags(challenger.version, "champion", { decision, rollout }),
    ...tags(champion.version, "previous", { decision, rollout }),
    { kind: "registry.stage", version: challenger.version, stage: "Production", archiveExisting: true },
    ...documents(decision, rollout),
  ];
}

function namePrevious({ champion, snapshot }: Rollout): Draft {
  return { kind: "registry.alias", alias: "previous", version: champion.version, expect: [snapshot.aliases["previous"] ?? null], onForeign: "overwrite" };
}

function retain(decision: Decision, observation: Observation): readonly Draft[] {
  const { rollout } = observation;
  const { champion, challenger, snapshot, policy } = rollout;
  // Other arms of an experiment keep what they had.
  const allocation = policy.kind === "ramp" ? { ...snapshot.allocation, epoch: observation.highestEpoch + 1 } : allToOne(observation, champion.version);
  return [
    { kind: "traffic", allocation },
    { kind: "registry.alias", alias: "challenger", version: null, expect: [challenger.version], onForeign: "leave" },
    // On the way to a watch the predecessor is named, also by a plan that was not finished.
    ...(!endsInWatch(policy) ? [] : [{ kind: "registry.alias", alias: "previous", version: snapshot.aliases["previous"] ?? null, expect: [champion.version], onForeign: "leave" } as const]),
    ...tags(challenger.version, "archived", { decision, rollout }),
    { kind: "registry.stage", version: challenger.version, stage: "Archived", archiveExisting: false },
    ...documents(decision, rollout),
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
    ...tags(challenger.version, "rolled_back", { decision, rollout }),
    ...tags(champion.version, "champion", { decision, rollout }),
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

/** Whoever owns everything is the champion, whatever slot it came from; a variant of an experiment keeps its name. */
function allToOne({ rollout, highestEpoch }: Observation, version: string): Allocation {
  const { champion, challenger } = slotsOf(rollout);
  const slot = version === rollout.challenger.version ? challenger : champion;
  const moved = reallocate(rollout.allocation, [{ slot, version, basisPoints: 10_000 }], highestEpoch + 1);
  const isVariant = rollout.policy.kind === "ramp" && rollout.policy.experiment !== null;
  return { ...moved, shadow: false, arms: moved.arms.map((arm) => ({ ...arm, slot: isVariant ? arm.slot : "champion" })) };
}

function slotsOf({ slots }: Rollout): RolloutSlots {
  return slots ?? { champion: "champion", challenger: "challenger", control: null };
}

const LIFECYCLE = "gauntlet.lifecycle";

type Lifecycle = "challenger" | "champion" | "previous" | "archived" | "rolled_back";

/** What a version is called in its tag; the planner's words for versions that ramp. */
const WORDS: Readonly<Record<Policy["kind"], Readonly<Record<Lifecycle, string>>>> = {
  abtest: { challenger: "challenger", champion: "champion", previous: "previous", archived: "archived", rolled_back: "rolled_back" },
  rating: { challenger: "challenger", champion: "champion", previous: "previous", archived: "archived", rolled_back: "rolled_back" },
  slots: { challenger: "challenger", champion: "champion", previous: "challenger", archived: "archived", rolled_back: "rolled_back" },
  ramp: { challenger: "candidate", champion: "production", previous: "archived", archived: "archived", rolled_back: "archived" },
};

function tags(version: string, lifecycle: Lifecycle, { decision, rollout }: { readonly decision: Decision; readonly rollout: Rollout }): readonly Draft[] {
  const word = WORDS[rollout.policy.kind][lifecycle];
  return [
    { kind: "registry.tag", version, name: LIFECYCLE, value: word },
    ...stageTag(rollout, version, word),
    { kind: "registry.tag", version, name: "gauntlet.decision_id", value: decision.id },
    { kind: "registry.tag", version, name: "gauntlet.reason", value: decision.reason },
  ];
}

/** Document 001 keeps the lifecycle in a tag `stage`, which its own tools read. */
function stageTag({ policy }: Rollout, version: string, value: string): readonly Draft[] {
  return policy.kind === "ramp" && policy.mode === "compat" ? [{ kind: "registry.tag", version, name: "stage", value }] : [];
}

function documents(decision: Decision, rollout: Rollout): readonly Draft[] {
  return written(decision, rollout, ["decision.md", "decision.yaml", "model_lifecycle.yaml"]);
}

function written(decision: Decision, rollout: Rollout, names: readonly DocumentEffect["document"][]): readonly Draft[] {
  const runId = rollout.challenger.runId;
  return runId === null ? [] : names.map((document) => ({ kind: "document", runId, decisionId: decision.id, document }));
}

interface Drafted extends Pick<Plan, "becomes" | "pinned" | "stage" | "before"> {
  readonly id: string;
  readonly rollout: Rollout;
  readonly drafts: readonly Draft[];
}

function sealPlan({ id, rollout, drafts, becomes, pinned, stage, before }: Drafted): Plan {
  const wanted = drafts.filter((draft) => rollout.policy.effects.includes(draft.kind satisfies EffectFamily));
  return {
    decisionId: id,
    model: rollout.model,
    effects: wanted.map((draft, index) => ({ ...draft, key: `${id}/${index}`, model: rollout.model }) as Effect),
    ...(pinned === undefined ? {} : { pinned }),
    becomes,
    ...(stage === undefined ? {} : { stage }),
    ...(before === undefined ? {} : { before }),
  };
}
