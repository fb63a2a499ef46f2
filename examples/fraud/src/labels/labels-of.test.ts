import { expect, test } from "vitest";

import { makePayments } from "../payments/make-payments.ts";
import { labelsOf, PRESUMED_AFTER_MS } from "./labels-of.ts";

const DAY_MS = 86_400_000;
const payments = makePayments({ from: Date.UTC(2024, 3, 1), to: Date.UTC(2024, 3, 11), perDay: 2000, seed: 1 });
const labelsIf = (blocked: boolean) => payments.map((payment, number) => ({ payment, labels: labelsOf(payment, { number, blocked, seed: 1 }) }));

test("one payment in a hundred is a fraud, three in ten of them of the new kind, and none of those before 2024", () => {
  const frauds = payments.filter(({ fraud }) => fraud);
  expect(Math.abs(frauds.length - 200)).toBeLessThan(45);
  expect(Math.abs(frauds.filter(({ drifted }) => drifted).length / frauds.length - 0.3)).toBeLessThan(0.1);
  expect(frauds.filter(({ drifted }) => drifted).every(({ hour, newMerchant }) => hour >= 2 && hour < 5 && newMerchant === 1)).toBe(true);
  expect(makePayments({ from: Date.UTC(2023, 11, 30), to: Date.UTC(2024, 0, 1), perDay: 2000, seed: 1 }).some(({ drifted }) => drifted)).toBe(false);
  expect(new Set(payments.map(({ customer }) => customer)).size).toBe(payments.length);
});

test("what was let through is labelled by chargebacks: late ones correct what was presumed after 30 days", () => {
  const all = labelsIf(false);
  const late = all.filter(({ labels }) => labels.length === 2);
  const frauds = all.filter(({ payment }) => payment.fraud);
  expect(late.length / frauds.length).toBeLessThan(0.12);
  for (const { payment, labels } of late) {
    expect(labels.map(({ revision, truth }) => [revision, truth])).toEqual([[1, false], [2, true]]);
    expect(labels[0]?.labelledAt).toBe(payment.at + PRESUMED_AFTER_MS);
  }
  const delays = frauds.map(({ payment, labels }) => ((labels.at(-1)?.labelledAt ?? 0) - payment.at) / DAY_MS).toSorted((a, b) => a - b);
  expect(delays[Math.floor(delays.length / 2)]).toBeGreaterThan(5);
  expect(delays[Math.floor(delays.length / 2)]).toBeLessThan(10);
});

test("what was blocked has no chargeback: an analyst says within two days, but for what is released at random", () => {
  const all = labelsIf(true).map(({ payment, labels }) => ({ payment, first: labels[0] }));
  const released = all.filter(({ first }) => first?.source === "control");
  expect(released.length / all.length).toBeGreaterThan(0.01);
  expect(released.length / all.length).toBeLessThan(0.02);
  const reviewed = all.filter(({ first }) => first?.source === "analyst");
  expect(reviewed.length + released.length).toBe(all.length);
  expect(reviewed.every(({ payment, first }) => first?.truth === payment.fraud && first.labelledAt - payment.at < 2 * DAY_MS)).toBe(true);
});
