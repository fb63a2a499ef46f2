import type { MonitorFigure } from "./reading.ts";

/** What a monitor remembers of one model, or of one participant that is asked about by hand. Persistent. */
export interface MonitorState {
  readonly schema: 1;
  /** The model; of a participant that is asked about by hand, the configuration of its matches. */
  readonly model: string;
  /** What was promoted: when this changes, checks begin anew. A rollout's id, or a participant. */
  readonly watched: string;
  /** What serves, and what a rollback goes back to; null when nothing is known. */
  readonly from: string;
  readonly to: string | null;
  /** When it was promoted; checks count what came after. */
  readonly since: number;
  /** The newest check: the next one needs more evidence. */
  readonly seen: { readonly at: number; readonly evidence: number } | null;
  /** Checks that are no older than the window, oldest first; those that knew a trend. */
  readonly trend: readonly TrendPoint[];
  /** It was told that it is at risk; told again only of another promotion. */
  readonly warned: boolean;
  /** The rollback that it asked for, or in mode `notify` would have asked for. */
  readonly triggered: Triggered | null;
  /** Instants of the rollbacks it asked for, of the last 24 hours, of everything that served under this model. */
  readonly responses: readonly number[];
  /** Rollbacks that were done, of everything that served under this model: the newest fifty, oldest first. */
  readonly history: readonly DoneRollback[];
}

interface DoneRollback extends Pick<MonitorState, "watched" | "from" | "to"> {
  readonly at: number;
  readonly completedAt: number;
  readonly says: string;
}

export interface TrendPoint {
  readonly at: number;
  readonly isRegression: boolean;
  /** Of the figure that is worst; null where no number says it. */
  readonly change: number | null;
}

export interface Triggered {
  readonly at: number;
  readonly cause: TriggerCause;
  readonly says: string;
  /** When what it asked for was done; null until then, and for ever in mode `notify`. */
  readonly completedAt: number | null;
}

/** floor: below what is allowed at all. consecutive: so many regressions in a row. severe: far worse, and sure. */
export type TriggerCause = "floor" | "consecutive" | "severe";

/** What a check came to. */
export type CheckOutcome =
  /** Not judged: nothing new, not yet time, too few matches or outcomes, or missing data. */
  | { readonly kind: "skipped"; readonly because: "no_new_evidence" | "not_due" | "too_few" | "nothing_known" | "already_triggered" }
  | { readonly kind: "checked"; readonly isRegression: boolean; readonly consecutive: number; readonly atRisk: boolean }
  /** `withheld`: it would be rolled back, and may not be, yet. */
  | { readonly kind: "triggered"; readonly cause: TriggerCause; readonly says: string; readonly withheld: Withheld | null; readonly response: Response | null };

export type Withheld = "cooldown" | "daily_cap" | "person_needed";

/** By the rollbacks of the last 24 hours. */
export type Response = "notify" | "slow_down" | "investigate" | "pause_training" | "escalate_human";

/** A check as it is kept: what was read, and what it came to. */
export interface MonitorCheck {
  readonly at: number;
  readonly watched: string;
  readonly evidence: number;
  readonly samples: number;
  readonly figures: readonly MonitorFigure[];
  readonly outcome: Exclude<CheckOutcome, { kind: "skipped" }>;
}

export type MonitorEventKind = "regression" | "at_risk" | "rollback_triggered" | "rollback_completed";

/** What hooks are told. */
export interface MonitorEvent {
  readonly kind: MonitorEventKind;
  /** As in the state. */
  readonly model: string;
  readonly watched: string;
  readonly from: string;
  readonly to: string | null;
  readonly at: number;
  readonly mode: "rollback" | "notify";
  readonly says: string;
  readonly samples: number;
  /** Of the trend that is worst, and of the floor; null where no number says it. */
  readonly change: number | null;
  readonly share: number | null;
  readonly response: Response | null;
  readonly withheld: Withheld | null;
}
