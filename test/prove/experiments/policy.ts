import type { AbtestPolicy } from "@gauntlet/core";

import type { Experiment } from "../experiment.ts";
import { proveDecision, STRICT, WATCHED, type DecisionWorld } from "../prove-decision.ts";
import type { Random } from "../random.ts";
import { ALPHA } from "./worlds.ts";

const RUNS = { short: 1000, long: 20_000 };
const MADE = { method: "strict abtest policy, two looks", guarantee: "mixed", alpha: ALPHA, expects: "holds", note: null, reference: null, runs: RUNS, columns: ["promoted"] } as const;

/** Errors that pass the rate check whatever is drawn: a null of one gate must not hide behind another gate. */
const CLEAN = { errors: [0.002, 0], latency: null } as const;
/** Twelve looks from the minimum sample on: a policy that is watched may be looked at whenever one likes. */
const OFTEN = Array.from({ length: 12 }, (_, look) => Math.round(1000 * 1.313 ** look));
const SMALL = [1000, 2000] as const;
const LARGE = [10_000, 20_000] as const;

/** Shares in the order of PAIRED from what a world is about: a base rate, two recalls and two precisions with what both have in common. */
function sharesOf(world: { readonly base: number; readonly recalls: Two; readonly onlyChampion: number; readonly precisions: Two; readonly bothFalse: number }): readonly number[] {
  const { base, recalls, onlyChampion, precisions, bothFalse } = world;
  const both = recalls[0] - onlyChampion;
  const onlyChallenger = recalls[1] - both;
  const falseAlarms = (arm: 0 | 1) => (base * recalls[arm] * (1 - precisions[arm])) / precisions[arm];
  const shared = bothFalse * Math.min(falseAlarms(0), falseAlarms(1));
  const cells = { bothHit: base * both, onlyChallenger: base * onlyChallenger, onlyChampion: base * onlyChampion, bothMiss: base * (1 - both - onlyChallenger - onlyChampion), bothFalse: shared, onlyChallengerFalse: falseAlarms(1) - shared, onlyChampionFalse: falseAlarms(0) - shared };
  const right = 1 - Object.values(cells).reduce((sum, share) => sum + share, 0);
  return [right, cells.bothHit, cells.onlyChallenger, cells.bothMiss, cells.onlyChampion, cells.bothFalse, cells.onlyChallengerFalse, cells.onlyChampionFalse];
}

type Two = readonly [champion: number, challenger: number];

