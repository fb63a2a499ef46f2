import { sharesOf } from "../../allocation/shares-of.ts";
import { DERIVED_METRICS, type Evidence } from "../../evidence/evidence.ts";
import type { HealthRules } from "../../policy/health.ts";
import { toNumber, type Rational } from "../../policy/rational.ts";
import { wilson } from "../../statistics/wilson.ts";
import { blankCheck } from "../blank-check.ts";
import type { CheckResult, Reason } from "../decision.ts";
import { formatPercent, formatPoints } from "../format.ts";
import type { EvidenceView, Observation } from "../observation.ts";
import type { Ruling } from "../operator.ts";

/**
 * What is asked of evidence before it is judged. A limit counts as broken once it surely is (Wilson, 99 %), so that few data
 * hold nothing by chance; a share that only seems to be beyond it is unproven, and what can't be computed unavailable: neither
 * is a pass, and neither holds.
 */
export function healthChecks(rules: HealthRules, observation: Observation, evidence: EvidenceView): readonly CheckResult[] {
  const asked: Asked = { rules, observation, evidence };
  return [splitCheck(asked), exposureCheck(asked), joinCheck(asked), lagCheck(asked), silenceCheck(asked), sourceCheck(asked)];
}

/** Evidence that credits the wrong version: nothing may be read from it, harm neither. */
export function untrustworthy(checks: readonly CheckResult[]): Ruling | null {
  return firstFailing(checks, [["split", "split_off_target"], ["exposure", "multiple_exposure"]]);
}

/** Evidence that is not all there: it waits behind harm, which it must not hide. */
export function incomplete(checks: readonly CheckResult[]): Ruling | null {
  return firstFailing(checks, [["silence", "arm_silent"], ["source", "evidence_stale"], ["join-rate", "join_rate_low"], ["lag", "evidence_late"]]);
}

function firstFailing(checks: readonly CheckResult[], reasons: readonly (readonly [id: string, reason: Reason])[]): Ruling | null {
  const found = reasons.find(([id]) => checks.some((check) => check.id === id && check.status === "fail"));
  return found === undefined ? null : { verdict: "hold", reason: found[1] };
}

interface Asked {
  readonly rules: HealthRules;
  readonly observation: Observation;
  readonly evidence: EvidenceView;
}

const LEVEL = 0.99;

function blank(id: string, metric: string, n: CheckResult["n"]): CheckResult {
  return blankCheck({ id, purpose: "validity", metric, n });
}

/** By units where they are known, since outcomes of one unit come together; by outcomes otherwise. */
function splitCheck({ rules, observation, evidence }: Asked): CheckResult {
  const { allocation, slots, policy } = observation.rollout;
  const byUnits = Object.entries(policy.metrics).find(([, spec]) => typeof spec !== "string")?.[0] ?? null;
  const shares = sharesOf(allocation);
  const arms = allocation.arms.filter(({ ranges }) => ranges.length > 0).map(({ slot }) => ({ slot, n: seenIn(evidence.soFar, slot, byUnits), basisPoints: shares[slot] ?? 0, intended: (shares[slot] ?? 0) / 10_000 }));
  const total = arms.reduce((sum, { n }) => sum + n, 0);
  const challenger = arms.find(({ slot }) => slot === (slots?.challenger ?? "challenger"))?.n ?? 0;
  const base = { ...blank("split", byUnits === null ? DERIVED_METRICS.scored : byUnits, { champion: total - challenger, challenger }), unit: "share" as const, method: `share of ${byUnits === null ? "live outcomes" : "units"} of each slot, Wilson interval` };
  if (total === 0) return { ...base, says: "There are no outcomes in this epoch yet." };
  const gapMax = toNumber(rules.splitGapMax);
  const measured = arms.map((arm) => ({ ...arm, gap: arm.n / total - arm.intended, interval: wilson({ hits: arm.n, of: total }, LEVEL) }));
  const worst = measured.reduce((far, arm) => (Math.abs(arm.gap) > Math.abs(far.gap) ? arm : far));
  const surely = measured.some(({ interval, intended }) => interval.low > intended + gapMax || interval.high < intended - gapMax);
  const status = surely ? "fail" : arms.some((arm) => liesBeyond(arm, total, rules.splitGapMax)) ? "unproven" : "pass";
  return {
    ...base,
    status,
    estimate: worst.n / total,
    interval: { ...worst.interval, level: LEVEL },
    allowed: { low: Math.max(0, worst.intended - gapMax), high: Math.min(1, worst.intended + gapMax) },
    guarantee: "asymptotic",
    says: `${worst.slot} has ${formatPercent(worst.n / total)} of the ${byUnits === null ? "live outcomes" : "units"}, ${formatPoints(worst.gap)} from what was intended.`,
    wouldChange: status === "pass" ? null : status === "fail" ? "traffic that is split as it was set, or outcomes that are all reported" : "more outcomes: so far it may be chance",
  };
}

