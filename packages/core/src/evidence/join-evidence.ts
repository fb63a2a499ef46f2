import type { FollowUp, Label, Prediction } from "../outcome/outcome.ts";
import type { CellRow } from "./delta-cells.ts";
import type { FoldContext } from "./fold-context.ts";
import { bucketStartOf } from "./time-bucket.ts";

export interface JoinedRequest {
  readonly predictions: readonly Prediction[];
  readonly labels: readonly Label[];
  readonly followUps: readonly FollowUp[];
}

/** A follow-up or a label that met its outcome, in the row of the live answer that it is about. */
interface Joined {
  readonly row: CellRow;
  /** It came later than its policy waits. */
  readonly late: boolean;
}

/** What one request adds to the health of its evidence; a corrected label counts once, when it was first known. Depends on the sets only. */
export function joinEvidence({ predictions, labels, followUps }: JoinedRequest, context: FoldContext): readonly Joined[] {
  if (labels.length === 0 && followUps.length === 0) return [];
  const answer = liveAnswer(predictions);
  const epoch = answer !== null && Object.hasOwn(context.epochs, answer.epoch) ? context.epochs[answer.epoch] : undefined;
  if (answer === null || epoch?.health === undefined) return [];
  const { lagMaxMs } = epoch.health;
  const { version, slot, mode } = answer;
  const row = { epoch: answer.epoch, bucketStart: bucketStartOf(answer.at, epoch.bucketMs), version, slot, mode };
  const instants = followUps.map(({ at }) => at);
  if (labels.length > 0) instants.push(Math.min(...labels.map(({ labelledAt }) => labelledAt)));
  return instants.map((at) => ({ row, late: lagMaxMs !== null && at - answer.at > lagMaxMs }));
}

/** Should there be several, the earliest. */
function liveAnswer(predictions: readonly Prediction[]): Prediction | null {
  let first: Prediction | null = null;
  for (const prediction of predictions) {
    if (prediction.mode !== "live") continue;
    if (first === null || prediction.at < first.at || (prediction.at === first.at && prediction.version < first.version)) first = prediction;
  }
  return first;
}
