import { Failure } from "@gauntlet/core";

import { readFeatures, type Reading } from "../features/features.ts";
import { fitScaler, standardise } from "../features/scaler.ts";
import type { Payment } from "../payments/payment.ts";
import type { FraudModel } from "./fraud-model.ts";
import { learnNetwork, scoreOf, type Example, type Learning, type Losses } from "./network.ts";

export interface Recipe extends Learning {
  readonly name: string;
  readonly reading: Reading;
  /** All frauds are learned from, and one legitimate payment in so many: there are a hundred for each fraud. */
  readonly legitimateOneIn: number;
  /** The latest payments, by which threshold and epoch are chosen. */
  readonly validationShare: number;
  /** false: they are learned from as well. That is a defect, and the world has a version with it. */
  readonly heldApart: boolean;
  /** Of the legitimate ones held back, the share that may be flagged. */
  readonly flaggedMax: number;
  /** Keep the epoch of the least validation loss, not the last. */
  readonly best: boolean;
}

export interface Learned {
  readonly model: FraudModel;
  readonly losses: Losses;
  /** The payments that its weights were learned from. */
  readonly learned: readonly Payment[];
}

/** Learns from payments in order of time, and from nothing else. @throws Failure `invalid_input` without legitimate ones to choose a threshold by. */
export function learnVersion(payments: readonly Payment[], recipe: Recipe): Learned {
  const cut = Math.floor(payments.length * (1 - recipe.validationShare));
  const sampled = ({ fraud }: Payment, i: number) => fraud || i % recipe.legitimateOneIn === 0;
  const kept = (recipe.heldApart ? payments.slice(0, cut) : payments).filter(sampled);
  const scaler = fitScaler(kept.map((payment) => readFeatures(payment, recipe.reading)));
  const exampleOf = (payment: Payment): Example => ({ row: standardise(readFeatures(payment, recipe.reading), scaler), fraud: payment.fraud });
  const late = payments.slice(cut);
  const validation = late.filter(sampled).map(exampleOf);
  const { network, losses } = learnNetwork(kept.map(exampleOf), validation, recipe);
  const held = recipe.heldApart ? late.map(exampleOf) : validation;
  const threshold = chooseThreshold(held.filter(({ fraud }) => !fraud).map(({ row }) => scoreOf(network, row)), recipe.flaggedMax);
  return { model: { name: recipe.name, reading: recipe.reading, network, scaler, threshold }, losses, learned: kept };
}

/** Just above the score of the first legitimate payment that may no longer be flagged: a share of these does not move with the share of frauds. */
function chooseThreshold(legitimate: readonly number[], flaggedMax: number): number {
  const barely = legitimate.toSorted((a, b) => b - a)[Math.floor(flaggedMax * legitimate.length)];
  if (barely === undefined) throw new Failure("invalid_input", "there are no legitimate payments to choose a threshold by", { fix: "hold more payments back" });
  return Math.min(1, barely + 1e-9);
}
