import type { Selected } from "./select-rounds.ts";

export interface GateRule {
  /** New rounds without which training would only repeat itself. */
  readonly newRoundsMin: number;
  /** How far back a round is new. */
  readonly lookbackMs: number;
  readonly totalMin: number;
  /** Rounds to learn from, after games were thinned out. */
  readonly selectedMin: number;
}

export const GATE: GateRule = { newRoundsMin: 50, lookbackMs: 60 * 60_000, totalMin: 300, selectedMin: 200 };

/** The rule of whoever trains by hand. */
export const DIRECT_GATE: GateRule = { ...GATE, newRoundsMin: 10, totalMin: 100 };

/** Forced: it may repeat itself, but what fewer rounds teach must not come under an alias. */
export const FORCED_GATE: GateRule = { ...GATE, newRoundsMin: 0, totalMin: 0 };

/** The rule of the CronJob, which looks back two days. */
export const SCHEDULED_GATE: GateRule = { ...GATE, lookbackMs: 2880 * 60_000 };

export interface Gate {
  readonly isOpen: boolean;
  readonly newRounds: number;
  readonly total: number;
  readonly selected: number;
  /** Null when it is open. */
  readonly why: string | null;
}

/** Whether there is enough to train with, and enough that is new. A round of an unknown time is an old one. */
export function gateOf({ candidates, rounds }: Pick<Selected, "candidates" | "rounds">, rule: GateRule, now: number): Gate {
  const newRounds = candidates.filter(({ playedAt }) => playedAt !== null && playedAt >= now - rule.lookbackMs).length;
  const counted = { newRounds, total: candidates.length, selected: rounds };
  const why =
    candidates.length < rule.totalMin
      ? `there are ${candidates.length} rounds, and ${rule.totalMin} are needed`
      : newRounds < rule.newRoundsMin
        ? `${newRounds} rounds are new, and ${rule.newRoundsMin} are needed`
        : rounds < rule.selectedMin
          ? `${rounds} rounds can be learned from, and ${rule.selectedMin} are needed`
          : null;
  return { isOpen: why === null, ...counted, why };
}
