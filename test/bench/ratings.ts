import { countPairs, driftOf, fitRatings, refitRatings, replayElo, ratingViewOf, uncertaintyOf, mergeCounts, SERVICE_ELO, serviceElo, type Match, type PairColumns, type TableRow } from "@gauntlet/core";

import { ratingPolicy } from "../../packages/core/src/testing/rating-observation.ts";
import { bestOf, ratePerSecond, type BenchRow } from "./row.ts";

const PARTICIPANTS = 1000;
const MATCHES = 10_000_000;

/** Ratings of a thousand participants on one core: incremental Elo, and the fit of all matches. */
export function benchRatings(): readonly BenchRow[] {
  const ids = Array.from({ length: PARTICIPANTS }, (_, i) => `v${String(i).padStart(4, "0")}`);
  const anyone = columnsOf(MATCHES, PARTICIPANTS);
  // A promotion ladder: each version met only the ten around it.
  const ladder = columnsOf(500_000, 10);
  const counts = countPairs(ladder, ids);
  const fit = fitRatings(counts, HALF);
  const one = countPairs({ first: Uint32Array.of(500), second: Uint32Array.of(504), score: Uint8Array.of(2) }, ids);
  const eloPerSecond = bestOf(3, () => perSecond(MATCHES, () => replayElo(anyone, 32, new Float64Array(PARTICIPANTS).fill(1500))));
  const rows = recordsOf(ids, 100_000);
  const rowsPerSecond = bestOf(3, () => perSecond(rows.length, () => void serviceElo(rows, SERVICE_ELO)));
  const elo = serviceElo(rows, SERVICE_ELO);
  const pair = { policy: ratingPolicy(), alpha: 0.05, challenger: ids[504] as string, baseline: ids[500] as string };
  const cold = millisecondsOf(5, () => void fitRatings(counts, HALF));
  return [
    { name: "ratings: Elo over columns, matches", perSecond: eloPerSecond, target: 20e6, baseline: { name: "match by match into rows", perSecond: rowsPerSecond } },
    { name: "ratings: 10 M matches counted, matches", perSecond: bestOf(2, () => perSecond(MATCHES, () => void countPairs(anyone, ids))), target: null },
    atMost("ratings: 10 M matches of 1000 counted and fitted, ms", millisecondsOf(3, () => void fitRatings(countPairs(anyone, ids), HALF)), 1000),
    atMost("ratings: promotion ladder of 1000 fitted, ms", cold, 50),
    atMost("ratings: its standard errors, ms", millisecondsOf(3, () => void uncertaintyOf(fit).standardErrors()), null),
    atMost("ratings: what 100,000 matches say of two of them, for a decision, ms", millisecondsOf(3, () => void ratingViewOf({ matches: rows, fit, elo, digest: "" }, pair)), null),
    ...driftRows(ids),
    { ...atMost("ratings: its refit after one match, ms", millisecondsOf(15, () => void refitRatings(fit, mergeCounts([counts, one]))), 5), baseline: { name: "fitted from 0, ms", perSecond: cold } },
  ];
}

/** Two nodes' tables of a thousand participants, a hundred of whom differ. */
function driftRows(ids: readonly string[]): readonly BenchRow[] {
  const table = (add: number): readonly TableRow[] => ids.map((participant, i) => ({ participant, board: "square8", numPlayers: 2, rating: 1500 + i + (i % 10 === 0 ? add : 0) }));
  const [ours, theirs] = [table(0), table(30)];
  const shuffled = theirs.toReversed();
  const question = { board: "square8", numPlayers: 2, by: "config" } as const;
  const microseconds = (measure: () => void): number => 1e6 / ratePerSecond(300, measure);
  return [{ ...atMost("ratings: drift of 1000 between two tables in memory, µs", microseconds(() => void driftOf(ours, theirs, question)), 50), baseline: { name: "tables in no order, µs", perSecond: microseconds(() => void driftOf(ours, shuffled, question)) } }];
}

const HALF = { ties: "half", lastPlaces: "unknown", seatRidge: null, priorGames: 0, anchors: new Map() } as const;

function atMost(name: string, measured: number, most: number | null): BenchRow {
  return { name, perSecond: measured, target: null, ...(most === null ? {} : { atMost: most }) };
}

/** Strength rises by a hundredth of a natural unit a version; opponents are within `reach` of each other. */
function columnsOf(matches: number, reach: number): PairColumns {
  const first = new Uint32Array(matches);
  const second = new Uint32Array(matches);
  const score = new Uint8Array(matches);
  let state = 0x9e3779b9;
  const below = (n: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
  for (let i = 0; i < matches; i++) {
    const a = below(PARTICIPANTS);
    const b = Math.min(PARTICIPANTS - 1, Math.max(0, reach === PARTICIPANTS ? below(PARTICIPANTS) : a - reach / 2 + below(reach)));
    first[i] = a;
    second[i] = b === a ? (a + 1) % PARTICIPANTS === 0 ? a - 1 : a + 1 : b;
    score[i] = below(10_000) < 10_000 / (1 + Math.exp((second[i]! - a) / 100)) ? 2 : 0;
  }
  return { first, second, score };
}

function recordsOf(ids: readonly string[], matches: number): readonly Match[] {
  const { first, second, score } = columnsOf(matches, PARTICIPANTS);
  return Array.from(first, (a, i) => ({ id: String(i), players: [ids[a]!, ids[second[i]!]!], places: score[i] === 2 ? [1, 2] : [2, 1], board: "b", numPlayers: 2, length: null, durationMs: null, at: i, origin: "n", tournament: null }));
}

function perSecond(count: number, work: () => void): number {
  const from = performance.now();
  work();
  return (count * 1000) / (performance.now() - from);
}

/** The least of some rounds, after one to warm up. */
function millisecondsOf(rounds: number, work: () => void): number {
  work();
  return 1000 / bestOf(rounds, () => perSecond(1, work));
}
