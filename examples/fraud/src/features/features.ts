import type { Payment } from "../payments/payment.ts";

/** plain: amounts, distances and counts as they are, as version 1 reads them. logs: their logarithms, as version 2 does. */
export type Reading = "plain" | "logs";

/** Names of the columns, in the order in which a model reads them. */
export function featureNames(reading: Reading): readonly string[] {
  const sizes = ["amount", "distance_km", "velocity"].map((name) => (reading === "plain" ? name : `log_${name}`));
  return [...sizes, "account_age_days", "merchant_risk", "new_merchant", "night"];
}

/** The columns of a payment, before they are scaled. One implementation, for training and for serving. */
export function readFeatures(payment: Payment, reading: Reading): Float64Array {
  const night = payment.hour >= 2 && payment.hour < 5 ? 1 : 0;
  const size = (value: number) => (reading === "plain" ? value : Math.log1p(value));
  return Float64Array.of(size(payment.amount), size(payment.distanceKm), size(payment.velocity), payment.accountAgeDays, payment.merchantRisk, payment.newMerchant, night);
}
