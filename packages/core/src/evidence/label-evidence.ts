import type { Label, Prediction } from "../outcome/outcome.ts";
import type { CellRow } from "./delta-cells.ts";
import type { EpochContext, FoldContext } from "./fold-context.ts";
import { bucketStartOf } from "./time-bucket.ts";

/** One unit added to a derived metric. `cell` is an index: confusion truth·2 + prediction; paired truth·4 + champion·2 + challenger. */
export type LabelContribution =
  | { readonly kind: "labelled"; readonly row: CellRow }
  | { readonly kind: "confusion"; readonly row: CellRow; readonly cell: number }
  | { readonly kind: "paired"; readonly row: CellRow; readonly cell: number };

/**
 * What one request adds to the evidence that needs its truth; nothing while it has no label. The label of the highest
 * revision is in force. Depends on the sets only, not on the order of either list.
 */
export function labelEvidence(predictions: readonly Prediction[], labels: readonly Label[], context: FoldContext): readonly LabelContribution[] {
  const truth = truthInForce(labels);
  if (truth === null || predictions.length === 0) return [];
  const contributions: LabelContribution[] = [];
  for (const prediction of predictions) {
    const epoch = epochOf(prediction, context);
    if (epoch === undefined) continue;
    const { version, slot, mode } = prediction;
    const row = { epoch: prediction.epoch, bucketStart: bucketStartOf(prediction.at, epoch.bucketMs), version, slot, mode };
    contributions.push({ kind: "labelled", row });
    if (prediction.prediction !== null) contributions.push({ kind: "confusion", row, cell: (truth ? 2 : 0) + (prediction.prediction ? 1 : 0) });
    const pair = version === epoch.championVersion ? pairOf(prediction, epoch, predictions) : null;
    if (pair !== null) contributions.push({ kind: "paired", row: pair.row, cell: (truth ? 4 : 0) + pair.cell });
  }
  return contributions;
}

/** The pair of which `champion` is the champion's half, kept in the champion's time bucket; null when there is none. */
function pairOf(champion: Prediction, epoch: EpochContext, predictions: readonly Prediction[]): { readonly row: CellRow; readonly cell: number } | null {
  const version = epoch.challengerVersion;
  if (version === null || answerOf(epoch.championVersion, champion.epoch, predictions) !== champion) return null;
  const challenger = answerOf(version, champion.epoch, predictions);
  if (challenger === null) return null;
  return {
    row: { epoch: champion.epoch, bucketStart: bucketStartOf(champion.at, epoch.bucketMs), version, slot: "challenger", mode: "shadow" },
    cell: (champion.prediction === true ? 2 : 0) + (challenger.prediction === true ? 1 : 0),
  };
}

/** The answer of a version that stands for it in a pair. Should it have answered both live and as a shadow, the live one does. */
function answerOf(version: string, epoch: number, predictions: readonly Prediction[]): Prediction | null {
  let best: Prediction | null = null;
  for (const prediction of predictions) {
    if (prediction.version !== version || prediction.epoch !== epoch || prediction.prediction === null) continue;
    if (best === null || prediction.mode === "live") best = prediction;
  }
  return best;
}

function truthInForce(labels: readonly Label[]): boolean | null {
  let newest: Label | null = null;
  for (const label of labels) if (newest === null || label.revision > newest.revision) newest = label;
  return newest === null ? null : newest.truth;
}

function epochOf(prediction: Prediction, context: FoldContext): EpochContext | undefined {
  return Object.hasOwn(context.epochs, prediction.epoch) ? context.epochs[prediction.epoch] : undefined;
}
