import { formatNumber, formatPercent, formatPoints } from "../decision/format.ts";
import { newcombe } from "../statistics/newcombe.ts";
import type { AnalysisBundle, LossCurves } from "./bundle.ts";
import { unavailable, type Finding } from "./finding.ts";

/** Does the version know its training data better than the world? */
export function overfitFindings({ recall, loss }: AnalysisBundle): readonly Finding[] {
  return [recallGap(recall), lossCurves(loss)];
}

const LEVEL = 0.95;
const GAP_WARN = 0.03;
const GAP_FAIL = 0.05;
/** Recalls are shares of counts; a gap that is a limit to so many digits is that limit. */
const TOLERANCE = 1e-12;

/** Recall before serving less recall while serving; Newcombe's interval (asymptotic). */
function recallGap(recall: AnalysisBundle["recall"]): Finding {
  const id = "overfit-recall";
  if (recall === null || recall.offline.of === 0 || recall.online.of === 0) return unavailable(id, "overfit", { what: "recall before and while serving is not known for both", fix: "log true positives and false negatives of the offline gate, and wait for labels of what was served" });
  const { difference, low, high } = newcombe(recall.offline, recall.online, LEVEL);
  const status = low > 0 && difference >= GAP_FAIL - TOLERANCE ? "fail" : difference >= GAP_WARN - TOLERANCE ? "warn" : "pass";
  return {
    id,
    cause: "overfit",
    status,
    says: `Recall was ${formatPercent(recall.offline.hits / recall.offline.of)} offline and ${formatPercent(recall.online.hits / recall.online.of)} while serving: ${formatPoints(-difference)} (95 % from ${formatPoints(-high)} to ${formatPoints(-low)}).`,
    guarantee: "asymptotic",
    figures: { gap: difference, low, high, level: LEVEL },
    fix: status === "pass" ? null : "Regularise more or stop earlier, and judge by later data.",
  };
}

const RISING_EPOCHS = 3;
const RISE = 1.1;

/** Validation loss that rises for epochs while training loss falls, and ends well above its best. */
function lossCurves(loss: LossCurves | null): Finding {
  const id = "overfit-loss";
  if (loss === null || loss.validation.length < 2 || loss.train.length !== loss.validation.length) return unavailable(id, "overfit", { what: "losses of training and validation are not logged for the same epochs", fix: "log both once an epoch, under the same steps" });
  const { train, validation } = loss;
  const best = validation.reduce((least, value, epoch) => (value < (validation[least] as number) ? epoch : least), 0);
  const rising = longestRise(loss, best);
  const ratio = (validation.at(-1) as number) / (validation[best] as number);
  const failed = rising >= RISING_EPOCHS && ratio > RISE;
  return {
    id,
    cause: "overfit",
    status: failed ? "fail" : "pass",
    says: `Validation loss is best after epoch ${best + 1} of ${train.length} and ends at ${formatNumber(ratio)} times its best${rising === 0 ? "" : `; it rose ${rising} epoch${rising === 1 ? "" : "s"} in a row while training loss fell`}.`,
    guarantee: "point",
    figures: { bestEpoch: best + 1, epochs: train.length, rising, lastOverBest: ratio },
    fix: failed ? `Keep the weights of epoch ${best + 1}: stop early, with the best weights.` : null,
  };
}

function longestRise({ train, validation }: LossCurves, from: number): number {
  let longest = 0;
  let run = 0;
  for (let epoch = from + 1; epoch < validation.length; epoch++) {
    const apart = (validation[epoch] as number) > (validation[epoch - 1] as number) && (train[epoch] as number) < (train[epoch - 1] as number);
    run = apart ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}
