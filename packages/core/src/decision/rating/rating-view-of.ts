import { digestOf } from "../../digest/digest-of.ts";
import type { RatingPolicy } from "../../policy/rating-policy.ts";
import { winRate, type EloRow } from "../../rating/elo/elo-row.ts";
import { serviceElo } from "../../rating/elo/service-elo.ts";
import { tournamentElo } from "../../rating/elo/tournament-elo.ts";
import type { RatingFit } from "../../rating/fit/fit-ratings.ts";
import { uncertaintyOf, type Uncertainty } from "../../rating/fit/uncertainty.ts";
import { headCounts, headUnits } from "../../rating/head-to-head/head-to-head.ts";
import { headOvershoot } from "../../rating/head-to-head/head-test.ts";
import type { Match } from "../../rating/match/match.ts";
import type { FittedRating, HeadToHead, RatedParticipant, RatingView, ServiceFigures } from "../rating-view.ts";
import { promotionRule } from "./sprt-checks.ts";

/** The matches of one configuration that count, and what a ledger worked out of them. */
export interface RatedMatches {
  /** In the order that every node has. */
  readonly matches: readonly Match[];
  readonly fit: RatingFit;
  readonly elo: readonly EloRow[];
  /** Of the ledger's records of the configuration. */
  readonly digest: string;
}

export interface RatedPair {
  readonly policy: RatingPolicy;
  /** Of the whole rollout: the path of its test depends on it. */
  readonly alpha: number;
  readonly challenger: string;
  readonly baseline: string | null;
}

/** Freezes what the matches say of two participants. An unknown one has no figures; it is never made up. */
export function ratingViewOf(rated: RatedMatches, pair: RatedPair): RatingView {
  const { policy, alpha, challenger, baseline } = pair;
  const { matches, fit, digest } = rated;
  const known = new Set(fit.participants);
  const uncertainty = known.has(challenger) || (baseline !== null && known.has(baseline)) ? uncertaintyOf(fit) : null;
  const side = (participant: string): RatedParticipant => ({
    participant,
    service: serviceFigures(rated, participant, policy.mode === "compat" && policy.promotion === "rollback" && participant === baseline),
    fitted: uncertainty === null || !known.has(participant) ? null : fittedRating(fit, uncertainty, participant),
  });
  const view = {
    board: policy.board,
    players: policy.players,
    cutoff: matches.length === 0 ? null : (matches.at(-1) as Match).at + 1,
    challenger: side(challenger),
    baseline: baseline === null ? null : side(baseline),
    head: baseline === null || baseline === challenger ? null : headOf(matches, { policy, alpha, challenger, baseline }),
    difference: baseline !== null && uncertainty !== null && known.has(challenger) && known.has(baseline) ? uncertainty.compare(challenger, baseline) : null,
  };
  return { ...view, ledger: digest, digest: digestOf(view) };
}

/** SHA-256 of the figures: not of the ledger's digest, which later matches change, though what was signed stays as it was. */
export function ratingDigest({ board, players, cutoff, challenger, baseline, head, difference }: RatingView): string {
  return digestOf({ board, players, cutoff, challenger, baseline, head, difference });
}

function headOf(matches: readonly Match[], { policy, alpha, challenger, baseline }: RatedPair & { readonly baseline: string }): HeadToHead {
  const units = headUnits(matches, [challenger, baseline], policy.pairs);
  const games = units.reduce((sum, { kind }) => sum + (kind === "pair" ? 2 : 1), 0);
  return { games, ...headCounts(units), overshoot: headOvershoot(units, promotionRule(policy, alpha)) };
}

function serviceFigures({ elo, matches }: RatedMatches, participant: string, withLatest: boolean): ServiceFigures | null {
  const row = elo.find((one) => one.participant === participant);
  if (row === undefined || row.games === 0) return null;
  return { elo: row.rating, games: row.games, winRate: winRate(row), ...(withLatest ? { latest: latestRatings(matches, participant) } : {}) };
}

const LATEST = 10;

/** Elo after each of the latest games of one, replayed as the ledger does: the tournament's where more than two were rated. */
function latestRatings(matches: readonly Match[], participant: string): readonly number[] {
  const games = matches.flatMap(({ players }, index) => (players.includes(participant) ? [index] : []));
  const replay = matches.some(({ players }) => players.length > 2) ? (part: readonly Match[], rows?: readonly EloRow[]) => tournamentElo(part, rows) : (part: readonly Match[], rows?: readonly EloRow[]) => serviceElo(part, undefined, rows);
  const found: number[] = [];
  let rows: readonly EloRow[] = [];
  let from = 0;
  for (const game of games.slice(-LATEST)) {
    rows = replay(matches.slice(from, game + 1), rows);
    from = game + 1;
    found.push(rows.find((row) => row.participant === participant)?.rating ?? 0);
  }
  return found;
}

/** null where it is alone in its group, and no anchor: the matches say nothing of it. */
function fittedRating(fit: RatingFit, uncertainty: Uncertainty, participant: string): FittedRating | null {
  const index = fit.participants.indexOf(participant);
  const group = fit.group[index];
  let companions = 0;
  let anchored = false;
  for (let i = 0; i < fit.participants.length; i++) {
    if (fit.group[i] !== group) continue;
    companions++;
    anchored ||= fit.anchored[i] === 1;
  }
  if (companions === 1 && !anchored) return null;
  return { elo: fit.elo[index] as number, standardError: Math.sqrt(Math.max(0, uncertainty.covariance([participant])[0]?.[0] ?? 0)), anchored };
}
