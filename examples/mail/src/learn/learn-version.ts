import { Failure } from "@gauntlet/core";

import { featureOrderDigest } from "../features/feature-order.ts";
import { hashFeatures } from "../features/hash-features.ts";
import type { Mail } from "../mails/mail.ts";
import { chooseThreshold } from "./choose-threshold.ts";
import { LEARNING, learnLogistic, probability } from "./logistic.ts";
import type { SpamModel } from "./model.ts";

/** The latest share of the training mails, held back to choose the threshold on: as in service, later than what is learnt. */
const VALIDATION_SHARE = 0.15;
/** The threshold lets through all but this share of the ham held back. */
const HAM_FLAGGED_MAX = 0.01;

/**
 * Learns a version from mails in order of time. The threshold is chosen with a model of the earlier mails on the later
 * ones; then the weights are learnt again from all. Nothing but `mails` is looked at.
 * @throws Failure `invalid_input` when the mails are out of order, or the latest hold no ham.
 */
export function learnVersion(name: string, mails: readonly Mail[]): SpamModel {
  if (mails.some((mail, i) => i > 0 && mail.at < mails[i - 1]!.at)) {
    throw new Failure("invalid_input", `the training mails of ${name} are out of order`, { fix: "sort them by their time of arrival" });
  }
  const examples = mails.map((mail) => ({ features: hashFeatures(mail), spam: mail.spam }));
  const cut = Math.floor(examples.length * (1 - VALIDATION_SHARE));
  const early = learnLogistic(examples.slice(0, cut), LEARNING);
  const held = examples.slice(cut).map(({ features, spam }) => ({ score: probability(early, features), spam }));
  return {
    name,
    ...learnLogistic(examples, LEARNING),
    threshold: chooseThreshold(held, HAM_FLAGGED_MAX),
    trainedOn: { from: mails[0]!.at, to: mails.at(-1)!.at, mails: mails.length, spam: mails.filter((mail) => mail.spam).length },
    featureOrder: featureOrderDigest(),
  };
}
