import type { Policy } from "./policy.ts";

const DAY_MS = 86_400_000;
/** For corrections of labels, and for senders that were away. */
const LATE_MS = 30 * DAY_MS;
/** Outcomes may be dated a little ahead, clocks of controllers differ, and a batch takes a moment from its check to its fold. */
const SLACK_MS = DAY_MS;

/**
 * How old an outcome may be to be counted, in milliseconds: the longest window or watch, twice the time its labels take, and 30 days.
 * Its raw record and the id of its batch are kept as long, so that whatever is sent again is known again.
 */
export function retentionMs(policy: Policy): number {
  switch (policy.kind) {
    case "abtest":
      return Math.max(policy.window.maxMs, policy.watchMs ?? 0) + 2 * policy.labels.maturityMs + LATE_MS;
    case "ramp":
      // A stage that shows nothing ends after twice its dwell.
      return 2 * Math.max(...policy.stages.map(({ dwellMs }) => dwellMs ?? 0)) + 2 * policy.maturityMs + LATE_MS;
    case "rating":
    case "slots":
      return LATE_MS;
  }
}

/** Outcomes that were served before this are refused: what would tell them from outcomes that were counted may be forgotten. */
export function countedFrom(now: number, retainedMs: number): number {
  return now - retainedMs;
}

/** Records from before this may be forgotten: always earlier than what `countedFrom` gave when they could still be used. */
export function forgottenBefore(now: number, retainedMs: number): number {
  return countedFrom(now, retainedMs) - SLACK_MS;
}