/** Each gate of the policy exactly on its border, everything else clearly fine; then both at once. */
export function policyExperiments(): readonly Experiment[] {
  const onRecall = (recalls: Two, onlyChampion: number, base = 0.1) => sharesOf({ base, recalls, onlyChampion, precisions: [0.9, 0.95], bothFalse: 0.5 });
  const onPrecision = (precisions: Two, base = 0.1) => sharesOf({ base, recalls: [0.7, 0.9], onlyChampion: 0.02, precisions, bothFalse: 0.5 });
  const promoted = (id: string, world: string, truth: DecisionWorld, more: Partial<Experiment> = {}): Experiment => ({ ...MADE, id: `policy-${id}`, world, simulate: prove(STRICT, truth, "promote"), ...more });
  return [
    promoted("recall", "recall exactly 1.05 times (.80, .84), 1000 to 2000 positives", { ...CLEAN, requests: LARGE, shares: onRecall([0.8, 0.84], 0.06) }),
    promoted("recall-high", "recall exactly 1.05 times (.94, .987), 1000 to 2000 positives", { ...CLEAN, requests: LARGE, shares: onRecall([0.94, 0.987], 0.005) }),
    promoted("recall-few", "recall exactly 1.05 times (.80, .84), 100 to 200 positives", { ...CLEAN, requests: SMALL, shares: onRecall([0.8, 0.84], 0.06) }),
    promoted("recall-rare", "recall exactly 1.05 times (.80, .84), 50 to 100 positives, half of them found by one alone", { ...CLEAN, requests: SMALL, shares: onRecall([0.5, 0.525], 0.25, 0.05) }),
    promoted("precision", "precision exactly 1 point lower (.90, .89), 700 to 2000 alarms", { ...CLEAN, requests: LARGE, shares: onPrecision([0.9, 0.89]) }),
    promoted("precision-high", "precision exactly 1 point lower (.995, .985), 700 to 1800 alarms", { ...CLEAN, requests: LARGE, shares: onPrecision([0.995, 0.985]) }),
    promoted("precision-few", "precision exactly 1 point lower (.90, .89), 70 to 200 alarms", { ...CLEAN, requests: SMALL, shares: onPrecision([0.9, 0.89]) }),
    promoted("precision-few-high", "precision exactly 1 point lower (.995, .985), 70 to 180 alarms", { ...CLEAN, requests: SMALL, shares: onPrecision([0.995, 0.985]) }),
    promoted("both", "recall exactly 1.05 times and precision exactly 1 point lower", { ...CLEAN, requests: LARGE, shares: sharesOf({ base: 0.1, recalls: [0.8, 0.84], onlyChampion: 0.06, precisions: [0.9, 0.89], bothFalse: 0.5 }) }),
    promoted("latency", "p95 latency exactly at the cap of 100 ms, log-normal", { ...CLEAN, requests: [4000, 8000], shares: onPrecision([0.9, 0.95]), latency: { draw: (random) => (100 / Math.exp(0.5 * 1.6448536269514722)) * Math.exp(0.5 * random.normal()), challengerAdds: 0 } }, { runs: { short: 300, long: 20_000 } }),
    promoted("latency-rise", "p95 latency exactly 10 ms higher, log-normal", { ...CLEAN, requests: [4000, 8000], shares: onPrecision([0.9, 0.95]), latency: { draw: (random) => 30 * Math.exp(0.3 * random.normal()), challengerAdds: 10 } }, { runs: { short: 300, long: 20_000 } }),
    promoted("errors", "errors .4 % against .2 %; the check with a margin of 0 compares as it is", { requests: LARGE, latency: null, errors: [0.002, 0.004], shares: onPrecision([0.9, 0.95]) }, { expects: "told", note: "the check is labelled `point`: it claims no bound, and the other gates are all passed" }),
    ...watched(onRecall, onPrecision),
    { ...MADE, id: "policy-harm", world: "the same model twice, judged by its harm rules at both looks", columns: ["rolled back"], simulate: prove(STRICT, { requests: LARGE, latency: null, errors: [0.01, 0.01], shares: sharesOf({ base: 0.1, recalls: [0.8, 0.8], onlyChampion: 0.08, precisions: [0.9, 0.9], bothFalse: 0.5 }) }, "rollback") },
    { ...MADE, id: "policy-compat", method: "compat abtest policy", expects: "breaks", world: "recall exactly 1.05 times (.80, .84): points are compared as they are", note: "why compat mode is not the default", simulate: prove({ ...STRICT, mode: "compat" }, { ...CLEAN, requests: LARGE, shares: sharesOf({ base: 0.1, recalls: [0.8, 0.84], onlyChampion: 0.06, precisions: [0.9, 0.9], bothFalse: 0.5 }) }, "promote") },
  ];
}

type Shares<T extends readonly unknown[]> = (...about: T) => readonly number[];

/** I11: the same borders under a policy that is watched all the time. */
function watched(onRecall: Shares<[Two, number, number?]>, onPrecision: Shares<[Two, number?]>): readonly Experiment[] {
  const made = { ...MADE, method: "strict abtest policy, watched (12 looks)", runs: { short: 60, long: 20_000 } } as const;
  const world = (id: string, text: string, shares: readonly number[]): Experiment => ({ ...made, id: `watched-${id}`, world: text, simulate: prove(WATCHED, { ...CLEAN, requests: OFTEN, shares }, "promote") });
  return [
    world("recall", "recall exactly 1.05 times (.80, .84), 100 to 2000 positives", onRecall([0.8, 0.84], 0.06)),
    world("precision", "precision exactly 1 point lower (.90, .89), 70 to 2000 alarms", onPrecision([0.9, 0.89])),
    world("precision-high", "precision exactly 1 point lower (.995, .985), 70 to 1800 alarms", onPrecision([0.995, 0.985])),
    { ...made, id: "watched-found", world: "recall .70 against .90 and precision 5 points higher", expects: "breaks", note: "not a null world: the policy must promote, or a rate of 0 above would mean nothing", runs: { short: 60, long: 1000 }, simulate: prove(WATCHED, { ...CLEAN, requests: OFTEN, shares: onRecall([0.7, 0.9], 0.02) }, "promote") },
  ];
}

function prove(policy: AbtestPolicy, world: DecisionWorld, verdict: "promote" | "rollback"): Experiment["simulate"] {
  return (random: Random, runs: number) => [proveDecision(policy, world, { random, runs, verdict })];
}
