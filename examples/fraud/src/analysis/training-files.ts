import { ANALYSIS_PATHS } from "@gauntlet/core";

import { featureNames } from "../features/features.ts";
import { scorePayment, type FraudModel } from "../learn/fraud-model.ts";
import type { MadeVersion } from "../learn/make-versions.ts";
import type { Payment } from "../payments/payment.ts";
import { rowHashes, sampleOf } from "./sample-of.ts";

/** By path in the run: what an analysis reads that only training knows. `manifest` is of the artifact, by path in the run. */
export function trainingFiles({ model, losses, learned, training, holdout }: MadeVersion, manifest: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const truth = ({ fraud }: Payment) => (fraud ? 1 : 0);
  return {
    [ANALYSIS_PATHS.trainingSample]: { ...sampleOf(model, training, truth), rowHashes: rowHashes(model, learned) },
    [ANALYSIS_PATHS.holdout]: { ...sampleOf(model, holdout, truth), rowHashes: rowHashes(model, holdout) },
    [ANALYSIS_PATHS.preprocessing]: preprocessingOf(model),
    [ANALYSIS_PATHS.golden]: { rows: goldenPayments(holdout).map((payment) => ({ id: payment.id, score: scorePayment(model, payment) })) },
    [ANALYSIS_PATHS.manifest]: { files: manifest },
    [ANALYSIS_PATHS.loss]: losses,
  };
}

export function preprocessingOf({ reading, scaler }: Pick<FraudModel, "reading" | "scaler">): { readonly features: readonly string[]; readonly scaler: unknown } {
  return { features: featureNames(reading), scaler };
}

const GOLDEN_ROWS = 120;

/** The first of the holdout, whatever they are. */
export function goldenPayments(holdout: readonly Payment[]): readonly Payment[] {
  return holdout.slice(0, GOLDEN_ROWS);
}
