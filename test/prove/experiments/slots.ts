import { decide, type Decision, type SlotsPolicy } from "@gauntlet/core";

import { slotsObservation, type SlotSituation } from "../../../packages/core/src/testing/slots-observation.ts";
import type { Experiment } from "../experiment.ts";
import { type Random, threshold } from "../random.ts";
import { ALPHA } from "./worlds.ts";

const RUNS = { short: 60, long: 4000 };
const GAMES_MAX = 600;
const LOOK = 20;
/** Rounds of a game that every slot predicts. */
const ROUNDS = 5;

interface Table {
  /** Chances of the version in each of the first two slots to win, after so many games of both; a tenth are tied. */
  wins(slot: 0 | 1, games: number): number;
  /** Of a round, for the version of each slot. */
  readonly right: readonly [number, number, number, number];
}

/** I11 for cycles of slots: whole decisions, looked at all along, where nobody is better than who has the slot. */
export function slotsExperiments(): readonly Experiment[] {
  const made = { method: "strict slots policy, at most 600 games", guarantee: "exact", alpha: ALPHA, expects: "holds", note: null, reference: null, runs: RUNS, columns: ["every 20 games"] } as const;
  const equal: Table = { wins: () => 0.45, right: [0.4, 0.4, 0.4, 0.4] };
  const drifting: Table = { ...equal, wins: (_, games) => (Math.floor(games / 100) % 2 === 0 ? 0.2 : 0.7) };
  const better: Table = { ...equal, wins: (slot) => (slot === 1 ? 0.6 : 0.3) };
  const told = (table: Table, mode: SlotsPolicy["mode"], happens: (decision: Decision) => boolean): Experiment["simulate"] => (random, runs) => [count(runs, () => happens(cycleOf(random, table, mode)))];
  const promoted = ({ verdict }: Decision): boolean => verdict === "promote";
  return [
    { ...made, id: "slots-promoted", world: "equal versions, a tenth of the games tied: promoted", simulate: told(equal, "strict", promoted) },
    { ...made, id: "slots-drifting", world: "equal versions, that win 20 % of a hundred games and 70 % of the next: promoted", simulate: told(drifting, "strict", promoted) },
    { ...made, id: "slots-worse", world: "equal versions: ended early as worse", simulate: told(equal, "strict", ({ reason }) => reason === "worse") },
    { ...made, id: "slots-reordered", world: "equally accurate challengers: put in another order when the cycle ends", simulate: told(equal, "strict", ({ slots }) => slots?.reorderApplied === true) },
    { ...made, id: "slots-found", world: "the challenger scores 65 %, the champion 35 %: promoted", alpha: 0.8, expects: "breaks", note: "not a null world: it must be promoted nearly always", runs: { short: 60, long: 2000 }, simulate: told(better, "strict", promoted) },
    { ...made, id: "slots-compat", method: "compat slots policy", world: "equal versions, one look at 60 games: promoted", guarantee: "fixed-sample", expects: "breaks", note: "why compat mode is not the default", simulate: told(equal, "compat", promoted) },
  ];
}

function count(runs: number, happens: () => boolean): number {
  let found = 0;
  for (let run = 0; run < runs; run++) if (happens()) found++;
  return found;
}

interface Counts {
  games: number;
  wins: number;
  ties: number;
  predictions: number;
  correct: number;
}

const HALF = threshold(0.5);
const TIED = threshold(0.1);

/** The decision that ends a cycle; strict ones end at 600 games at the latest. */
function cycleOf(random: Random, { wins, right }: Table, mode: SlotsPolicy["mode"]): Decision {
  const slots: readonly Counts[] = [0, 1, 2, 3].map(() => ({ games: 0, wins: 0, ties: 0, predictions: 0, correct: 0 }));
  const rights = right.map(threshold);
  for (let games = 1; ; games++) {
    const slot = random.bits() < HALF ? 1 : 0;
    const played = slots[slot] as Counts;
    played.games++;
    if (random.bits() < TIED) played.ties++;
    else if (random.bits() < threshold(wins(slot, games) / 0.9)) played.wins++;
    for (let round = 0; round < ROUNDS; round++) {
      for (const [index, counts] of slots.entries()) {
        counts.predictions++;
        if (random.bits() < (rights[index] as number)) counts.correct++;
      }
    }
    if (games % LOOK !== 0 || (mode === "compat" && games < 60)) continue;
    const observation = slotsObservation({ policy: { mode, maxGames: mode === "strict" ? GAMES_MAX : null }, slots: slots.map((counts): SlotSituation => ({ ...counts })) });
    const decision = decide(observation.rollout.policy, observation);
    if (decision.verdict !== "hold" || games >= 2 * GAMES_MAX) return decision;
  }
}
