import type { CheckRule } from "./check-rule.ts";
import type { PolicyBase } from "./policy-base.ts";
import type { Rational } from "./rational.ts";

/**
 * What a version becomes. staging: alias `staging`, the champion stays. production and champion: alias `champion`.
 * tier: alias `tier-<name>`. rollback: the challenger is a former version, and gets the champion's place back.
 */
export type PromotionType = "staging" | "production" | "tier" | "champion" | "rollback";

/** A version is promoted by what its matches say: no traffic is split, and nobody is served by it before. */
export interface RatingPolicy extends PolicyBase {
  readonly kind: "rating";
  readonly promotion: PromotionType;
  /** Only matches of this board, with so many seats, are counted. */
  readonly board: string;
  readonly players: number;
  readonly baseline: RatingBaseline;
  readonly criteria: RatingCriteria;
  /** Which games of the two are pairs. tournament: within one tournament the k-th game of either seating. none: no game. */
  readonly pairs: "tournament" | "none";
  /** Of strict mode: how the difference is tested. Compat mode compares points. */
  readonly sprt: SprtRule;
  /** 1 − the confidence asked for: the chance to promote a version that is no more than `minEloImprovement` better. */
  readonly alpha: Rational;
  /** each: every challenger has all of alpha. across: the k-th challenger of a model has alpha·6/(π²k²), which sums to alpha for ever. */
  readonly spending: "each" | "across";
  /** Strict mode: a challenger that is surely so much weaker ends the rollout at once; null: it is only not promoted. */
  readonly harm: { readonly elo: Rational; readonly alpha: Rational } | null;
  /** Of a promotion to a tier only. */
  readonly tier: TierRule | null;
  /** Of a promotion to champion only; null: what is asked of staging. */
  readonly gate: StagingGate | null;
  /** Scores of the registry's runs, such as the error of the value head; all must hold. */
  readonly checks: readonly OfflineRule[];
}

export type OfflineRule = Extract<CheckRule, { kind: "offline" }>;

/** With whom the challenger is compared: the version that the alias `champion` names, one participant of the matches, or nobody. */
export type RatingBaseline = { readonly kind: "champion" } | { readonly kind: "participant"; readonly participant: string } | { readonly kind: "none" };

export interface RatingCriteria {
  /** Elo points over the baseline. Strict mode asks for proof that the gain is above it. */
  readonly minEloImprovement: Rational;
  /** Games of the challenger: in compat mode all that it ever played, in strict mode those against the baseline. */
  readonly minGames: number;
  /** Points per game. Strict mode asks for it of the lower bound, against the baseline. */
  readonly minWinRate: Rational;
  /** Compat mode: the lower bound of Wilson's interval of the win rate must be a half (a later rule of the reference). */
  readonly wilson: boolean;
  /** Compat mode: Elo points that must be reached whatever the baseline has (a later rule of the reference); null: none. */
  readonly minElo: Rational | null;
  /** Compat mode, of a rollback: the champion's ratings fell by more than this, as a negative number. */
  readonly eloFall: Rational;
  /** Strict mode: games after which a difference that is not proven won't be; null: it goes on. */
  readonly maxGames: number | null;
}

export interface SprtRule {
  /** Elo points above `minEloImprovement` at which a promotion is nearly sure: the narrower, the more games. */
  readonly width: Rational;
  /** The chance not to promote a version that is so much better. */
  readonly beta: Rational;
  readonly scale: "logistic" | "normalized";
}

export interface TierRule {
  /** A name of `ladder`. */
  readonly target: string;
  readonly minGames: number;
  /** Elo points from which a version belongs to each tier, ascending. */
  readonly ladder: readonly { readonly name: string; readonly elo: Rational }[];
}

/** The staging gate of the reference's lifecycle. */
export interface StagingGate {
  readonly minGames: number;
  readonly minElo: Rational;
  /** A score of the challenger's run, and what it must reach; null: not asked. */
  readonly accuracy: { readonly metric: string; readonly atLeast: Rational } | null;
}

/** What the registry calls a version that was promoted. */
export function roleAlias({ promotion, tier }: Pick<RatingPolicy, "promotion" | "tier">): string {
  switch (promotion) {
    case "staging":
      return "staging";
    case "tier":
      return `tier-${tier?.target ?? ""}`;
    case "production":
    case "champion":
    case "rollback":
      return "champion";
  }
}
