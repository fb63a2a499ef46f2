import type { Payment } from "../payments/payment.ts";
import { scorePayment, type FraudModel } from "./fraud-model.ts";

/** What a version flags of payments whose truth is known; the names are those under which a run logs them. */
export interface Gate {
  readonly true_positives: number;
  readonly false_positives: number;
  readonly false_negatives: number;
  readonly true_negatives: number;
  readonly recall: number;
  readonly precision: number;
}

/** The offline gate. Of nothing flagged the precision is 0. */
export function passGate(model: FraudModel, holdout: readonly Payment[]): Gate {
  const counts = [0, 0, 0, 0];
  for (const payment of holdout) {
    const cell = (payment.fraud ? 2 : 0) + (scorePayment(model, payment) >= model.threshold ? 1 : 0);
    counts[cell] = (counts[cell] as number) + 1;
  }
  const [tn, fp, fn, tp] = counts as [number, number, number, number];
  return { true_positives: tp, false_positives: fp, false_negatives: fn, true_negatives: tn, recall: tp / Math.max(1, tp + fn), precision: tp / Math.max(1, tp + fp) };
}
