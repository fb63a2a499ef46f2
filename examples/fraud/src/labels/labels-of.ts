import { randomStream, type Label } from "@gauntlet/core";

import { logNormal } from "../chance/draw.ts";
import type { Payment } from "../payments/payment.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A card holder sees a fraud on a statement, and complains. */
const CHARGEBACK = { median: 7 * DAY_MS, p95: 30 * DAY_MS };
/** Without a chargeback by then a payment counts as legitimate, until one comes. */
export const PRESUMED_AFTER_MS: number = 30 * DAY_MS;
/** Of the payments that a version would block, the share that is let through at random, so that their truth comes as everybody's does. */
const RELEASED_SHARE = 0.015;

export type Truth = Omit<Label, "model">;

/**
 * What becomes known of a payment, and when. A payment that was blocked can have no chargeback: analysts look into it within a
 * day and a half, and into every one, so that no label needs a weight. What is released at random is labelled by what follows.
 * Drawn from seed and number alone, so that the order of asking does not matter.
 */
export function labelsOf(payment: Payment, { number, blocked, seed }: { readonly number: number; readonly blocked: boolean; readonly seed: number }): readonly Truth[] {
  const random = randomStream(seed + 1, number);
  const reviewedAt = payment.at + Math.round(2 * HOUR_MS + random() * 34 * HOUR_MS);
  const released = random() < RELEASED_SHARE;
  const complainedAt = payment.at + Math.round(logNormal(random, CHARGEBACK));
  const label = (revision: number, truth: boolean, about: { readonly source: string; readonly labelledAt: number }): Truth => ({ requestId: payment.id, revision, truth, ...about });
  if (blocked && !released) return [label(1, payment.fraud, { source: "analyst", labelledAt: reviewedAt })];
  const source = blocked ? "control" : "chargeback";
  const presumedAt = payment.at + PRESUMED_AFTER_MS;
  if (!payment.fraud) return [label(1, false, { source, labelledAt: presumedAt })];
  if (complainedAt <= presumedAt) return [label(1, true, { source, labelledAt: complainedAt })];
  return [label(1, false, { source, labelledAt: presumedAt }), label(2, true, { source, labelledAt: complainedAt })];
}
