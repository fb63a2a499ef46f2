import { toNumber } from "../../policy/rational.ts";
import { candidatesForMargin, falseAlarmChance } from "../../statistics/margin-noise.ts";
import { atMinimum, percent, round, type Facts } from "./facts.ts";
import type { PolicyWarning } from "./warning.ts";

/** A breach by chance that is more likely than this is said. */
const CHANCE_MAX = 0.05;

/** Margins of rates against the noise that an equal version has. */
export function lintRates(facts: Facts): readonly PolicyWarning[] {
  const { policy, world, known } = facts;
  return policy.checks.flatMap((rule, index): PolicyWarning[] => {
    if (rule.kind !== "rate" && rule.kind !== "proportion") return [];
    const rate = world.rates[rule.metric]?.champion ?? 0;
    const isKnown = known.rates?.[rule.metric] !== undefined;
    if (rule.kind === "proportion") {
      const margin = toNumber(rule.margin) * (rule.basis === "relative" ? rate : 1);
      return rule.ask === "improveBy" || margin === 0 || !isKnown || !(rate > 0 && rate < 1) ? [] : noisyMargin(facts, { metric: rule.metric, rate, margin, pointer: `/checks/${index}/${rule.ask}` });
    }
    const pointer = `/checks/${index}/increaseMax`;
    if (rule.increaseMax.parts === 0) return zeroMargin(facts, { metric: rule.metric, rate, isKnown, pointer });
    return isKnown && rate > 0 && rate < 1 ? noisyMargin(facts, { metric: rule.metric, rate, margin: toNumber(rule.increaseMax), pointer }) : [];
  });
}

function zeroMargin({ outcomes }: Facts, { metric, rate, isKnown, pointer }: { readonly metric: string; readonly rate: number; readonly isKnown: boolean; readonly pointer: string }): PolicyWarning[] {
  // Equal versions: the chance that anything at all happens, and then that it happens more to the challenger.
  const chance = (1 - Math.exp(-rate * (outcomes.champion + outcomes.challenger))) / 2;
  if (isKnown && chance <= CHANCE_MAX) return [];
  const often = isKnown ? `about ${percent(chance)} of the time` : "up to half of the time";
  return [
    {
      code: "margin-zero",
      severity: isKnown ? "warning" : "note",
      pointer,
      says: `a version whose rate of ${metric} is truly the same is seen above the champion's ${often}, and is then not promoted`,
      fix: "allow a small increase, such as 0.5pp, unless the rate is practically 0",
    },
  ];
}

function noisyMargin({ policy, share, strict, alpha }: Facts, { metric, rate, margin, pointer }: { readonly metric: string; readonly rate: number; readonly margin: number; readonly pointer: string }): PolicyWarning[] {
  const { champion, challenger } = atMinimum(policy, share);
  const chance = falseAlarmChance({ share: rate, relativeMargin: margin / rate, candidates: challenger, baselines: champion });
  const wanted = strict ? alpha : CHANCE_MAX;
  if (chance <= wanted) return [];
  const needed = candidatesForMargin({ share: rate, relativeMargin: margin / rate, ratio: champion / challenger, chance: wanted }) as number;
  const effect = strict ? `can't be shown to stay within ${points(margin)}` : `breaks its margin of ${points(margin)} by chance alone in ${percent(chance)} of the tests, and counts as a loss`;
  return [
    {
      code: "margin-below-noise",
      severity: "warning",
      pointer,
      says: `with minSamples, ${round(challenger)} outcomes of the challenger and ${round(champion)} of the champion, a version whose rate of ${metric} is truly the same (${percent(rate)}) ${effect}`,
      fix: `let minSamples be such that the challenger has about ${round(needed)} outcomes, or widen the margin`,
    },
  ];
}

function points(share: number): string {
  return percent(share).replace("%", "pp");
}
