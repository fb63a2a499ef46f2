import { Failure } from "../../failure/failure.ts";
import type { MatchCounts } from "../counts/match-counts.ts";
import type { RatingModel } from "./rating-model.ts";

/**
 * A choice among players that happened `count` times: who comes first of those who are left (Plackett 1975, Luce 1959).
 * `shares` sums over the choices 1/t for each of the t that came first together.
 */
export interface Stage {
  /** Participants, ascending, and the seat of each; −1 where seats are left out. */
  readonly players: readonly number[];
  readonly seats: readonly number[];
  readonly count: number;
  readonly shares: readonly number[];
  /** How often t came first together, for each t of the model's tie sizes. */
  readonly tied: readonly number[];
  /** A virtual game knows no ties. */
  readonly virtual: boolean;
}

export interface Stages {
  readonly stages: readonly Stage[];
  /** Tie sizes that happened, ascending. What never happened has no strength: its likelihood is greatest at none. */
  readonly tieSizes: readonly number[];
}

interface Draft {
  readonly players: readonly number[];
  readonly seats: readonly number[];
  count: number;
  readonly shares: number[];
  readonly tiedBySize: Map<number, number>;
  readonly virtual: boolean;
}

type Drafts = Map<string, Draft>;

/** Matches taken apart into choices, each match within the groups that its players are comparable in. */
export function stagesOf(counts: MatchCounts, group: Uint32Array, model: RatingModel): Stages {
  const drafts: Drafts = new Map();
  const met = new Set<number>();
  const n = counts.participants.length;
  const take = (players: readonly number[], places: readonly number[], count: number): void => {
    if (count === 0) return;
    const together = players.every((player) => group[player] === group[players[0]!]);
    for (const indices of together ? [[...players.keys()]] : Map.groupBy(players.keys(), (i) => group[players[i]!]!).values()) {
      if (indices.length < 2) continue;
      choices({ players: indices.map((i) => players[i]!), seats: indices, places: indices.map((i) => places[i]!), count }, drafts, model);
      if (model.priorGames > 0) for (const i of indices) for (const j of indices) if (players[i]! < players[j]!) met.add(players[i]! * n + players[j]!);
    }
  };
  const { first, second, wins, losses, ties } = counts.pairs;
  for (let i = 0; i < first.length; i++) {
    const players = [first[i]!, second[i]!];
    take(players, [1, 2], wins[i]!);
    take(players, [2, 1], losses[i]!);
    take(players, [1, 1], ties[i]!);
  }
  for (const { players, places, count } of counts.groups) take(players, places, count);
  if (model.priorGames > 0) for (const pair of [...met].toSorted((a, b) => a - b)) virtualGames([Math.floor(pair / n), pair % n], drafts, model.priorGames);
  const tieSizes = [...new Set([...drafts.values()].flatMap(({ tiedBySize }) => [...tiedBySize.keys()]))].toSorted((a, b) => a - b);
  const stages = [...drafts.values()].map(({ tiedBySize, ...stage }) => ({ ...stage, tied: tieSizes.map((size) => tiedBySize.get(size) ?? 0) }));
  return { stages, tieSizes };
}

interface Result {
  readonly players: readonly number[];
  readonly seats: readonly number[];
  readonly places: readonly number[];
  readonly count: number;
}

function choices({ players, seats, places, count }: Result, drafts: Drafts, model: RatingModel): void {
  let left = [...players.keys()].toSorted((a, b) => players[a]! - players[b]!);
  const several = players.length > 2;
  for (let stage = 0; left.length > 1; stage++) {
    const best = Math.min(...left.map((i) => places[i]!));
    const chosen = left.filter((i) => places[i] === best);
    if (several && stage > 0 && chosen.length === left.length && model.lastPlaces === "unknown") return;
    const draft = draftOf(drafts, left.map((i) => players[i]!), left.map((i) => (model.seatRidge === null ? -1 : seats[i]!)));
    draft.count += count;
    if (chosen.length > 1 && model.ties === "half") {
      if (left.length > 2) throw new Failure("invalid_input", "half a win for each is a tie of two; several players tied among more", { fix: 'fit with ties: "davidson"' });
    } else if (chosen.length > 1) draft.tiedBySize.set(chosen.length, (draft.tiedBySize.get(chosen.length) ?? 0) + count);
    for (const i of chosen) draft.shares[left.indexOf(i)]! += count / chosen.length;
    left = left.filter((i) => places[i] !== best);
  }
}

function virtualGames(players: readonly number[], drafts: Drafts, games: number): void {
  drafts.set(`virtual ${players.join(",")}`, { players, seats: [-1, -1], count: games, shares: [games / 2, games / 2], tiedBySize: new Map(), virtual: true });
}

function draftOf(drafts: Drafts, players: readonly number[], seats: readonly number[]): Draft {
  const key = `${players.join(",")}|${seats.join(",")}`;
  let draft = drafts.get(key);
  if (draft === undefined) {
    draft = { players, seats, count: 0, shares: players.map(() => 0), tiedBySize: new Map(), virtual: false };
    drafts.set(key, draft);
  }
  return draft;
}
