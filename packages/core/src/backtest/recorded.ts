import type { Decision } from "../decision/decision.ts";
import type { Observation } from "../decision/observation.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import type { Rollout } from "../policy/rollout.ts";

/** What the ledger says of one rollout. */
export interface Recorded {
  readonly rollout: Rollout;
  /** In the order in which they were made; at least one. */
  readonly decisions: readonly RecordedDecision[];
}

export interface RecordedDecision {
  readonly observation: Observation;
  readonly decision: Decision;
}

/** The rollouts of one chain, oldest first; those that were never decided on are left out. */
export function recordedRollouts(entries: Iterable<LedgerEntry>): readonly Recorded[] {
  const found = new Map<string, { readonly rollout: Rollout; readonly decisions: RecordedDecision[] }>();
  for (const { event } of entries) {
    if (event.kind === "rollout.started") found.set(event.rollout.id, { rollout: event.rollout, decisions: [] });
    if (event.kind === "decision") found.get(event.decision.rolloutId)?.decisions.push({ observation: event.observation, decision: event.decision });
  }
  return [...found.values()].filter(({ decisions }) => decisions.length > 0);
}

/** An A/B test without the watch that followed it, which had no two versions to compare. */
export function testOf(recorded: Recorded): Recorded {
  return { ...recorded, decisions: recorded.decisions.filter(({ observation }) => observation.rollout.stage === undefined) };
}

/** The decision that ended the rollout; the newest one while it goes on. A ramp that gets more traffic goes on. */
export function endOf({ decisions }: Recorded): RecordedDecision {
  return decisions.find(({ decision }) => decision.verdict !== "hold" && decision.verdict !== "advance") ?? (decisions.at(-1) as RecordedDecision);
}
