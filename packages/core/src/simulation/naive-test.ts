import { mcnemar } from "../statistics/mcnemar.ts";
import { twoProportionZ } from "../statistics/two-proportion-z.ts";
import { toNumber } from "../policy/rational.ts";
import type { Design } from "./design.ts";
import type { Stream } from "./stream.ts";

/**
 * What people do without a plan: the fixed-sample test of recall (McNemar exact on pairs, otherwise the two-proportion z)
 * at the whole alpha, looked at every day from the day on which each version has `minSamples` outcomes old enough to have
 * labels. The first p < alpha in the challenger's favour promotes; the end of the window retains. Nothing else is asked.
 */
export function naiveTest({ policy, stepMs }: Design, stream: Stream): ((at: number) => "promote" | "retain" | "hold") | null {
  if (!policy.checks.some((rule) => rule.kind === "superiority")) return null;
  const alpha = toNumber(policy.alpha);
  const { maturityMs } = policy.labels;
  const last = Math.max(policy.window.minMs, policy.window.maxMs);
  return (at) => {
    const until = Math.min(last, at - maturityMs);
    const buckets = Math.max(0, Math.floor(until / stepMs));
    const over = at >= last + maturityMs;
    if (Math.min(...stream.live(buckets)) < policy.minSamples) return over ? "retain" : "hold";
    if (pOfGain(stream.labelled(buckets), policy.shadow) < alpha) return "promote";
    return over ? "retain" : "hold";
  };
}

/** 1 unless the challenger is ahead. Index arm·8 + truth·4 + champion·2 + challenger. */
function pOfGain(labelled: Float64Array, paired: boolean): number {
  const count = (...indexes: readonly number[]) => indexes.reduce((sum, index) => sum + (labelled[index] as number), 0);
  if (paired) {
    const gained = count(5, 13);
    const lost = count(6, 14);
    return gained > lost ? mcnemar(gained, lost).exact : 1;
  }
  const challenger = { hits: count(13, 15), of: count(12, 13, 14, 15) };
  const champion = { hits: count(6, 7), of: count(4, 5, 6, 7) };
  if (challenger.of === 0 || champion.of === 0) return 1;
  const { difference, p } = twoProportionZ(challenger, champion);
  return difference > 0 ? p : 1;
}
