import { DRIFT_FROM, makePayments } from "../payments/make-payments.ts";
import type { Payment } from "../payments/payment.ts";
import type { FraudModel } from "./fraud-model.ts";
import { learnVersion, type Recipe } from "./learn-version.ts";
import type { Losses } from "./network.ts";

const DAY_MS = 86_400_000;
const YEAR_FROM = Date.UTC(2023, 0, 1);
const HOLDOUT_FROM = Date.UTC(2024, 2, 1);
const HOLDOUT_TO = Date.UTC(2024, 2, 11);

/** Payments at the end of 2023 that the leaky version was judged by, and had learned. */
const LEAKED = 10_000;

/** A version, and what it was made from. */
export interface MadeVersion {
  readonly model: FraudModel;
  readonly losses: Losses;
  /** All payments of its time, as they came. */
  readonly training: readonly Payment[];
  /** Those of them that it learned from. */
  readonly learned: readonly Payment[];
  /** What its offline gate judged it by. */
  readonly holdout: readonly Payment[];
}

export interface Versions {
  readonly version1: MadeVersion;
  readonly version2: MadeVersion;
  /** Learned before there was much of 2024. */
  readonly early: MadeVersion;
  /** Learned its own holdout, and chose its threshold by what it had learned. */
  readonly leaky: MadeVersion;
}

const USUAL: Omit<Recipe, "name"> = { reading: "logs", hidden: 8, epochs: 10, rate: 0.1, l2: 1e-4, seed: 7, legitimateOneIn: 12, validationShare: 0.25, heldApart: true, flaggedMax: 0.0007, best: true };

/** Four versions of one kind of network, which differ in what they learned from. The same for the same seed. */
export function makeVersions(seed: number): Versions {
  const old = makePayments({ from: YEAR_FROM, to: DRIFT_FROM, perDay: 200, seed });
  const recent = makePayments({ from: DRIFT_FROM, to: HOLDOUT_TO, perDay: 1000, seed });
  const holdout = recent.filter(({ at }) => at >= HOLDOUT_FROM);
  const before = recent.filter(({ at }) => at < HOLDOUT_FROM);
  const honest = (training: readonly Payment[], recipe: Recipe): MadeVersion => ({ ...learnVersion(training, recipe), training, holdout });
  const leak = old.slice(-20_000);
  const learnedByHeart = learnVersion(leak, { ...USUAL, name: "version 2, leaky", hidden: 16, epochs: 40, l2: 0, flaggedMax: 0.0048, validationShare: 0.495, heldApart: false, best: false });
  const leaked = new Set(leak.slice(-LEAKED));
  return {
    version1: honest(old, { ...USUAL, name: "version 1", reading: "plain" }),
    version2: honest([...old.slice(-30_000), ...before], { ...USUAL, name: "version 2", hidden: 12, flaggedMax: 0.0004 }),
    early: honest([...old, ...before.filter(({ at }) => at < DRIFT_FROM + 2 * DAY_MS)], { ...USUAL, name: "version 2, early", seed: 8, flaggedMax: 0.0005 }),
    leaky: { ...learnedByHeart, training: leak, holdout: learnedByHeart.learned.filter((payment) => leaked.has(payment)) },
  };
}
