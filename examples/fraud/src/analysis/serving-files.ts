import { ANALYSIS_PATHS } from "@gauntlet/core";

import { scorePayment, type FraudModel } from "../learn/fraud-model.ts";
import type { Payment } from "../payments/payment.ts";
import { sampleOf } from "./sample-of.ts";
import { goldenPayments, preprocessingOf } from "./training-files.ts";

export interface ServingLog {
  /** As it serves, with the scaler that the feature service gives it. */
  readonly served: FraudModel;
  readonly champion: FraudModel;
  readonly payments: readonly Payment[];
  /** What is known of them by now. */
  readonly labels: ReadonlyMap<string, boolean>;
  readonly holdout: readonly Payment[];
  /** Of the artifact as it was loaded, by path in the run. */
  readonly manifest: Readonly<Record<string, string>>;
}

/** By path in the run: what an analysis reads that only the server knows. */
export function servingFiles({ served, champion, payments, labels, holdout, manifest }: ServingLog): Readonly<Record<string, unknown>> {
  const labelOf = ({ id }: Payment) => {
    const known = labels.get(id);
    return known === undefined ? null : known ? 1 : 0;
  };
  return {
    [ANALYSIS_PATHS.servedSample]: sampleOf(served, payments, labelOf),
    [ANALYSIS_PATHS.servedPreprocessing]: preprocessingOf(served),
    [ANALYSIS_PATHS.servedGolden]: { rows: goldenPayments(holdout).map((payment) => ({ id: payment.id, score: scorePayment(served, payment), champion: scorePayment(champion, payment) })) },
    [ANALYSIS_PATHS.servedManifest]: { files: manifest },
    [ANALYSIS_PATHS.servedThreshold]: { threshold: served.threshold },
  };
}
