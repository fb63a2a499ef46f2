import { decide, type AbtestPolicy, type Decision } from "@gauntlet/core";

import { abtestPolicy, observationOf, pairedCells } from "../../../packages/core/src/testing/observation.ts";
import type { Experiment } from "../experiment.ts";
import type { Random } from "../random.ts";
import { ALPHA } from "./worlds.ts";

const POLICY = abtestPolicy({ harm: [], checks: [{ kind: "superiority", metric: "recall", improveBy: { parts: 1, of: 20 }, basis: "relative" }] });

/** Positives of a look: found by both, by the challenger alone, by none, by the champion alone. Recall is exactly 1.05 times. */
const SHARES = [0.74, 0.1, 0.1, 0.06] as const;
const POSITIVES = 1000;
/** Between the two looks. On each day this many positives of the first one are corrected: others take their place, drawn from the same shares. */
const DAYS = 28;
const CORRECTED = 50;

/**
 * Two looks, and labels that are corrected between them. The world is on the border at every instant, so that each judgement
 * has its share of alpha to err by; judged at every tick, the first look has many.
 */
function promotions(random: Random, runs: number, rejudged: boolean): number {
  let promoted = 0;
  for (let run = 0; run < runs; run++) if (verdictOf(random, rejudged) === "promote") promoted++;
  return promoted;
}

function verdictOf(random: Random, rejudged: boolean): Decision["verdict"] {
  const seen = Array.from({ length: POSITIVES }, () => drawn(random));
  let verdict = judged(POLICY, seen, 1);
  for (let day = 0; day < DAYS && verdict === "hold"; day++) {
    for (let i = 0; i < CORRECTED; i++) seen[Math.floor(random.unit() * POSITIVES)] = drawn(random);
    if (rejudged) verdict = judged(POLICY, seen, 1);
  }
  if (verdict !== "hold") return verdict;
  for (let i = 0; i < POSITIVES; i++) seen.push(drawn(random));
  return judged(POLICY, seen, 2);
}

function drawn(random: Random): number {
  let u = random.unit();
  let cell = 0;
  while (cell < 3 && u >= (SHARES[cell] as number)) u -= SHARES[cell++] as number;
  return cell;
}

function judged(policy: AbtestPolicy, seen: readonly number[], look: 1 | 2): Decision["verdict"] {
  const [bothHit, onlyChallenger, bothMiss, onlyChampion] = SHARES.map((_, cell) => seen.reduce((n, one) => (one === cell ? n + 1 : n), 0)) as [number, number, number, number];
  const live = [seen.length * 8, seen.length * 2] as const;
  const paired = pairedCells({ bothHit, onlyChallenger, bothMiss, onlyChampion, bothFalse: 0, onlyChallengerFalse: 0, onlyChampionFalse: 0, bothRight: seen.length * 9 });
  return decide(policy, observationOf({ policy, look, counts: { live, labelled: live, errors: [0, 0], paired } })).verdict;
}

const MADE = { guarantee: "mixed", alpha: ALPHA, reference: null, runs: { short: 1000, long: 20_000 }, columns: ["promoted"] } as const;
/** Of looks that are judged again 7.5 % promote: a short run must have enough of them to be sure that this is more than 5 %. */
const MANY = { short: 4000, long: 20_000 } as const;
const WORLD = `recall exactly 1.05 times, ${POSITIVES} positives; 5 % of the first look's labels are corrected on each of ${DAYS} days before the second`;

/** I35: why a look is judged once. */
export function lateLabelExperiments(): readonly Experiment[] {
  return [
    { ...MADE, id: "late-once", method: "strict abtest policy, each look judged once", world: WORLD, expects: "holds", note: null, simulate: (random, runs) => [promotions(random, runs, false)] },
    { ...MADE, runs: MANY, id: "late-again", method: "the same, the first look judged again every day", world: WORLD, expects: "breaks", note: "why a look that was left open is not judged again", simulate: (random, runs) => [promotions(random, runs, true)] },
  ];
}
