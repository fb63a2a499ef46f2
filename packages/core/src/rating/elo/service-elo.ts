import { Failure } from "../../failure/failure.ts";
import type { Match } from "../match/match.ts";
import { afterGame, newEloRow, type EloRow } from "./elo-row.ts";
import { expectedScore } from "./expected-score.ts";

export interface ServiceElo {
  /** 32 in the service. */
  readonly k: number;
  /** The later service: K/(n−1) for boards of n > 2 seats, and times 1.5, 1.25, 1 or 0.75 by the fewer games of the two. */
  readonly adaptive: boolean;
  /** Participants whose rating never moves, and where it stays; their opponents' does, so points are not kept. */
  readonly pinned: ReadonlyMap<string, number>;
}

export const SERVICE_ELO: ServiceElo = { k: 32, adaptive: false, pinned: new Map() };

/**
 * The rating service's incremental Elo (facts of the service, §5), match by match in the order given, so that the same
 * matches in another order give other ratings. Continues from `rows` and returns all of them, sorted by participant.
 *
 * @throws Failure `invalid_input` for a match of three or more rated participants: the service knows two.
 */
export function serviceElo(matches: Iterable<Match>, rule: ServiceElo = SERVICE_ELO, rows: Iterable<EloRow> = []): readonly EloRow[] {
  const table = new Map([...rows].map((row) => [row.participant, row]));
  for (const match of matches) rate(table, match, rule);
  return [...table.values()].toSorted((a, b) => (a.participant < b.participant ? -1 : 1));
}

function rate(table: Map<string, EloRow>, match: Match, rule: ServiceElo): void {
  const [first, second, third] = match.players;
  if (first === undefined || second === undefined || third !== undefined) {
    throw new Failure("invalid_input", `match ${match.id} has ${match.players.length} rated players; the service's Elo rates two`, { fix: "use the tournament calculator or a Plackett–Luce fit for matches of several players" });
  }
  const a = table.get(first) ?? newEloRow(first, rule.pinned.get(first));
  const b = table.get(second) ?? newEloRow(second, rule.pinned.get(second));
  const order = Math.sign((match.places[1] as number) - (match.places[0] as number));
  const change = serviceK(rule, match.numPlayers, Math.min(a.games, b.games)) * ((order + 1) / 2 - expectedScore(a.rating, b.rating));
  table.set(first, afterGame(a, rule.pinned.has(first) ? 0 : change, order > 0 ? "win" : order < 0 ? "loss" : "draw"));
  table.set(second, afterGame(b, rule.pinned.has(second) ? 0 : -change, order > 0 ? "loss" : order < 0 ? "win" : "draw"));
}

function serviceK({ k, adaptive }: ServiceElo, numPlayers: number, games: number): number {
  if (!adaptive) return k;
  const factor = games < 30 ? 1.5 : games < 100 ? 1.25 : games < 300 ? 1 : 0.75;
  return (k / Math.max(1, numPlayers - 1)) * factor;
}
