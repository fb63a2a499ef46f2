import type { Guarantee } from "../decision/decision.ts";

/** What is known, at one instant, of a version that was promoted. */
export interface MonitorReading {
  readonly at: number;
  /** Grows with every match or outcome: only a greater one is a new check. */
  readonly evidence: number;
  /** Matches or outcomes that count towards the least number. */
  readonly samples: number;
  readonly figures: readonly MonitorFigure[];
}

export interface MonitorFigure {
  /** `rating`, `win-rate`, or the name of a check of the policy's. */
  readonly id: string;
  readonly metric: string;
  /** trend: must be bad in several checks in a row, unless it is severe. floor: taken back at once. */
  readonly role: "trend" | "floor";
  readonly status: FigureStatus;
  readonly value: number | null;
  /** What it is held against: the champion's figure at the promotion, or the rating it had then. */
  readonly baseline: number | null;
  /** value − baseline. */
  readonly change: number | null;
  /** Of `change`, where one is known. */
  readonly standardError: number | null;
  /** The change beyond which it is a regression, with its sign; null where it is `value` that is bounded, or a share of the baseline. */
  readonly limit: number | null;
  readonly method: string;
  readonly guarantee: Guarantee;
  readonly says: string;
}

/** `unknown`: missing data, which is neither good nor bad. */
export type FigureStatus = "healthy" | "regressed" | "severe" | "unknown";
