import type { AbtestPolicy, Policy, PolicyMode, RampPolicy } from "@gauntlet/core";

import type { Random } from "./random.ts";

export const MODEL = "fraud";
export const LEASE_MS = 10_000;
export const START_AT = 1_767_225_600_000;

const SECOND = 1000;
/** Long enough for two looks, and for everything that was late. */
export const ROLLOUT_MS = 130 * SECOND;

/** What the outcomes say, when nothing interferes. */
export type Story = "better" | "no_better" | "harmful" | "better_then_harmful";

export interface Scenario {
  readonly policy: Policy;
  readonly story: Story;
  readonly expected: "promoted" | "retained" | "rolled_back";
  readonly controllers: number;
  readonly rollouts: 1 | 2;
  readonly acts: readonly OperatorAct[];
  /** Somebody asks for a rollback as soon as a promotion is being applied. */
  readonly panics: boolean;
  readonly foreign: readonly ForeignMove[];
  /** Whether the controllers' clocks differ from the world's by up to so much. */
  readonly skewMs: number;
  /** What the person at the end does about a rollout that somebody else's move holds. */
  readonly endsForeignHold: boolean;
}

interface OperatorAct {
  readonly afterMs: number;
  readonly kind: "promote" | "reject" | "rollback" | "hold" | "resume";
}

interface ForeignMove {
  readonly afterMs: number;
  readonly alias: "champion" | "challenger" | "previous";
  readonly version: string | null;
  /** When they put it back; null: never. */
  readonly undoneAfterMs: number | null;
}

export function drawScenario(random: Random): Scenario {
  const story = random.pick<Story>(["better", "better", "no_better", "harmful"]);
  const mode = random.pick<PolicyMode>(["strict", "compat"]);
  const joined = random.chance(0.5);
  const approved = random.chance(0.25);
  const policy = policyOf({ mode, joined, approved, continuous: mode === "strict" && random.chance(0.25) });
  const rollouts = random.chance(0.25) ? 2 : 1;
  const horizon = rollouts * ROLLOUT_MS;
  const times = (likely: number, max: number): number[] =>
    Array.from({ length: random.chance(likely) ? random.between(1, max + 1) : 0 }, () => random.between(0, horizon)).toSorted((a, b) => a - b);
  // A rollback that is asked for while a promotion is under way meets late writes only where nobody else asks or moves anything.
  const panics = random.chance(story === "better" ? 0.35 : 0);
  const scenario: Scenario = {
    policy,
    story,
    expected: story === "better" ? "promoted" : story === "harmful" ? "rolled_back" : "retained",
    controllers: random.pick([1, 2, 2, 3]),
    rollouts,
    acts: times(panics ? 0 : 0.5, 4).map((afterMs) => ({ afterMs, kind: random.pick(["promote", "reject", "rollback", "rollback", "hold", "resume"] as const) })),
    panics,
    foreign: times(panics ? 0 : 0.25, 2).map((afterMs) => ({ afterMs, alias: random.pick(["champion", "champion", "challenger", "previous"] as const), version: random.pick(["9", "9", "1", "2", null] as const), undoneAfterMs: random.chance(0.4) ? afterMs + random.between(1000, 60_000) : null })),
    skewMs: random.chance(0.3) ? 2 * SECOND : 0,
    endsForeignHold: random.chance(0.5),
  };
  const drawn = random.chance(0.25) ? rampOf({ mode, approved, watched: mode === "strict" && random.chance(0.5) }) : mode === "strict" && random.chance(0.3) ? withWatch(policy) : policy;
  return { ...scenario, policy: random.chance(0.5) ? { ...drawn, onForeignMove: "revert" } : drawn };
}

export const WATCH_MS = 25 * SECOND;

/** Document 003's last phase as one: a test that a person signs for, all traffic, a watch, the promotion; sometimes harm in the watch. */
export function drawPromotion(random: Random): Scenario {
  const policy = policyOf({ mode: "strict", joined: random.chance(0.5), approved: true, continuous: false });
  return {
    policy: withWatch(policy),
    story: random.pick<Story>(["better", "better", "better_then_harmful"]),
    expected: "promoted",
    controllers: random.pick([1, 2, 3]),
    rollouts: 1,
    acts: [],
    panics: random.chance(0.2),
    foreign: [],
    skewMs: random.chance(0.3) ? 2 * SECOND : 0,
    endsForeignHold: true,
  };
}

