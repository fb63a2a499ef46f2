import { toNumber } from "../../policy/rational.ts";
import { logNormalQuantile } from "../log-normal.ts";
import { percent, round, type Facts } from "./facts.ts";
import type { PolicyWarning } from "./warning.ts";

/** Are there enough values to say anything about a quantile? */
export function lintQuantiles({ policy, world, known, requests, share, strict }: Facts): readonly PolicyWarning[] {
  const found: PolicyWarning[] = [];
  for (const [index, rule] of policy.checks.entries()) {
    if (rule.kind !== "quantile") continue;
    const q = toNumber(rule.quantile);
    if (strict && policy.minSamples <= leastFor(q)) found.push(tooFew({ pointer: `/checks/${index}/quantile`, q, have: policy.minSamples, who: "minSamples is", fix: `let minSamples be more than ${round(Math.floor(leastFor(q)))}, or take a lower quantile` }));
    const usual = known.values?.[rule.metric]?.champion;
    if (usual !== undefined && logNormalQuantile(usual, q) > rule.atMost) {
      found.push({
        code: "champion-over-cap",
        severity: "warning",
        pointer: `/checks/${index}/atMost`,
        says: `the champion's own ${percent(q)} quantile of ${rule.metric} is about ${round(logNormalQuantile(usual, q))}, over the cap of ${rule.atMost}: the policy holds for ever`,
        fix: "raise the cap, or mend the champion first",
      });
    }
  }
  for (const [index, rule] of policy.harm.entries()) {
    if (rule.kind !== "quantile" || requests === null) continue;
    const q = toNumber(rule.quantile);
    const inWindow = (world.trafficPerDay * share.challenger * policy.bucketMs) / 86_400_000;
    if (inWindow > leastFor(q)) continue;
    found.push(tooFew({ pointer: `/harm/${index}/quantile`, q, have: inWindow, who: "a window of one bucket has about", fix: `let bucket be ${round(Math.ceil(leastFor(q) / inWindow))} times as wide, or take a lower quantile` }));
  }
  return found;
}

/** z²ν/(1−ν) with z = 1.96: up to it the order statistics don't reach around the quantile (380 at p99). */
function leastFor(q: number): number {
  return (3.8415 * q) / (1 - q);
}

function tooFew({ pointer, q, have, who, fix }: { readonly pointer: string; readonly q: number; readonly have: number; readonly who: string; readonly fix: string }): PolicyWarning {
  return { code: "quantile-too-few", severity: "warning", pointer, says: `an interval of the ${percent(q)} quantile needs more than ${round(Math.floor(leastFor(q)))} outcomes of each version; ${who} ${round(have)}`, fix };
}
