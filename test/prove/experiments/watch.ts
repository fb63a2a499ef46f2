import { allocate, decide, digestOf, type AbtestPolicy, type Decision, type Observation } from "@gauntlet/core";

import { BETTER, DAY, evidenceOf, observationOf, rolloutOf, START } from "../../../packages/core/src/testing/observation.ts";
import type { Experiment } from "../experiment.ts";
import { type Random, threshold } from "../random.ts";
import { ALPHA } from "./worlds.ts";

const WATCH_MS = 3 * DAY;
const SINCE = START + 45 * DAY;
/** Of the champion, in the test. */
const BEFORE = 8000;
const TICKS = 24;
const A_TICK = 500;

/** What a version that won its test and has all traffic is watched by. */
interface World {
  readonly policy: Partial<AbtestPolicy>;
  /** Rates of errors: the champion's in the test, and the challenger's since. */
  readonly errors: readonly [before: number, since: number];
  /** Whether its time is over at every tick, or at none. */
  readonly isOver: boolean;
}

/** I32's other side: a version that is no worse than the champion was is seldom taken back, and one that breaks its limit is seldom promoted. */
export function watchExperiments(): readonly Experiment[] {
  const made = { method: "strict watch after a test", guarantee: "exact", alpha: ALPHA, expects: "holds", note: null, reference: null, runs: { short: 60, long: 4000 }, columns: [`${TICKS} ticks`] } as const;
  const harm: World["policy"] = { checks: [], harm: [{ kind: "rate", metric: "error", increaseMax: { parts: 0, of: 1 }, alpha: { parts: 1, of: 20 } }] };
  const limit: World["policy"] = { harm: [], checks: [{ kind: "bound", metric: "error", figure: { kind: "rate" }, atLeast: null, atMost: { parts: 1, of: 100 } }] };
  const ended = (world: World, verdict: Decision["verdict"]): Experiment["simulate"] => (random, runs) => [Array.from({ length: runs }, () => verdictOf(world, random)).filter((found) => found === verdict).length];
  return [
    { ...made, id: "watch-equal", world: "errors 2 % in the test's 8,000 and since, 500 more at each tick, a rule of harm of 5 % without a margin: taken back", simulate: ended({ policy: harm, errors: [0.02, 0.02], isOver: false }, "rollback") },
    { ...made, id: "watch-limit", world: "errors exactly at the limit of 1 %, asked again after its time at each tick: promoted", simulate: ended({ policy: limit, errors: [0.01, 0.01], isOver: true }, "promote") },
    { ...made, id: "watch-found", world: "errors 2 % in the test and 4 % since: taken back", alpha: 0.8, expects: "breaks", note: "not a null world: it must be taken back nearly always", runs: { short: 60, long: 1000 }, simulate: ended({ policy: harm, errors: [0.02, 0.04], isOver: false }, "rollback") },
  ];
}

function verdictOf({ policy, errors: [rateBefore, rateSince], isOver }: World, random: Random): Decision["verdict"] {
  const before = observationOf({ policy: { ...policy, watchMs: WATCH_MS } });
  const seen = watched(before, count(random, BEFORE, rateBefore));
  let [live, errors] = [0, 0];
  for (let tick = 1; tick <= TICKS; tick++) {
    live += A_TICK;
    errors += count(random, A_TICK, rateSince);
    const at = isOver ? SINCE + WATCH_MS + tick * 60_000 : SINCE + (tick * WATCH_MS) / (TICKS + 1);
    const observation = seen({ at, live, errors });
    const { verdict } = decide(observation.rollout.policy, observation);
    if (verdict !== "hold") return verdict;
  }
  return "hold";
}

/** The challenger has everything; what the champion did in the test goes along, frozen. */
function watched(base: Observation, errorsBefore: number): (since: { readonly at: number; readonly live: number; readonly errors: number }) => Observation {
  const tested = rolloutOf(base.rollout.policy as AbtestPolicy);
  const { model } = tested.policy;
  const allocation = allocate({ model, epoch: 2, seed: tested.allocation.seed, shares: [{ slot: "challenger", version: "2", basisPoints: 10_000 }], shadow: false });
  const paired = { ...BETTER, paired: null };
  const before = evidenceOf({ ...paired, live: [BEFORE, 0], errors: [errorsBefore, 0] });
  const rollout = { ...tested, allocation, stage: { index: 1, since: SINCE, before } };
  return ({ at, live, errors }) => {
    const evidence = evidenceOf({ ...paired, live: [0, live], labelled: [0, 0], errors: [0, errors] });
    return {
      ...base,
      at,
      rollout,
      highestEpoch: 2,
      traffic: { available: true, ...allocation },
      evidence: { available: true, soFar: evidence, look: { number: 1, of: 1, cutoff: at, dueAt: SINCE + WATCH_MS, evidence, digest: digestOf(evidence) }, recent: [] },
    };
  };
}

function count(random: Random, of: number, rate: number): number {
  const below = threshold(rate);
  let hits = 0;
  for (let i = 0; i < of; i++) if (random.bits() < below) hits++;
  return hits;
}
