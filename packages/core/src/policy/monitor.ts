import type { Rational } from "./rational.ts";

/** How a version is watched after its promotion, and what takes it back. */
export interface MonitorRules {
  /** rollback: asks for the ordinary rollback, as a person would. notify: only tells. */
  readonly mode: "rollback" | "notify";
  /** How long after the promotion it is watched; null: as long as it serves. */
  readonly watchMs: number | null;
  /** Checks are at least so far apart. One without new evidence is none. */
  readonly everyMs: number;
  /** A check that is older no longer counts. */
  readonly windowMs: number;
  /** So many checks in a row must show a regression. */
  readonly consecutive: number;
  /** Matches or outcomes since the promotion, before anything is judged. */
  readonly minSamples: number;
  /** The chance that a figure that is no worse is ever called so, however often it is looked at. Strict mode only, for ratings. */
  readonly alpha: Rational;
  /** So many times the margin, and sure: it is taken back at once. Above 1. */
  readonly severeTimes: Rational;
  /** Of policies of kind `rating`. */
  readonly rating: RatingMonitor;
  /** After a rollback of the model, the next is withheld so long. */
  readonly cooldownMs: number;
  /** Rollbacks of the model within 24 hours; the next is withheld. null: any number. */
  readonly perDayMax: number | null;
  /** Answers grow with the rollbacks of the last 24 hours, up to calling a person. */
  readonly escalation: boolean;
}

export interface RatingMonitor {
  /** Elo points that it may lose. */
  readonly dropMax: Rational;
  /** A share of points below this takes it back at once; null: not asked. */
  readonly winRateMin: Rational | null;
  /** The allowed loss follows the board and the strength, as `adaptiveDrop` says. */
  readonly adaptive: boolean;
}
