import { allocate } from "../allocation/allocate.ts";
import { digestOf } from "../digest/digest-of.ts";
import type { Observation } from "../decision/observation.ts";
import type { Evidence, EvidenceItem } from "../evidence/evidence.ts";
import { bucketOf } from "../evidence/histogram.ts";
import type { Histogram, Moments, Statistic, WideInteger } from "../evidence/statistic.ts";
import { WIDE_UNIT } from "../evidence/wide-integer.ts";
import { rampShares } from "../plan/ramp-shares.ts";
import type { RampPolicy } from "../policy/ramp-policy.ts";
import type { Rollout } from "../policy/rollout.ts";
import { DAY, START } from "./observation.ts";
import { baseRollout } from "./base-rollout.ts";

/** Document 001 in numbers: its rungs, its margins, its days. */
export function rampPolicy(change: Partial<RampPolicy> = {}): RampPolicy {
  return {
    kind: "ramp",
    name: "planner",
    model: "planner_model",
    mode: "strict",
    metrics: { accepted: "rate", edits: "moments", intervened: "rate", p50_ms: "moments", latency_ms: "histogram", violation: "rate" },
    bucketMs: DAY,
    approval: null,
    effects: ["registry.alias", "registry.tag", "traffic"],
    impact: null,
    experiment: null,
    admission: { offline: [] },
    stages: [
      { name: "10", basisPoints: 1000, dwellMs: 3 * DAY },
      { name: "25", basisPoints: 2500, dwellMs: 5 * DAY },
      { name: "50", basisPoints: 5000, dwellMs: 7 * DAY },
      { name: "production", basisPoints: 10_000, dwellMs: null },
    ],
    control: "rest",
    maturityMs: 0,
    minSamples: 1000,
    srmAlpha: { parts: 1, of: 1000 },
    alpha: { parts: 1, of: 20 },
    spending: "each",
    harmAlpha: { parts: 1, of: 1000 },
    checks: [
      { kind: "noWorseThan", metric: "accepted", figure: { kind: "rate" }, better: "higher", margin: { parts: 1, of: 20 }, floor: { parts: 1, of: 200 } },
      { kind: "noWorseThan", metric: "edits", figure: { kind: "mean" }, better: "lower", margin: { parts: 1, of: 10 }, floor: { parts: 1, of: 20 } },
      { kind: "noWorseThan", metric: "intervened", figure: { kind: "rate" }, better: "lower", margin: { parts: 1, of: 20 }, floor: { parts: 1, of: 200 } },
      { kind: "noWorseThan", metric: "p50_ms", figure: { kind: "mean" }, better: "lower", margin: { parts: 1, of: 5 }, floor: { parts: 1, of: 20 } },
      { kind: "cap", metric: "latency_ms", quantile: { parts: 99, of: 100 }, atMost: 2000 },
      { kind: "never", metric: "violation" },
    ],
    ...change,
  };
}

/** What one arm showed; null is nothing at all of that metric. */
export interface ArmCounts {
  readonly live: number;
  /** Hits of `of`. */
  readonly accepted: readonly [hits: number, of: number] | null;
  readonly edits: readonly [mean: number, deviation: number] | null;
  readonly intervened: readonly [hits: number, of: number] | null;
  readonly p50: readonly [mean: number, deviation: number] | null;
  /** Milliseconds. */
  readonly p99: number | null;
  readonly violations: number | null;
}

/** 9,000 plans, as usual, with the figures of the facts; the validator has had enough to be judged by. */
const CHAMPION: ArmCounts = { live: 9000, accepted: [7200, 9000], edits: [2, 1.5], intervened: [40_000, 1_000_000], p50: [450, 100], p99: 1500, violations: 0 };

/** No different, and a tenth as many. */
export const CHALLENGER: ArmCounts = { live: 1000, accepted: [800, 1000], edits: [2, 1.5], intervened: [4000, 100_000], p50: [450, 100], p99: 1500, violations: 0 };

export interface RampSituation {
  readonly policy?: Partial<RampPolicy>;
  readonly champion?: Partial<ArmCounts>;
  readonly challenger?: Partial<ArmCounts>;
  /** Of `stages`, from 0. */
  readonly stage?: number;
  /** Days since the stage began. */
  readonly day?: number;
  readonly observation?: Partial<Observation>;
}

