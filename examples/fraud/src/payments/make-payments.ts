import { randomStream, type Random } from "@gauntlet/core";

import { logNormal, normal } from "../chance/draw.ts";
import type { Payment } from "./payment.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** π: one payment in a hundred. */
const FRAUD_SHARE = 0.01;
/** From here on a share of the frauds is of a new kind. */
export const DRIFT_FROM: number = Date.UTC(2024, 0, 1);
const DRIFTED_SHARE = 0.3;

export interface Days {
  /** Midnight of the first day. */
  readonly from: number;
  /** Midnight after the last. */
  readonly to: number;
  readonly perDay: number;
  readonly seed: number;
}

/** Payments in order of time; the same for the same seed, day by day, whichever days are asked for. */
export function makePayments({ from, to, perDay, seed }: Days): readonly Payment[] {
  const made: Payment[] = [];
  for (let day = from; day < to; day += DAY_MS) {
    const random = randomStream(seed, day / DAY_MS);
    const today = Array.from({ length: perDay }, () => makePayment(day, random)).toSorted((a, b) => a.at - b.at);
    for (const [i, payment] of today.entries()) {
      const id = `${new Date(day).toISOString().slice(0, 10)}-${i + 1}`;
      made.push({ id: `payment-${id}`, customer: `customer-${id}`, ...payment });
    }
  }
  return made;
}

type Drawn = Omit<Payment, "id" | "customer">;

function makePayment(day: number, random: Random): Drawn {
  const fraud = random() < FRAUD_SHARE;
  const drifted = random() < DRIFTED_SHARE && fraud && day >= DRIFT_FROM;
  const hour = drifted ? 2 + Math.floor(3 * random()) : hourOf(random, fraud);
  const at = day + hour * HOUR_MS + Math.floor(random() * HOUR_MS);
  const seen = { at, hour, fraud, drifted };
  if (drifted) return { ...seen, ...drawDrifted(random) };
  return { ...seen, ...(fraud ? drawFraud(random) : drawLegitimate(random)) };
}

type Shape = Omit<Drawn, "at" | "hour" | "fraud" | "drifted">;

function drawLegitimate(random: Random): Shape {
  return {
    amount: logNormal(random, { median: 38, p95: 240 }),
    velocity: Math.floor(-0.7 * Math.log(1 - random())),
    distanceKm: logNormal(random, { median: 6, p95: 90 }),
    accountAgeDays: 30 + 2600 * random(),
    ...merchantOf(random, 0.12),
  };
}

/** As 2023 knew it: quick, far from home, with young accounts, at merchants with a history. */
function drawFraud(random: Random): Shape {
  const skill = normal(random);
  return {
    amount: logNormal(random, { median: 95, p95: 700 }),
    velocity: Math.floor(Math.max(0, 4.6 - 1.3 * skill + 1.3 * normal(random))),
    distanceKm: logNormal(random, { median: 210 * Math.exp(-0.7 * skill), p95: 1900 }),
    accountAgeDays: 5 + 700 * random() ** 2,
    ...merchantOf(random, 0.4),
  };
}

/** Of 2024: at merchants with new codes, at night, for more money, and otherwise like anybody. */
function drawDrifted(random: Random): Shape {
  const usual = drawLegitimate(random);
  return { ...usual, amount: logNormal(random, { median: 120, p95: 700 }) * (1.2 + 0.3 * random()), newMerchant: 1, merchantRisk: 0 };
}

const NEW_CODES = 0.03;

function merchantOf(random: Random, mean: number): Pick<Shape, "merchantRisk" | "newMerchant"> {
  const isNew = random() < NEW_CODES;
  const risk = Math.min(1, Math.max(0, mean + 0.12 * normal(random)));
  return isNew ? { newMerchant: 1, merchantRisk: 0 } : { newMerchant: 0, merchantRisk: risk };
}

/** Few people pay between two and five. */
function hourOf(random: Random, fraud: boolean): number {
  if (random() < (fraud ? 0.1 : 0.04)) return 2 + Math.floor(3 * random());
  return (5 + Math.floor(21 * random())) % 24;
}
