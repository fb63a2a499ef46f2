import { digestOf } from "../digest/digest-of.ts";
import { allocate } from "../allocation/allocate.ts";
import type { Evidence, EvidenceItem } from "../evidence/evidence.ts";
import type { Histogram, Paired, Statistic } from "../evidence/statistic.ts";
import { bucketOf } from "../evidence/histogram.ts";
import type { Observation } from "../decision/observation.ts";
import type { AbtestPolicy } from "../policy/policy.ts";
import type { Rollout } from "../policy/rollout.ts";
import { baseRollout } from "./base-rollout.ts";

/** Builders of observations for tests: everything has a sound value, and a test changes what it is about. */
export const DAY: number = 86_400_000;
/** 2025-01-01T00:00:00Z */
export const START: number = 1_735_689_600_000;

export function abtestPolicy(change: Partial<AbtestPolicy> = {}): AbtestPolicy {
  return {
    kind: "abtest",
    name: "fraud phase 7",
    model: "fraud",
    mode: "strict",
    metrics: { latency_ms: "histogram", error: "rate" },
    bucketMs: DAY,
    approval: null,
    effects: ["registry.alias", "registry.tag", "traffic", "document"],
    impact: null,
    split: { champion: 8000, challenger: 2000 },
    shadow: true,
    monitoring: "looks",
    spending: "each",
    window: { minMs: 14 * DAY, maxMs: 28 * DAY },
    labels: { maturityMs: 30 * DAY, coverageMin: { parts: 19, of: 20 }, coverageGapMax: { parts: 1, of: 100 } },
    minSamples: 1000,
    alpha: { parts: 1, of: 20 },
    srmAlpha: { parts: 1, of: 1000 },
    checks: [
      { kind: "superiority", metric: "recall", improveBy: { parts: 1, of: 20 }, basis: "relative" },
      { kind: "band", metric: "precision", dropMax: { parts: 1, of: 100 }, riseMax: { parts: 1, of: 100 } },
      { kind: "quantile", metric: "latency_ms", quantile: { parts: 19, of: 20 }, atMost: 100, increaseMax: 10 },
      { kind: "rate", metric: "error", increaseMax: { parts: 0, of: 1 } },
    ],
    harm: [
      { kind: "rate", metric: "error", increaseMax: { parts: 1, of: 50 }, alpha: { parts: 1, of: 1000 } },
      { kind: "recall", alpha: { parts: 1, of: 1000 } },
    ],
    ...change,
  };
}

export function rolloutOf(policy: AbtestPolicy, change: Partial<Rollout<AbtestPolicy>> = {}): Rollout<AbtestPolicy> {
  const shares = [
    { slot: "champion", version: "1", basisPoints: policy.split.champion },
    { slot: "challenger", version: "2", basisPoints: policy.split.challenger },
  ];
  const base = { model: policy.model, seed: `${policy.model}-1`.replaceAll(":", "-") };
  return {
    ...baseRollout(policy, START, 0.5),
    allocation: allocate({ ...base, epoch: 1, shares, shadow: policy.shadow }),
    snapshot: {
      aliases: { champion: "1", challenger: null, previous: null },
      allocation: allocate({ ...base, epoch: 0, shares: [{ slot: "champion", version: "1", basisPoints: 10_000 }], shadow: false }),
    },
    ...change,
  };
}

/** Counts of an experiment; what is left out has a healthy value. */
export interface Counts {
  readonly live: readonly [champion: number, challenger: number];
  readonly labelled: readonly [champion: number, challenger: number];
  readonly paired: Paired["cells"] | null;
  readonly errors: readonly [champion: number, challenger: number];
  readonly latencyMs: readonly [champion: number, challenger: number];
}

/** truth·4 + champion·2 + challenger, from what people count. */
export function pairedCells(counts: {
  readonly bothHit: number;
  readonly onlyChallenger: number;
  readonly onlyChampion: number;
  readonly bothMiss: number;
  readonly bothFalse: number;
  readonly onlyChallengerFalse: number;
  readonly onlyChampionFalse: number;
  readonly bothRight: number;
}): Paired["cells"] {
  const { bothRight, onlyChallengerFalse, onlyChampionFalse, bothFalse, bothMiss, onlyChallenger, onlyChampion, bothHit } = counts;
  return [bothRight, onlyChallengerFalse, onlyChampionFalse, bothFalse, bothMiss, onlyChallenger, onlyChampion, bothHit];
}

/** Clearly better: 800 → 900 of 1000 positives, precision equal. */
export const BETTER: Counts = {
  live: [8000, 2000],
  labelled: [7900, 1975],
  paired: pairedCells({ bothHit: 780, onlyChallenger: 120, onlyChampion: 20, bothMiss: 80, bothFalse: 70, onlyChallengerFalse: 10, onlyChampionFalse: 10, bothRight: 8785 }),
  errors: [8, 2],
  latencyMs: [40, 41],
};

export function evidenceOf(counts: Counts): Evidence {
  const item = (version: string, metric: string, statistic: Statistic): EvidenceItem => ({ version, slot: version === "1" ? "champion" : "challenger", mode: "live", metric, statistic });
  const items: EvidenceItem[] = (["1", "2"] as const).flatMap((version, arm) => {
    const live = counts.live[arm] ?? 0;
    if (live === 0) return [];
    return [
      item(version, "scored", { kind: "count", n: live }),
      item(version, "labelled", { kind: "count", n: counts.labelled[arm] ?? 0 }),
      item(version, "error", { kind: "rate", n: live, hits: counts.errors[arm] ?? 0 }),
      item(version, "latency_ms", around(counts.latencyMs[arm] ?? 0, live)),
    ];
  });
  if (counts.paired !== null) items.push({ ...item("2", "paired", { kind: "paired", cells: counts.paired }), mode: "shadow" });
  return items;
}

function around(value: number, n: number): Histogram {
  return { kind: "histogram", n, zeros: 0, buckets: [[bucketOf(value) ?? 0, n]] };
}

/** An observation at the first look, its labels mature. */
export function observationOf(change: { readonly policy?: Partial<AbtestPolicy>; readonly counts?: Partial<Counts>; readonly observation?: Partial<Observation>; readonly look?: number } = {}): Observation {
  const policy = abtestPolicy(change.policy);
  const rollout = rolloutOf(policy);
  const evidence = evidenceOf({ ...BETTER, ...change.counts });
  const number = change.look ?? 1;
  const cutoff = START + (number === 1 ? policy.window.minMs : policy.window.maxMs);
  const dueAt = cutoff + policy.labels.maturityMs;
  return {
    schema: 1,
    at: dueAt + 1,
    rollout,
    highestEpoch: 1,
    registry: {
      available: true,
      aliases: { champion: "1", challenger: "2" },
      versions: [rollout.champion, rollout.challenger].map((ref) => ({ version: ref.version, digest: ref.digest, runId: ref.runId, stage: "None", tags: {}, metrics: {} })),
    },
    traffic: { available: true, ...rollout.allocation },
    evidence: { available: true, soFar: evidence, look: { number, of: 2, cutoff, dueAt, evidence, digest: digestOf(evidence) }, recent: [] },
    operator: { approvals: [], hold: null, request: null },
    blocked: null,
    ...change.observation,
  };
}