/** Outcomes have nothing but errors to be watched by. */
export function withWatch(policy: AbtestPolicy): AbtestPolicy {
  return { ...policy, name: `${policy.name}, watched`, watchMs: WATCH_MS, harm: [...policy.harm.filter(({ kind }) => kind !== "rate"), { kind: "rate", metric: "error", increaseMax: { parts: 1, of: 50 }, alpha: { parts: 1, of: 1000 } }] };
}

/** `joined`: outcomes are joined with labels and pairs, and recall decides; otherwise the rate of errors does. */
export function policyOf({ mode, joined, approved, continuous }: { readonly mode: PolicyMode; readonly joined: boolean; readonly approved: boolean; readonly continuous: boolean }): AbtestPolicy {
  return {
    kind: "abtest",
    name: `${joined ? "recall" : "errors"}, ${mode}`,
    model: MODEL,
    mode,
    metrics: { error: "rate" },
    monitoring: continuous ? "continuous" : "looks",
    spending: "each",
    bucketMs: 5 * SECOND,
    approval: approved ? { by: 1, notBy: ["author"] } : null,
    effects: ["registry.alias", "registry.tag", ...(mode === "compat" ? (["registry.stage"] as const) : []), "traffic", "document"],
    impact: null,
    split: { champion: 5000, challenger: 5000 },
    shadow: joined,
    window: { minMs: 60 * SECOND, maxMs: 90 * SECOND },
    labels: { maturityMs: 10 * SECOND, coverageMin: { parts: 19, of: 20 }, coverageGapMax: { parts: 1, of: 10 } },
    minSamples: 20,
    alpha: { parts: 1, of: 20 },
    srmAlpha: { parts: 1, of: 1000 },
    checks: joined ? [{ kind: "superiority", metric: "recall", improveBy: { parts: 1, of: 20 }, basis: "relative" }] : [{ kind: "rate", metric: "error", increaseMax: { parts: 0, of: 1 } }],
    harm: joined ? [{ kind: "recall", alpha: { parts: 1, of: 1000 } }] : [{ kind: "rate", metric: "error", increaseMax: { parts: 1, of: 50 }, alpha: { parts: 1, of: 1000 } }],
  };
}

/** Two rungs and everything, which may be watched. Whoever is no better is promoted in compat mode, whose document asks for nothing better. */
export function rampOf({ mode, approved, watched }: { readonly mode: PolicyMode; readonly approved: boolean; readonly watched: boolean }): RampPolicy {
  const accepted = { metric: "accepted", figure: { kind: "rate" }, better: "higher" } as const;
  return {
    kind: "ramp",
    name: `ramp, ${mode}`,
    model: MODEL,
    mode,
    metrics: { accepted: "rate" },
    bucketMs: 5 * SECOND,
    approval: approved ? { when: "always", by: 1, notBy: ["author"] } : null,
    effects: ["registry.alias", "registry.tag", ...(mode === "compat" ? (["registry.stage"] as const) : []), "traffic", "document"],
    impact: null,
    experiment: null,
    admission: { offline: [] },
    stages: [
      { name: "quarter", basisPoints: 2500, dwellMs: 25 * SECOND },
      { name: "half", basisPoints: 5000, dwellMs: 25 * SECOND },
      { name: "all", basisPoints: 10_000, dwellMs: watched ? 25 * SECOND : null },
    ],
    control: "equal",
    maturityMs: 5 * SECOND,
    minSamples: 20,
    srmAlpha: { parts: 1, of: 1_000_000 },
    alpha: { parts: 1, of: 20 },
    spending: "each",
    harmAlpha: { parts: 1, of: 1000 },
    checks: [
      { kind: "noWorseThan", ...accepted, margin: { parts: 4, of: 5 }, floor: { parts: 1, of: 200 } },
      ...(mode === "strict" ? [{ kind: "improveBy", ...accepted, margin: { parts: 0, of: 1 } } as const] : []),
    ],
  };
}