/** |n/total − share| > margin, on integers. */
function liesBeyond({ n, basisPoints }: { readonly n: number; readonly basisPoints: number }, total: number, { parts, of }: Rational): boolean {
  const gap = BigInt(n) * 10_000n - BigInt(basisPoints) * BigInt(total);
  return (gap < 0n ? -gap : gap) * BigInt(of) > BigInt(parts) * BigInt(total) * 10_000n;
}

function seenIn(evidence: Evidence, slot: string, ratio: string | null): number {
  let n = 0;
  for (const { mode, slot: of, metric, statistic } of evidence) {
    if (mode !== "live" || of !== slot) continue;
    if (ratio === null ? metric === DERIVED_METRICS.scored && statistic.kind === "count" : metric === ratio && statistic.kind === "ratio") n += statistic.kind === "count" || statistic.kind === "ratio" ? statistic.n : 0;
  }
  return n;
}

/** Units are kept for ratios alone: without one it can't be said which units met two versions. */
function exposureCheck({ rules, observation, evidence }: Asked): CheckResult {
  const ratio = Object.entries(observation.rollout.policy.metrics).find(([, spec]) => typeof spec !== "string")?.[0] ?? null;
  const slots = observation.rollout.allocation.arms.map(({ slot }) => slot);
  const seen = ratio === null ? 0 : slots.reduce((sum, slot) => sum + seenIn(evidence.soFar, slot, ratio), 0);
  const crossed = countOf(evidence.soFar, DERIVED_METRICS.crossed);
  const units = seen - crossed;
  const base = { ...blank("exposure", DERIVED_METRICS.crossed, { champion: 0, challenger: Math.max(0, units) }), unit: "share" as const, allowed: { low: null, high: toNumber(rules.crossedMax) }, method: "share of units that two slots served in this epoch" };
  if (ratio === null) return { ...base, says: "Units are not kept: the policy has no metric that is clustered by unit.", wouldChange: "a ratio among the metrics of the policy" };
  if (units <= 0) return { ...base, says: "No unit was seen in this epoch yet." };
  return shareCheck(base, { hits: crossed, of: units, max: rules.crossedMax, says: `${formatPercent(crossed / units)} of ${units} units were served by two slots between two changes of the split.`, mend: "callers that let the split choose the version, and caches that end with the epoch" });
}

function joinCheck({ rules, evidence }: Asked): CheckResult {
  const joins = evidence.health?.joins ?? null;
  const of = joins === null ? 0 : joins.followUps.n + joins.labels.n;
  const met = joins === null ? 0 : joins.followUps.met + joins.labels.met;
  const min = toNumber(rules.joinedMin);
  const base = { ...blank("join-rate", DERIVED_METRICS.joined, { champion: 0, challenger: of }), unit: "share" as const, allowed: { low: min, high: null }, method: "share of the newest follow-ups and labels that met an outcome" };
  if (of === 0) return { ...base, says: "No follow-up and no label came within the last day.", wouldChange: "follow-ups or labels" };
  // Of those that missed, so that a limit is an upper one as everywhere.
  const found = shareCheck(base, { hits: of - met, of, max: { parts: rules.joinedMin.of - rules.joinedMin.parts, of: rules.joinedMin.of }, says: `${formatPercent(met / of)} of the newest ${of} follow-ups and labels met an outcome.`, mend: "follow-ups and labels that name the requests of outcomes that were sent" });
  const { interval } = found;
  return { ...found, estimate: met / of, allowed: base.allowed, interval: interval === null ? null : { low: 1 - interval.high, high: 1 - interval.low, level: interval.level } };
}

/** Of every twenty, one may be late. */
const LATE_MAX: Rational = { parts: 1, of: 20 };

function lagCheck({ evidence }: Asked): CheckResult {
  const joined = countOf(evidence.soFar, DERIVED_METRICS.joined);
  const late = countOf(evidence.soFar, DERIVED_METRICS.late);
  const base = { ...blank("lag", DERIVED_METRICS.late, { champion: 0, challenger: joined }), unit: "share" as const, allowed: { low: null, high: toNumber(LATE_MAX) }, method: "share of follow-ups and labels that came later than the policy waits" };
  if (joined <= 0) return { ...base, says: "Nothing has followed an outcome of this epoch yet.", wouldChange: "follow-ups or labels" };
  return shareCheck(base, { hits: late, of: joined, max: LATE_MAX, says: `${formatPercent(late / joined)} of ${joined} follow-ups and labels came later than the policy waits.`, mend: "follow-ups and labels that come sooner, or a policy that waits longer" });
}