export function rampRollout(policy: RampPolicy, stage = 0, change: Partial<Rollout<RampPolicy>> = {}): Rollout<RampPolicy> {
  const base = { model: policy.model, seed: "planner-1" };
  const slots = { champion: "champion", challenger: "challenger", control: policy.control === "equal" ? "control" : null };
  const alone = allocate({ ...base, epoch: 0, shares: [{ slot: "champion", version: "1", basisPoints: 10_000 }], shadow: false });
  const shares = rampShares({ allocation: alone, slots, champion: "1", challenger: "2", basisPoints: policy.stages[stage]?.basisPoints ?? 0, control: policy.control });
  return {
    ...baseRollout(policy, START),
    allocation: allocate({ ...base, epoch: stage + 1, shares, shadow: false }),
    slots,
    stage: { index: stage, since: START },
    snapshot: { aliases: { champion: "1", challenger: null, previous: null }, allocation: alone, stages: { "1": "Production", "2": "None" } },
    ...change,
  };
}

/** An observation at the end of a stage of 10 %, all its evidence mature; a test changes what it is about. */
export function rampObservation({ policy: change = {}, stage = 0, day, ...situation }: RampSituation = {}): Observation {
  const policy = rampPolicy(change);
  const rollout = rampRollout(policy, stage);
  const dwellMs = policy.stages[stage]?.dwellMs ?? 0;
  const at = START + (day === undefined ? dwellMs : day * DAY);
  const evidence = [...itemsOf({ ...CHAMPION, ...situation.champion }, "1", "champion"), ...itemsOf({ ...CHALLENGER, ...situation.challenger }, "2", "challenger")];
  return {
    schema: 1,
    at,
    rollout,
    highestEpoch: rollout.allocation.epoch,
    registry: {
      available: true,
      aliases: { champion: "1", challenger: "2" },
      versions: [rollout.champion, rollout.challenger].map(({ version, digest, runId }) => ({ version, digest, runId, stage: "None", tags: {}, metrics: {} })),
    },
    traffic: { available: true, ...rollout.allocation },
    evidence: { available: true, soFar: evidence, look: { number: stage + 1, of: policy.stages.length, cutoff: at, dueAt: START + dwellMs, evidence, digest: digestOf(evidence) }, recent: [] },
    operator: { approvals: [], hold: null, request: null },
    blocked: null,
    ...situation.observation,
  };
}

export function itemsOf({ live, accepted, edits, intervened, p50, p99, violations }: ArmCounts, version: string, slot: string): Evidence {
  const item = (metric: string, statistic: Statistic | null): EvidenceItem[] => (statistic === null ? [] : [{ version, slot, mode: "live", metric, statistic }]);
  const rate = (counts: readonly [number, number] | null): Statistic | null => (counts === null ? null : { kind: "rate", hits: counts[0], n: counts[1] });
  return [
    ...item("scored", live === 0 ? null : { kind: "count", n: live }),
    ...item("accepted", rate(accepted)),
    ...item("edits", edits === null ? null : momentsOf(live, edits)),
    ...item("intervened", rate(intervened)),
    ...item("p50_ms", p50 === null ? null : momentsOf(live, p50)),
    ...item("latency_ms", p99 === null ? null : tailed(live, p99)),
    ...item("violation", violations === null ? null : { kind: "rate", n: live, hits: violations }),
  ];
}

/** n values of this mean and deviation, to a thousandth. */
export function momentsOf(n: number, [mean, deviation]: readonly [number, number]): Moments {
  const [thousandths, spread] = [Math.round(mean * 1000), Math.round(deviation * 1000)];
  return { kind: "moments", n, sum: wide(BigInt(n) * BigInt(thousandths)), squares: wide(BigInt(n) * BigInt(thousandths * thousandths + spread * spread)) };
}

/** Half of the values at 100, and the highest 2 % at the given one. */
function tailed(n: number, p99: number): Histogram {
  const tail = Math.ceil(n / 50);
  const buckets = new Map<number, number>();
  for (const [value, count] of [[100, n - tail], [p99, tail]] as const) buckets.set(bucketOf(value) ?? 0, (buckets.get(bucketOf(value) ?? 0) ?? 0) + count);
  return { kind: "histogram", n, zeros: 0, buckets: [...buckets].toSorted(([a], [b]) => a - b) };
}

function wide(value: bigint): WideInteger {
  const unit = BigInt(WIDE_UNIT);
  return { high: Number(value / unit), low: Number(value % unit) };
}
