import { createHash } from "node:crypto";

import { featureNames, readFeatures } from "../features/features.ts";
import { scorePayment, type FraudModel } from "../learn/fraud-model.ts";
import type { Payment } from "../payments/payment.ts";

/** As many rows tell a distance of 0.1 from chance. */
const ROWS = 1500;

/** Rows by column, as docs/guides/find-out-why.md has them. */
interface Sample {
  readonly features: readonly { readonly name: string; readonly kind: "continuous"; readonly values: readonly number[] }[];
  readonly labels: readonly (0 | 1 | null)[];
  readonly scores: readonly number[];
  readonly span: { readonly from: number; readonly to: number };
}

/** Rows evenly from the payments, by column, with what `labelOf` knows of them and what the version says. */
export function sampleOf(model: FraudModel, payments: readonly Payment[], labelOf: (payment: Payment) => 0 | 1 | null): Sample {
  const every = Math.max(1, Math.floor(payments.length / ROWS));
  const rows = payments.filter((_, i) => i % every === 0);
  const read = rows.map((payment) => readFeatures(payment, model.reading));
  return {
    features: featureNames(model.reading).map((name, column) => ({ name, kind: "continuous", values: read.map((row) => row[column] as number) })),
    labels: rows.map(labelOf),
    scores: rows.map((payment) => scorePayment(model, payment)),
    span: { from: payments[0]?.at ?? 0, to: payments.at(-1)?.at ?? 0 },
  };
}

/** Digests of all rows, also of those that are not in a sample: a leak of one row is a leak. */
export function rowHashes({ reading }: FraudModel, payments: readonly Payment[]): readonly string[] {
  return payments.map((payment) => createHash("sha256").update(`${payment.at}:${readFeatures(payment, reading).join(",")}`).digest("hex").slice(0, 16));
}
