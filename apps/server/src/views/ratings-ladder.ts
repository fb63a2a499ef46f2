import type { LadderEntry, RatingLadderPage } from "@gauntlet/contract";
import type { MatchLedger } from "@gauntlet/controller";
import { Failure, ratingLadder, type LadderRow, type MatchCounts, type RatingFit } from "@gauntlet/core";

import { intervalOf, LEVEL } from "./ratings-interval.ts";

const GROUPS_MAX = 100;

/** A page of the ladder: rows of one group are comparable with each other and with no others. */
export function ladderView(ledger: MatchLedger, { config, offset, limit }: { readonly config: string; readonly offset: number; readonly limit: number }): RatingLadderPage {
  const { rows, problem } = rowsOf(ledger, config);
  const numbers = new Map([...new Set(rows.map(({ group }) => group))].map((group, index) => [group, index]));
  const records = gamesOf(ledger.counts(config));
  const elo = new Map(ledger.elo(config).map(({ participant, rating }) => [participant, rating]));
  const page = rows.slice(offset, offset + limit);
  return {
    config,
    digest: ledger.digest(config),
    level: LEVEL,
    participants: rows.length,
    groups: groupsOf(rows, numbers).slice(0, GROUPS_MAX),
    rows: page.map((row): LadderEntry => ({
      participant: row.participant,
      elo: row.elo,
      standardError: row.standardError,
      ...intervalOf(row.elo, row.standardError),
      group: numbers.get(row.group) ?? 0,
      anchored: row.anchored,
      ...(records.get(row.participant) ?? NO_GAMES),
      serviceElo: elo.get(row.participant) ?? null,
    })),
    problem,
    nextOffset: offset + page.length < rows.length ? offset + page.length : null,
  };
}

/** Where the matches have no finite maximum, all participants are named without a rating. */
function rowsOf(ledger: MatchLedger, config: string): { readonly rows: readonly LadderRow[]; readonly problem: string | null } {
  try {
    return { rows: ladderOf(ledger.fit(config)), problem: null };
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "invalid_input") throw error;
    return { rows: ledger.counts(config).participants.map((participant, group) => ({ participant, elo: null, standardError: null, group, anchored: false })), problem: error.message };
  }
}

const ladders = new WeakMap<RatingFit, readonly LadderRow[]>();

/** Of one fit, once: its standard errors cost a factorisation. */
export function ladderOf(fit: RatingFit): readonly LadderRow[] {
  let ladder = ladders.get(fit);
  if (ladder === undefined) ladders.set(fit, (ladder = ratingLadder(fit)));
  return ladder;
}

function groupsOf(rows: readonly LadderRow[], numbers: ReadonlyMap<number, number>): RatingLadderPage["groups"] {
  return [...Map.groupBy(rows, ({ group }) => group)].map(([group, members]) => ({ group: numbers.get(group) ?? 0, participants: members.length, anchored: members.some(({ anchored }) => anchored) }));
}

interface Games {
  readonly games: number;
  readonly wins: number;
  readonly losses: number;
  readonly draws: number;
}

const NO_GAMES: Games = { games: 0, wins: 0, losses: 0, draws: 0 };

/** Who played how often, and with what result: first alone is a win, last behind somebody a loss. */
export function gamesOf({ participants, pairs, groups }: MatchCounts): ReadonlyMap<string, Games> {
  const n = participants.length;
  const sums = { games: new Float64Array(n), wins: new Float64Array(n), losses: new Float64Array(n) };
  for (let i = 0; i < pairs.first.length; i++) {
    const [a, b] = [pairs.first[i]!, pairs.second[i]!];
    const [wins, losses, ties] = [pairs.wins[i]!, pairs.losses[i]!, pairs.ties[i]!];
    for (const side of [a, b]) sums.games[side]! += wins + losses + ties;
    sums.wins[a]! += wins;
    sums.losses[b]! += wins;
    sums.wins[b]! += losses;
    sums.losses[a]! += losses;
  }
  for (const { players, places, count } of groups) {
    const last = Math.max(...places);
    const firsts = places.filter((place) => place === 1).length;
    for (const [seat, player] of players.entries()) {
      sums.games[player]! += count;
      if (places[seat] === 1 && firsts === 1) sums.wins[player]! += count;
      else if (places[seat] === last && last > 1) sums.losses[player]! += count;
    }
  }
  return new Map(participants.map((id, i) => [id, { games: sums.games[i]!, wins: sums.wins[i]!, losses: sums.losses[i]!, draws: sums.games[i]! - sums.wins[i]! - sums.losses[i]! }]));
}
