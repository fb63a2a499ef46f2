import { toNumber } from "../../policy/rational.ts";
import { stabilityNoise } from "../../statistics/population-stability.ts";
import { round, type Facts } from "./facts.ts";
import type { PolicyWarning } from "./warning.ts";

/** The check compares tenths of the champion's values. */
const BINS = 10;

/** Is the noise of the index below the limits, with what there will be? */
export function lintDrift({ policy, outcomes, strict, requests }: Facts): readonly PolicyWarning[] {
  return policy.checks.flatMap((rule, index): readonly PolicyWarning[] => {
    if (rule.kind !== "drift") return [];
    const noise = stabilityNoise(BINS, { n: outcomes.champion, m: outcomes.challenger });
    const [failAt, warnAt] = [toNumber(rule.failAt), toNumber(rule.warnAt)];
    if (noise < warnAt) return [];
    const factor = noise / (noise >= failAt ? failAt : warnAt);
    const when = requests === null ? "with minSamples" : "by the last look";
    const below = `${when}, ${round(outcomes.challenger)} outcomes of the challenger, two equal distributions of ${rule.metric} lie up to ${Number(noise.toPrecision(2))} apart by the index`;
    const fix = `let the challenger have more than ${round(Math.ceil(outcomes.challenger * factor))} outcomes, or raise the limit`;
    if (noise >= failAt) return [{ code: "drift-below-noise", severity: "warning", pointer: `/checks/${index}/failAt`, says: `${below}, and ${failAt} is the limit: ${strict ? "the check stays unproven" : "chance alone may end the test"}`, fix }];
    return [{ code: "drift-below-noise", severity: "note", pointer: `/checks/${index}/warnAt`, says: `${below}, so that ${strict ? "a smaller drift than that is not seen" : "chance alone may warn"}`, fix }];
  });
}
