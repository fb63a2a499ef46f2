import { allocate } from "../allocation/allocate.ts";
import type { Observation, RegisteredVersion } from "../decision/observation.ts";
import type { SlotView, SlotsView, VersionCounts } from "../decision/slots-view.ts";
import { NO_COUNTS } from "../decision/slots/counts.ts";
import { lookOf } from "../decision/slots/look.ts";
import { slotsDigest } from "../decision/slots/slots-view-of.ts";
import type { Rollout, VersionRef } from "../policy/rollout.ts";
import type { SlotCounts } from "../policy/slots-cycle.ts";
import type { SlotsPolicy } from "../policy/slots-policy.ts";
import { DAY, START } from "./observation.ts";

export const SLOTS = ["Production", "B", "shadow1", "shadow2"] as const;

export function slotsPolicy(change: Partial<SlotsPolicy> = {}): SlotsPolicy {
  const strict = change.mode !== "compat";
  return {
    kind: "slots",
    name: "four slots",
    model: "rps_bot_xgboost",
    mode: "strict",
    metrics: { game_score: "moments", correct: "rate" },
    bucketMs: 300_000,
    approval: null,
    effects: ["registry.alias", "registry.tag"],
    impact: null,
    slots: SLOTS,
    win: "game_score",
    accuracy: "correct",
    split: { champion: 5000, challenger: 5000 },
    minGames: strict ? 50 : 3,
    maxGames: strict ? 2000 : null,
    alpha: strict ? { parts: 1, of: 20 } : { parts: 1, of: 5 },
    spending: "each",
    srmAlpha: { parts: 1, of: 1000 },
    reorder: { minPredictions: 100, alpha: { parts: 1, of: 20 } },
    checks: [],
    ...change,
  };
}

/** Of one slot: who holds it, and what was counted there. */
export interface SlotSituation extends Partial<SlotCounts> {
  readonly version?: string | null;
  /** Of the cycle, left out: as many as ever, all of the present holder's. */
  readonly cycle?: readonly (Partial<SlotCounts> & { readonly version: string })[];
}

export interface SlotsSituation {
  readonly policy?: Partial<SlotsPolicy>;
  /** In the order of the policy. */
  readonly slots?: readonly SlotSituation[];
  readonly view?: Partial<SlotsView>;
  readonly rollout?: Partial<Rollout<SlotsPolicy>>;
  readonly observation?: Partial<Observation>;
}

/** A day into a cycle of versions 10, 11, 12 and 13. */
export function slotsObservation({ policy: change = {}, slots: given = [], view = {}, ...situation }: SlotsSituation = {}): Observation {
  const policy = slotsPolicy(change);
  const slots = policy.slots.map((slot, index) => slotView(slot, { version: String(10 + index), ...given[index] }));
  const seen = { slots, baseline: null, cyclesBefore: 0, digest: "", ...view };
  const rollout = { ...rolloutOf(policy, slots, seen), ...situation.rollout };
  const registered = (version: string): RegisteredVersion => ({ ...refOf(version), stage: "None", tags: {}, metrics: {} });
  return {
    schema: 1,
    at: START + DAY,
    rollout,
    highestEpoch: rollout.allocation.epoch,
    registry: { available: true, aliases: Object.fromEntries(slots.flatMap(({ slot, version }) => (version === null ? [] : [[slot, version]]))), versions: [rollout.champion.version, rollout.challenger.version].map(registered) },
    traffic: { available: true, ...rollout.allocation },
    evidence: { available: true, soFar: [], look: lookOf(rollout, START + DAY), recent: [], slots: { ...seen, digest: slotsDigest(seen) } },
    operator: { approvals: [], hold: null, request: null },
    blocked: null,
    ...situation.observation,
  };
}

function slotView(slot: string, { version = null, cycle, ...counts }: SlotSituation): SlotView {
  const total = { ...NO_COUNTS, ...counts };
  const seen = cycle ?? (version === null ? [] : [{ version, ...total }]);
  return { slot, version, total, cycle: seen.map((row): VersionCounts => ({ ...NO_COUNTS, ...row })).filter(({ games, predictions }) => games + predictions > 0) };
}

function rolloutOf(policy: SlotsPolicy, slots: readonly SlotView[], { baseline, cyclesBefore }: SlotsView): Rollout<SlotsPolicy> {
  const [champion, challenger] = slots.map(({ version }) => version ?? "none") as [string, string];
  const { model } = policy;
  const shares = [
    { slot: policy.slots[0], version: champion, basisPoints: policy.split.champion },
    { slot: policy.slots[1], version: challenger, basisPoints: policy.split.challenger },
  ];
  const allocation = allocate({ model, epoch: 3, seed: `${model}-3`, shares, shadow: false });
  return {
    id: `${model}-3`,
    ordinal: 3,
    model,
    policy,
    policyDigest: "0".repeat(64),
    status: "running",
    champion: refOf(champion),
    challenger: refOf(challenger),
    startedAt: START,
    startedBy: "ada",
    allocation,
    slots: { champion: policy.slots[0], challenger: policy.slots[1], control: null },
    cycle: { holders: slots.map(({ slot, version }) => ({ slot, version: version === null ? null : refOf(version) })), baseline, cyclesBefore, carried: { through: 0, slots: {} } },
    snapshot: { aliases: Object.fromEntries(slots.map(({ slot, version }) => [slot, version])), allocation, stages: {} },
  };
}

function refOf(version: string): VersionRef {
  return { version, digest: `sha256:${version.padStart(64, "0")}`, threshold: null, runId: `run-${version}` };
}
