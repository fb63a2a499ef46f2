import type { PolicyMode } from "../policy/policy-base.ts";
import type { SlotsRuling } from "./slots-view.ts";

export type Verdict = "advance" | "promote" | "hold" | "retain" | "rollback";

/** Why. The reasons of hold are kept apart because they call for different acts. */
export type Reason =
  | "all_checks_passed"
  | "harm"
  | "worse"
  | "unproven"
  | "rejected"
  | "manual"
  /** The monitor asked for a rollback of what was promoted. */
  | "regression"
  | "plan_failed"
  | "insufficient_data"
  | "min_duration"
  | "inconclusive"
  | "evidence_unavailable"
  | "sample_ratio_mismatch"
  | "split_not_realised"
  | "split_off_target"
  | "multiple_exposure"
  | "join_rate_low"
  | "evidence_late"
  | "arm_silent"
  | "evidence_stale"
  | "version_mismatch"
  /** The policy asks for a signature of the files, and there is none that holds. */
  | "signature_invalid"
  /** The policy asks for the files, and they could not be read. */
  | "artifact_unread"
  /** There is no match of one of the versions. */
  | "unrated"
  /** No chain of wins leads both ways between the two versions. */
  | "incomparable"
  /** Points are asked for, and no anchor says what points are. */
  | "unanchored"
  | "foreign_move"
  | "labels_immature"
  | "champion_over_limit"
  | "awaiting_approval"
  | "operator_hold";

/** A fact: never overwritten by what happened next (I2). */
export interface Decision {
  /** `d-` and 24 hex digits of a SHA-256 over what sets it apart from every other decision. */
  readonly id: string;
  readonly rolloutId: string;
  readonly model: string;
  readonly epoch: number;
  readonly at: number;
  readonly mode: PolicyMode;
  readonly verdict: Verdict;
  readonly reason: Reason;
  /** What the reference documents call it, in compat mode; null in strict mode. */
  readonly compatLabel: string | null;
  /** One sentence for people. */
  readonly sentence: string;
  readonly checks: readonly CheckResult[];
  readonly look: { readonly number: number; readonly of: number; readonly cutoff: number; readonly dueAt: number } | null;
  /** What approvals are bound to: SHA-256 of the evidence the checks were computed from. */
  readonly evidenceDigest: string;
  /** The version of the rules that made it (`rules.ts`); left out by the first. */
  readonly rules?: number;
  /** Of a policy of kind `slots` that could read its slots. */
  readonly slots?: SlotsRuling;
}

/** `unproven`: outside the margin, yet not significantly. `unavailable`: nothing to compute from. */
export type CheckStatus = "pass" | "warn" | "unproven" | "fail" | "unavailable";

/** exact: holds at any sample size. asymptotic: for large samples. point: no error bound is claimed. */
export type Guarantee = "exact" | "asymptotic" | "point";

/** Of what a number is: it decides how people see it. `ratio` is a quotient, `share` a part of 1, `elo` points of strength. */
export type Unit = "ratio" | "share" | "ms" | "count" | "elo" | "plain";

export interface CheckResult {
  /** Stable within a policy, for example `recall-superiority`. */
  readonly id: string;
  readonly purpose: "validity" | "harm" | "promotion";
  readonly metric: string;
  readonly status: CheckStatus;
  readonly champion: number | null;
  readonly challenger: number | null;
  /** The compared quantity, for example the ratio of recalls, and its interval. */
  readonly estimate: number | null;
  readonly unit: Unit;
  /** Of `champion` and `challenger`, where `unit` is that of their comparison alone, as for the ratio of two means. */
  readonly sideUnit?: Unit;
  readonly interval: { readonly low: number; readonly high: number; readonly level: number } | null;
  /** Where the estimate must lie; null is unbounded. */
  readonly allowed: { readonly low: number | null; readonly high: number | null };
  readonly pValue: number | null;
  readonly alpha: number | null;
  readonly n: { readonly champion: number; readonly challenger: number };
  /** How many observations (of the same kind as n.challenger) would settle it, when that can be said. */
  readonly nNeeded: number | null;
  /** For example `McNemar exact, two-sided`. */
  readonly method: string;
  readonly guarantee: Guarantee;
  /** Further figures that are reported and decide nothing, such as mid-p. */
  readonly reported: Readonly<Record<string, number | null>>;
  readonly says: string;
  /** What would change this result; null when nothing would. */
  readonly wouldChange: string | null;
}
