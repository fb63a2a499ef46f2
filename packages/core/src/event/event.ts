import type { StoredEvent, UnitType } from "../experiment/experiment.ts";

/** late: older than a week when it came. no_experiment: it names none, so nothing but the raw event is kept. */
export type EventFlag = "late" | "no_experiment";

/** An event that was accepted: its `flags` are known. */
export interface AcceptedEvent extends StoredEvent {
  readonly flags: readonly EventFlag[];
}

/** The types that mean something to everybody; a sender's own begin with `custom.` */
export const EVENT_TYPES: readonly string[] = [
  "plan_generated",
  "plan_accepted",
  "plan_rejected",
  "meal_swapped",
  "edit_applied",
  "validator_intervention",
  "conversation_started",
  "message_sent",
  "flow_completed",
  "user_dropped_off",
];

export const EVENT_UNIT_TYPES: readonly UnitType[] = ["user", "household", "session"];

interface EventLimits {
  /** Of the JSON text as it came. */
  readonly eventBytes: number;
  readonly batchBytes: number;
  readonly batchEvents: number;
  readonly perUnitPerMinute: number;
  /** Older ones are flagged. */
  readonly lateMs: number;
  /** Of context and payload. */
  readonly depth: number;
  readonly experiments: number;
}

export const EVENT_LIMITS: EventLimits = { eventBytes: 1_048_576, batchBytes: 10_485_760, batchEvents: 1000, perUnitPerMinute: 1000, lateMs: 7 * 86_400_000, depth: 32, experiments: 32 };

/** One field that is wrong. `field` is a path, such as `experiments[0].variant_id`. */
export interface EventProblem {
  readonly field: string;
  readonly error: "required" | "invalid" | "in_the_future" | "unknown";
  readonly detail: string;
}
