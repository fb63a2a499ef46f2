import { armsOf } from "../decision/arms.ts";
import { stageOf } from "../decision/ramp/look.ts";
import { DERIVED_METRICS, type EvidenceCell } from "../evidence/evidence.ts";
import type { Rollout } from "../policy/rollout.ts";
import { endOf, type Recorded, type RecordedDecision } from "./recorded.ts";

/** A time in which the split of a ramp stood still, as it was recorded. */
export interface RecordedStage {
  /** As it was at that stage. */
  readonly rollout: Rollout;
  readonly basisPoints: number;
  readonly since: number;
  /** When the decision fell that ended it; the newest one while it goes on. */
  readonly until: number;
  readonly decisions: readonly RecordedDecision[];
}

/** The stages of a recorded ramp, one for each epoch that was decided on. */
export function recordedStages(recorded: Recorded): readonly RecordedStage[] {
  const end = recorded.decisions.indexOf(endOf(recorded));
  const epochs = Map.groupBy(recorded.decisions.slice(0, end + 1), ({ decision }) => decision.epoch);
  return [...epochs.values()].flatMap((decisions): RecordedStage[] => {
    const [first, last] = [decisions[0], decisions.at(-1)];
    const rollout = last?.observation.rollout;
    if (first === undefined || last === undefined || rollout?.policy.kind !== "ramp") return [];
    const { index, since } = stageOf(rollout);
    return [{ rollout, basisPoints: rollout.policy.stages[index]?.basisPoints ?? 0, since, until: last.decision.at, decisions }];
  });
}

/** Live outcomes of the challenger at a stage, in the buckets that had ended by an instant; without cells, as its last decision saw them. */
export function exposedAt({ rollout, decisions }: RecordedStage, cells: readonly EvidenceCell[] | null, at: number): number {
  if (cells === null) {
    const seen = decisions.findLast(({ observation, decision }) => decision.at <= at && observation.evidence.available)?.observation;
    return seen?.evidence.available === true ? armsOf(rollout, seen.evidence.soFar).challenger.live : 0;
  }
  const { epoch } = rollout.allocation;
  const own = cells.filter((cell) => cell.epoch === epoch && cell.version === rollout.challenger.version && cell.mode === "live" && cell.metric === DERIVED_METRICS.scored && cell.bucketStart < at);
  return own.reduce((sum, { statistic }) => (statistic.kind === "count" ? sum + statistic.n : sum), 0);
}
