import { histogramQuantile } from "../../evidence/histogram.ts";
import type { HarmRule } from "../../policy/check-rule.ts";
import type { AbtestPolicy } from "../../policy/policy.ts";
import { toNumber } from "../../policy/rational.ts";
import type { Rollout } from "../../policy/rollout.ts";
import { mcnemar } from "../../statistics/mcnemar.ts";
import { pairedRecallRatio } from "../../statistics/paired-ratio.ts";
import { quantileInterval } from "../../statistics/quantile-interval.ts";
import { pairedEvidence } from "../../statistics/sequential/paired-evidence.ts";
import type { CheckResult } from "../decision.ts";
import type { EvidenceView, WindowEvidence } from "../observation.ts";
import { armsOf, type ArmPair } from "../arms.ts";
import { blankCheck } from "../blank-check.ts";
import { formatNumber, formatP, formatPercent } from "../format.ts";
import { risesBeyond, worseP } from "./rate-check.ts";
import { rateDifferenceSequence } from "../sequences.ts";

/**
 * What ends an experiment at any time. `fail` is harm; `unavailable` is no data, which never harms (I7). These rules are
 * looked at at every tick, so strict mode judges them by evidence that holds under any peeking; each rule has an alpha of
 * its own, and the chance of any false rollback is at most their sum. Compat mode repeats fixed-sample tests, as documents do.
 */
export function harmChecks(policy: AbtestPolicy, rollout: Rollout, evidence: EvidenceView): readonly CheckResult[] {
  const arms = armsOf(rollout, evidence.soFar);
  return policy.harm.map((rule) => {
    switch (rule.kind) {
      case "rate":
        return rateHarm(rule, arms, policy);
      case "quantile":
        return quantileHarm(rule, rollout, evidence.recent);
      case "recall":
        return recallHarm(rule, arms, policy);
    }
  });
}

function rateHarm(rule: Extract<HarmRule, { kind: "rate" }>, arms: ArmPair, { mode, minSamples }: AbtestPolicy): CheckResult {
  const champion = arms.champion.rate(rule.metric);
  const challenger = arms.challenger.rate(rule.metric);
  const base: CheckResult = {
    ...blankCheck({ id: `harm-${rule.metric}`, purpose: "harm", metric: rule.metric, n: { champion: champion?.n ?? 0, challenger: challenger?.n ?? 0 } }),
    unit: "share",
    allowed: { low: null, high: toNumber(rule.increaseMax) },
    alpha: toNumber(rule.alpha),
    method: mode === "strict" ? "rise beyond the limit, and confidence sequences that lie apart" : "rise beyond the limit, and Fisher exact, one-sided",
    guarantee: "exact",
  };
  if (champion === null || challenger === null || champion.n === 0 || challenger.n === 0) return base;
  const p = mode === "strict" ? null : worseP(champion, challenger);
  const sure = () => (p === null ? rateDifferenceSequence(champion, challenger, { alpha: toNumber(rule.alpha), tunedAt: minSamples }).low > 0 : p < toNumber(rule.alpha));
  const harmed = risesBeyond(champion, challenger, rule.increaseMax) && sure();
  const rates = { champion: champion.hits / champion.n, challenger: challenger.hits / challenger.n };
  return {
    ...base,
    ...rates,
    status: harmed ? "fail" : "pass",
    estimate: rates.challenger - rates.champion,
    pValue: p,
    says: `The challenger's rate of ${rule.metric} is ${formatPercent(rates.challenger)}, the champion's ${formatPercent(rates.champion)}${p === null ? "" : ` (${formatP(p)})`}.`,
    wouldChange: null,
  };
}

/** The cap is broken in each of the last windows, while the champion kept it. A window without data breaks nothing. */
function quantileHarm(rule: Extract<HarmRule, { kind: "quantile" }>, rollout: Rollout, recent: readonly WindowEvidence[]): CheckResult {
  const q = toNumber(rule.quantile);
  const windows = recent.slice(-rule.windows).map((window) => armsOf(rollout, window.evidence));
  const latest = windows.at(-1)?.challenger.histogram(rule.metric) ?? null;
  const base: CheckResult = {
    ...blankCheck({ id: `harm-${rule.metric}`, purpose: "harm", metric: rule.metric, n: { champion: windows.at(-1)?.champion.live ?? 0, challenger: latest?.n ?? 0 } }),
    unit: rule.metric.endsWith("_ms") ? "ms" : "plain",
    allowed: { low: null, high: rule.atMost },
    method: `${formatPercent(q)} quantile over the limit in ${rule.windows} consecutive windows`,
    guarantee: "exact",
  };
  if (windows.length < rule.windows || latest === null || latest.n === 0) return base;
  const broken = windows.filter((arms) => breaksAlone(rule, arms)).length;
  return {
    ...base,
    status: broken === rule.windows ? "fail" : "pass",
    estimate: histogramQuantile(latest, q),
    reported: { windowsOver: broken },
    says: `${broken} of the last ${rule.windows} windows were over ${formatNumber(rule.atMost)} while the champion's were not.`,
    wouldChange: null,
  };
}

/** The challenger is surely over the cap (the lower bound of a 95 % interval is) and the champion is not. */
function breaksAlone(rule: Extract<HarmRule, { kind: "quantile" }>, arms: ArmPair): boolean {
  const q = toNumber(rule.quantile);
  const challenger = arms.challenger.histogram(rule.metric);
  const champion = arms.champion.histogram(rule.metric);
  if (challenger === null || champion === null || challenger.n === 0) return false;
  const bounds = quantileInterval(challenger, q, 0.95);
  const usual = histogramQuantile(champion, q);
  return bounds !== null && usual !== null && bounds.low > rule.atMost && usual <= rule.atMost;
}

/** The e-process finds harm quickest with a flat prior: a broken challenger loses every pair. */
const HARM_PRIOR = 1;

function recallHarm(rule: Extract<HarmRule, { kind: "recall" }>, arms: ArmPair, { mode }: AbtestPolicy): CheckResult {
  const base: CheckResult = {
    ...blankCheck({ id: "harm-recall", purpose: "harm", metric: "recall", n: { champion: 0, challenger: 0 } }),
    unit: "ratio",
    alpha: toNumber(rule.alpha),
    method: mode === "strict" ? "sequential McNemar (e-process) on all labelled pairs so far" : "McNemar exact, two-sided, on all labelled pairs so far",
    guarantee: "exact",
  };
  if (arms.paired === null) return { ...base, says: "There are no pairs: without a shadow, recall can't be watched this early." };
  const recall = pairedRecallRatio(arms.paired.cells);
  const { positives, onlyChallenger, onlyChampion } = recall;
  if (positives === 0) return { ...base, says: "No positive has a label yet." };
  const test = mcnemar(onlyChallenger, onlyChampion);
  const p = mode === "strict" ? pairedEvidence({ wins: onlyChampion, losses: onlyChallenger }, { side: "greater", a: HARM_PRIOR, winShare: 0.5 }).p : test.exact;
  const harmed = onlyChampion > onlyChallenger && p < toNumber(rule.alpha);
  return {
    ...base,
    n: { champion: positives, challenger: positives },
    status: harmed ? "fail" : "pass",
    champion: recall.championHits / positives,
    challenger: recall.challengerHits / positives,
    estimate: recall.ratio,
    pValue: p,
    reported: { onlyChallenger, onlyChampion, mcnemarP: test.exact, midP: test.midP },
    says: `${onlyChampion} positives only the champion found, ${onlyChallenger} only the challenger (${formatP(p)}).`,
    wouldChange: null,
  };
}
