import { decide, histogramBucketOf, type AbtestPolicy, type Decision, type Evidence, type Histogram, type Observation } from "@gauntlet/core";

import { abtestPolicy, evidenceOf, observationOf, pairedCells } from "../../packages/core/src/testing/observation.ts";
import type { Random } from "./random.ts";

/** A truth that a policy must not promote (or, for its harm rules, must not roll back). */
export interface DecisionWorld {
  /** Requests up to each look, the last of them at the end of the window. A policy that is watched all the time may have many. */
  readonly requests: readonly number[];
  /** Of a labelled request, in the order of `PAIRED`; they sum to 1. */
  readonly shares: readonly number[];
  /** Of live requests. */
  readonly errors: readonly [champion: number, challenger: number];
  /** null: a latency that passes whatever happens. */
  readonly latency: { readonly draw: (random: Random) => number; readonly challengerAdds: number } | null;
}

/** What a request can be, most frequent first, so that drawing one is cheap. */
const PAIRED = ["bothRight", "bothHit", "onlyChallenger", "bothMiss", "onlyChampion", "bothFalse", "onlyChallengerFalse", "onlyChampionFalse"] as const;

/**
 * One whole experiment: requests are drawn one by one with what both versions say to them, counted into the evidence the controller would have
 * at its looks, and judged by `decide` itself. Returns the decisions up to the one that ended it.
 */
function runDecisions(policy: AbtestPolicy, world: DecisionWorld, random: Random): readonly Decision[] {
  const tally = emptyTally();
  const decisions: Decision[] = [];
  for (const [index, requests] of world.requests.entries()) {
    drawUpTo(requests, { world, policy, tally, random });
    const decision = decide(policy, observe(policy, tally, index === world.requests.length - 1 ? 2 : 1));
    decisions.push(decision);
    if (decision.verdict !== "hold") break;
  }
  return decisions;
}

/** How many of `runs` experiments ended with this verdict. */
export function proveDecision(policy: AbtestPolicy, world: DecisionWorld, input: { readonly random: Random; readonly runs: number; readonly verdict: Decision["verdict"] }): number {
  let found = 0;
  for (let run = 0; run < input.runs; run++) if (runDecisions(policy, world, input.random).at(-1)?.verdict === input.verdict) found++;
  return found;
}

interface Tally {
  requests: number;
  readonly cells: Record<(typeof PAIRED)[number], number>;
  readonly live: [number, number];
  readonly errors: [number, number];
  readonly latency: readonly [Map<number, number>, Map<number, number>];
}

function emptyTally(): Tally {
  return { requests: 0, cells: { bothRight: 0, bothHit: 0, onlyChallenger: 0, bothMiss: 0, onlyChampion: 0, bothFalse: 0, onlyChallengerFalse: 0, onlyChampionFalse: 0 }, live: [0, 0], errors: [0, 0], latency: [new Map(), new Map()] };
}

function drawUpTo(requests: number, { world, policy, tally, random }: { readonly world: DecisionWorld; readonly policy: AbtestPolicy; readonly tally: Tally; readonly random: Random }): void {
  const share = policy.split.challenger / (policy.split.champion + policy.split.challenger);
  for (; tally.requests < requests; tally.requests++) {
    let u = random.unit();
    let cell = 0;
    while (cell < 7 && u >= (world.shares[cell] as number)) u -= world.shares[cell++] as number;
    tally.cells[PAIRED[cell] as (typeof PAIRED)[number]]++;
    const arm = random.unit() < share ? 1 : 0;
    tally.live[arm]++;
    if (random.unit() < world.errors[arm]) tally.errors[arm]++;
    if (world.latency === null) continue;
    const index = histogramBucketOf(world.latency.draw(random) + arm * world.latency.challengerAdds) ?? 0;
    tally.latency[arm].set(index, (tally.latency[arm].get(index) ?? 0) + 1);
  }
}

/** The shared labels are there in full: what is proven here is the statistics, not the waiting. */
function observe(policy: AbtestPolicy, tally: Tally, look: 1 | 2): Observation {
  const counts = { live: tally.live, labelled: tally.live, paired: pairedCells(tally.cells), errors: tally.errors, latencyMs: [40, 40] } as const;
  const observation = observationOf({ policy, counts, look });
  if (tally.latency[0].size === 0 || !observation.evidence.available) return observation;
  const evidence: Evidence = evidenceOf(counts).map((item) => (item.metric === "latency_ms" ? { ...item, statistic: histogramOf(tally.latency[item.slot === "champion" ? 0 : 1]) } : item));
  return { ...observation, evidence: { ...observation.evidence, soFar: evidence, look: { ...observation.evidence.look, evidence } } };
}

function histogramOf(buckets: ReadonlyMap<number, number>): Histogram {
  let n = 0;
  for (const count of buckets.values()) n += count;
  return { kind: "histogram", n, zeros: 0, buckets: [...buckets].toSorted(([a], [b]) => a - b) };
}

/** The strict policy of the tests, with a minimum that also admits small experiments. */
export const STRICT: AbtestPolicy = abtestPolicy({ minSamples: 200 });

/** The same, watched all the time: every look may end it. */
export const WATCHED: AbtestPolicy = abtestPolicy({ minSamples: 200, monitoring: "continuous" });