interface Share {
  readonly hits: number;
  readonly of: number;
  readonly max: Rational;
  readonly says: string;
  readonly mend: string;
}

function shareCheck(base: CheckResult, { hits, of, max, says, mend }: Share): CheckResult {
  const interval = wilson({ hits, of }, LEVEL);
  const status = interval.low > toNumber(max) ? "fail" : BigInt(hits) * BigInt(max.of) > BigInt(max.parts) * BigInt(of) ? "unproven" : "pass";
  return { ...base, status, estimate: hits / of, interval: { ...interval, level: LEVEL }, guarantee: "asymptotic", says, wouldChange: status === "pass" ? null : status === "fail" ? mend : `more of them, so that chance can be told apart; or ${mend}` };
}

/** So many outcomes are to be expected before it is no chance that none came: e^−7 is below one in a thousand. */
const EXPECTED_MIN = 7;

function silenceCheck({ rules, observation, evidence }: Asked): CheckResult {
  const { rollout } = observation;
  const arrivals = evidence.health?.arrivals ?? [];
  const base = { ...blank("silence", DERIVED_METRICS.scored, { champion: 0, challenger: 0 }), unit: "ms" as const, allowed: { low: null, high: rules.silenceMaxMs }, method: "time without a live outcome of a slot while another has some" };
  const since = rollout.stage?.since ?? rollout.startedAt;
  const latest = Math.max(...arrivals.map(({ newestAt }) => newestAt ?? Number.NEGATIVE_INFINITY));
  if (!Number.isFinite(latest)) return { ...base, says: "No slot has outcomes in this epoch yet.", wouldChange: "outcomes" };
  const shares = sharesOf(rollout.allocation);
  const gaps = arrivals.map(({ slot, newestAt, othersSince }) => {
    const share = (shares[slot] ?? 0) / 10_000;
    return { slot, silentMs: Math.max(0, latest - Math.max(newestAt ?? since, since)), expected: share < 1 ? (othersSince * share) / (1 - share) : 0 };
  });
  const worst = gaps.reduce((longest, gap) => (gap.silentMs > longest.silentMs ? gap : longest));
  const silent = gaps.find(({ silentMs, expected }) => silentMs > rules.silenceMaxMs && expected >= EXPECTED_MIN);
  const shown = silent ?? worst;
  const status = silent !== undefined ? "fail" : worst.silentMs > rules.silenceMaxMs ? "unproven" : "pass";
  return {
    ...base,
    status,
    estimate: shown.silentMs,
    reported: { expected: shown.expected },
    says: status === "pass" ? "Every slot has outcomes as new as the others'." : `${shown.slot} has had no outcome for ${inMinutes(shown.silentMs)}, while about ${Math.round(shown.expected)} were to be expected.`,
    wouldChange: status === "pass" ? null : `outcomes of ${shown.slot}`,
  };
}

/** Sources that can't be read, or are older than they may be by their own measure, hold as readings do; this is the policy's measure. */
function sourceCheck({ rules, observation, evidence }: Asked): CheckResult {
  const sources = evidence.sources ?? [];
  const base = { ...blank("source", "sources", { champion: 0, challenger: sources.length }), unit: "ms" as const, allowed: { low: null, high: rules.sourceAgeMaxMs }, method: "how far the data of a source lie behind the clock" };
  const [first] = sources;
  if (first === undefined) return { ...base, status: "pass", says: "The policy reads no source beside what is sent here.", wouldChange: null };
  const oldest = sources.reduce((old, source) => (source.freshAt < old.freshAt ? source : old), first);
  const ageMs = Math.max(0, observation.at - oldest.freshAt);
  const stale = ageMs > rules.sourceAgeMaxMs;
  return { ...base, status: stale ? "fail" : "pass", estimate: ageMs, says: `The data of ${oldest.name} lie ${inMinutes(ageMs)} behind${sources.length === 1 ? "" : ", those of other sources less"}.`, wouldChange: stale ? `data of ${oldest.name} up to now` : null };
}

function countOf(evidence: Evidence, metric: string): number {
  return evidence.reduce((n, item) => (item.metric === metric && item.mode === "live" && item.statistic.kind === "count" ? n + item.statistic.n : n), 0);
}

function inMinutes(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}
