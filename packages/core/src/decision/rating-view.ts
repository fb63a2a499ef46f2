import type { RatingComparison } from "../rating/fit/uncertainty.ts";
import type { Overshoot } from "../statistics/sequential/overshoot.ts";

/** What the matches of one configuration say of two versions, as numbers: the matches themselves are not in it. */
export interface RatingView {
  readonly board: string;
  readonly players: number;
  /** Of the ledger's records of the configuration: equal ledgers, equal digests. */
  readonly ledger: string;
  /** Matches that end later than this are not in it: the instant after the newest that is; null without one. */
  readonly cutoff: number | null;
  readonly challenger: RatedParticipant;
  /** null when the policy names nobody to compare with. */
  readonly baseline: RatedParticipant | null;
  /** What the challenger did against the baseline; null without one. */
  readonly head: HeadToHead | null;
  /** Challenger less baseline, by the fit of all matches; null when either has none, or without a baseline. */
  readonly difference: RatingComparison | null;
  /** SHA-256 of all the above but `ledger`: what approvals are bound to. A replay checks it. */
  readonly digest: string;
}

export interface RatedParticipant {
  readonly participant: string;
  /** The rating service's figures of all its matches; null when there is no match of it. */
  readonly service: ServiceFigures | null;
  /** By the fit of all matches; null when there is no match of it, or nobody is comparable with it. */
  readonly fitted: FittedRating | null;
}

export interface ServiceFigures {
  /** Incremental Elo. */
  readonly elo: number;
  readonly games: number;
  /** (wins + ½ draws)/games; null where nobody knows. */
  readonly winRate: number | null;
  /** Its Elo after its latest games, ten at most, oldest first; asked for by the rollback of compat mode only. */
  readonly latest?: readonly number[];
}

export interface FittedRating {
  readonly elo: number;
  /** Asymptotic. Against the anchors, or the mean of its group where it has none. */
  readonly standardError: number;
  /** Whether an anchor of the configuration is comparable with it, so that its points mean what the anchor's do. */
  readonly anchored: boolean;
}

/** A game is in a pair, or is one of the singles: never both. */
export interface HeadToHead {
  /** Games of the two in which the result says who was the better. */
  readonly games: number;
  readonly singles: { readonly wins: number; readonly draws: number; readonly losses: number };
  /** Pairs of games with seats swapped, by the challenger's points of both: 0, ½, 1, 1½ and 2. */
  readonly pairs: readonly [number, number, number, number, number];
  /** How far the bounds of the policy's test move inwards, by the path of these games. */
  readonly overshoot: Overshoot;
}
