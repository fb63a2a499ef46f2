import { readFeatures, type Reading } from "../features/features.ts";
import { standardise, type Scaler } from "../features/scaler.ts";
import type { Payment } from "../payments/payment.ts";
import { scoreOf, type Network } from "./network.ts";

/** A version: a network with the reading, the scaler and the threshold that belong to it. */
export interface FraudModel {
  readonly name: string;
  readonly reading: Reading;
  readonly network: Network;
  readonly scaler: Scaler;
  /** Flagged at this score or above. */
  readonly threshold: number;
}

export function scorePayment({ network, reading, scaler }: Pick<FraudModel, "network" | "reading" | "scaler">, payment: Payment): number {
  return scoreOf(network, standardise(readFeatures(payment, reading), scaler));
}
