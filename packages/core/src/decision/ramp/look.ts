import { digestOf } from "../../digest/digest-of.ts";
import type { EvidenceCell } from "../../evidence/evidence.ts";
import { gatherEvidence } from "../../evidence/merge.ts";
import type { RampPolicy } from "../../policy/ramp-policy.ts";
import type { Rollout, RolloutStage } from "../../policy/rollout.ts";
import type { Look, WindowEvidence } from "../observation.ts";

/**
 * The look of a ramp is its stage: every whole time bucket since its allocation was read back that is mature at `at`. Cells
 * are those of the stage's epoch, so that no stage is judged by the evidence of another (I6).
 */
export function lookOf(rollout: Rollout<RampPolicy>, cells: readonly EvidenceCell[], at: number): Look {
  return lookUpTo(rollout, cells, matureAt(rollout, at));
}

/** The look of a decision that awaits a signature, as it was when it was decided. */
export function frozenLookOf(rollout: Rollout<RampPolicy>, cells: readonly EvidenceCell[], cutoff: number): Look {
  return lookUpTo(rollout, cells, cutoff);
}

/** One window: all that is mature now. It shows what a look that is frozen no longer does. */
export function recentWindows(rollout: Rollout<RampPolicy>, cells: readonly EvidenceCell[], at: number): readonly WindowEvidence[] {
  const to = matureAt(rollout, at);
  return [{ from: stageOf(rollout).since, to, evidence: gatherEvidence(endedBy(rollout, cells, to)) }];
}

/** Every ramp has a stage; one of an entry that lost it begins with the rollout. */
export function stageOf({ stage, startedAt }: Rollout): RolloutStage {
  return stage ?? { index: 0, since: startedAt };
}

function lookUpTo(rollout: Rollout<RampPolicy>, cells: readonly EvidenceCell[], cutoff: number): Look {
  const { index, since } = stageOf(rollout);
  const { stages } = rollout.policy;
  const evidence = gatherEvidence(endedBy(rollout, cells, cutoff));
  return { number: index + 1, of: stages.length, cutoff, dueAt: since + (stages[index]?.dwellMs ?? 0), evidence, digest: digestOf(evidence) };
}

/** The end of the latest time bucket that is mature; never before the stage began. */
function matureAt(rollout: Rollout<RampPolicy>, at: number): number {
  const { bucketMs, maturityMs } = rollout.policy;
  return Math.max(stageOf(rollout).since, Math.floor((at - maturityMs) / bucketMs) * bucketMs);
}

function endedBy({ policy }: Rollout<RampPolicy>, cells: readonly EvidenceCell[], cutoff: number): readonly EvidenceCell[] {
  return cells.filter((cell) => cell.bucketStart + policy.bucketMs <= cutoff);
}
