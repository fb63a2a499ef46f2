// Models for looking at and testing the console before there is a controller: real decisions of the real core on
// made-up evidence, in real hash chains. Nothing here is shipped.
import type { EvidencePoint, ModelDetail } from "@gauntlet/contract";
import {
  allocate,
  decide,
  digestOf,
  emptyState,
  histogramBucketOf,
  planFor,
  planStart,
  project,
  rational,
  reallocate,
  sealEntry,
  sharesOf,
  type AbtestPolicy,
  type Decision,
  type Evidence,
  type Histogram,
  type LedgerEntry,
  type LedgerEvent,
  type ModelState,
  type Observation,
  type OperatorView,
  type Rollout,
} from "@gauntlet/core";

const DAY = 86_400_000;
const HOUR = 3_600_000;
export const NOW: number = Date.UTC(2002, 8, 12, 9, 30);

/** What one version's traffic looked like. */
interface ArmWorld {
  readonly errors: number;
  readonly p95: number;
}

export interface World {
  readonly model: string;
  readonly challenger: string;
  readonly champion: string;
  readonly startedDaysAgo: number;
  /** Live requests a day. */
  readonly volume: number;
  /** Labelled pairs by truth·4 + champion·2 + challenger. */
  readonly cells: readonly [number, number, number, number, number, number, number, number];
  readonly arms: { readonly champion: ArmWorld; readonly challenger: ArmWorld };
  readonly policy?: Partial<AbtestPolicy>;
  /** The challenger's realised share of live traffic. */
  readonly realised?: number;
  readonly startedBy?: string;
}

/** A model as the fixture server keeps it. */
export interface FixtureModel {
  readonly model: string;
  entries: LedgerEntry[];
  state: ModelState;
  decision: Decision | null;
  points: readonly EvidencePoint[];
  documents: ModelDetail["documents"];
  aliases: Record<string, string> | null;
  world: World | null;
  failure: string | null;
}

const POLICY: AbtestPolicy = {
  kind: "abtest",
  name: "recall-first",
  model: "m",
  mode: "strict",
  monitoring: "looks",
  spending: "each",
  metrics: { error: "rate", latency_ms: "histogram" },
  bucketMs: HOUR,
  approval: null,
  effects: ["registry.alias", "registry.tag", "traffic", "document"],
  impact: null,
  split: { champion: 8000, challenger: 2000 },
  shadow: true,
  window: { minMs: 14 * DAY, maxMs: 28 * DAY },
  labels: { maturityMs: 2 * DAY, coverageMin: rational(95, 100), coverageGapMax: rational(1, 100) },
  minSamples: 1000,
  alpha: rational(5, 100),
  srmAlpha: rational(1, 1000),
  checks: [
    { kind: "superiority", metric: "recall", improveBy: rational(5, 100), basis: "relative" },
    { kind: "band", metric: "precision", dropMax: rational(1, 100), riseMax: rational(1, 100) },
    { kind: "quantile", metric: "latency_ms", quantile: rational(95, 100), atMost: 100, increaseMax: 10 },
    { kind: "rate", metric: "error", increaseMax: rational(5, 1000) },
  ],
  harm: [
    { kind: "rate", metric: "error", increaseMax: rational(2, 100), alpha: rational(1, 1000) },
    { kind: "quantile", metric: "latency_ms", quantile: rational(95, 100), atMost: 250, windows: 3 },
    { kind: "recall", alpha: rational(1, 1000) },
  ],
};

export function digestFor(text: string): string {
  let hash = 0x811c9dc5;
  let out = "";
  for (let round = 0; round < 8; round += 1) {
    for (const character of `${text}/${round}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    out += hash.toString(16).padStart(8, "0");
  }
  return `sha256:${out}`;
}

/** A rollout from its start up to the decision at `at`, with the decision's effects applied unless `stopAfter` says how many. */
export function runRollout(world: World, options: { readonly decideAt?: number; readonly operator?: Partial<OperatorView>; readonly applied?: number; readonly failure?: string } = {}): FixtureModel {
  const model = newModel(world.model);
  model.world = world;
  const startedAt = NOW - world.startedDaysAgo * DAY;
  const rollout = rolloutOf(world, startedAt);
  const opening = planStart(rollout);
  append(model, startedAt, { kind: "rollout.started", rollout, plan: opening });
  applyPlan(model, startedAt + 2000);
  model.aliases = { champion: world.champion, challenger: world.challenger, previous: "0" };
  model.points = pointsOf(world, startedAt);
  const at = options.decideAt ?? NOW - 20 * 60_000;
  // The quiet first days, recorded when they changed.
  recordDecision(model, { at: startedAt + HOUR, part: 0.01 });
  if (startedAt + 14 * DAY < at - HOUR) recordDecision(model, { at: startedAt + 14 * DAY + 60_000, part: 0.9 });
  recordDecision(model, { at, part: 1, ...(options.operator === undefined ? {} : { operator: options.operator }) });
  if (model.decision !== null && model.decision.verdict !== "hold") applyPlan(model, at + 3000, options);
  return model;
}

export function newModel(model: string): FixtureModel {
  return { model, entries: [], state: emptyState(model), decision: null, points: [], documents: [], aliases: {}, world: null, failure: null };
}

export function append(model: FixtureModel, at: number, event: LedgerEvent): LedgerEntry {
  const entry = sealEntry(model.entries.at(-1) ?? null, { chain: model.model, at, event: JSON.parse(JSON.stringify(event)) as LedgerEvent });
  model.entries.push(entry);
  model.state = project(model.state, entry);
  return entry;
}

export function recordDecision(model: FixtureModel, about: { readonly at: number; readonly part: number; readonly operator?: Partial<OperatorView>; readonly change?: (decision: Decision) => Decision }): Decision {
  const rollout = model.state.rollout as Rollout<AbtestPolicy>;
  const observation = observationOf(model, rollout, about);
  const change = about.change ?? ((decision: Decision) => decision);
  const decision = change(decide(rollout.policy, observation));
  append(model, about.at, { kind: "decision", observation, decision, plan: planFor(decision, observation) });
  model.decision = decision;
  return decision;
}

/** Reads every effect back as applied; with `applied`, the one after so many fails. */
export function applyPlan(model: FixtureModel, at: number, options: { readonly applied?: number; readonly failure?: string } = {}): void {
  const pending = model.state.pending;
  if (pending === null) return;
  for (const [index, effect] of pending.plan.effects.entries()) {
    if (options.applied === index) {
      const detail = options.failure ?? "the registry answered 503";
      append(model, at + index * 400, { kind: "effect.failed", decisionId: pending.decisionId, key: effect.key, code: "registry_unavailable", detail, retryable: true });
      model.failure = `Effect ${index + 1} of ${pending.plan.effects.length} fails: ${detail}`;
      return;
    }
    append(model, at + index * 400, { kind: "effect.applied", decisionId: pending.decisionId, key: effect.key, note: "read back as planned" });
    if (effect.kind === "registry.alias" && model.aliases !== null) {
      if (effect.version === null) delete model.aliases[effect.alias];
      else model.aliases[effect.alias] = effect.version;
    }
    if (effect.kind === "document" && effect.document === "decision.md" && model.decision !== null) {
      model.documents = [{ decisionId: effect.decisionId, at: model.decision.at, verdict: model.decision.verdict }, ...model.documents];
    }
  }
  append(model, at + pending.plan.effects.length * 400, { kind: "plan.applied", decisionId: pending.decisionId });
}

function rolloutOf(world: World, startedAt: number): Rollout<AbtestPolicy> {
  const { model, champion, challenger } = world;
  const policy: AbtestPolicy = { ...POLICY, model, ...world.policy };
  const seed = `r${Math.round(startedAt / DAY)}`;
  const before = allocate({ model, epoch: 1, seed, shares: [{ slot: "champion", version: champion, basisPoints: 10_000 }], shadow: false });
  const during = reallocate(
    { ...before, shadow: policy.shadow },
    [
      { slot: "champion", version: champion, basisPoints: policy.split.champion },
      { slot: "challenger", version: challenger, basisPoints: policy.split.challenger },
    ],
    2,
  );
  return {
    id: `${model}-r3`,
    model,
    policy,
    policyDigest: digestFor(JSON.stringify(policy)),
    status: "running",
    champion: { version: champion, digest: digestFor(`${model}:${champion}`), threshold: 0.5, runId: "run-a" },
    challenger: { version: challenger, digest: digestFor(`${model}:${challenger}`), threshold: 0.62, runId: "run-b" },
    startedAt,
    ordinal: 3,
    startedBy: world.startedBy ?? "dana",
    allocation: during,
    snapshot: { aliases: { champion, challenger: null, previous: "0" }, allocation: before },
  };
}

function observationOf(model: FixtureModel, rollout: Rollout<AbtestPolicy>, about: { readonly at: number; readonly part: number; readonly operator?: Partial<OperatorView> }): Observation {
  const world = model.world as World;
  const evidence = evidenceOf(world, rollout, about.part);
  const look = { number: 1, of: 2, cutoff: rollout.startedAt + rollout.policy.window.minMs, dueAt: rollout.startedAt + rollout.policy.window.minMs + rollout.policy.labels.maturityMs, evidence, digest: digestOf(evidence) };
  const windows = [3, 2, 1].map((back) => ({ from: about.at - back * HOUR, to: about.at - (back - 1) * HOUR, evidence: evidenceOf(world, rollout, 0.01) }));
  const versions = [rollout.champion, rollout.challenger].map(({ version, digest, runId }) => ({ version, digest, runId, stage: "None", tags: {}, metrics: {} }));
  return {
    schema: 1,
    at: about.at,
    rollout,
    highestEpoch: model.state.epoch,
    registry: { available: true, aliases: { champion: rollout.champion.version, challenger: rollout.challenger.version }, versions },
    traffic: { available: true, ...rollout.allocation },
    evidence: { available: true, soFar: evidence, look, recent: windows },
    operator: { approvals: model.state.approvals, hold: model.state.hold, request: model.state.request, ...about.operator },
    blocked: null,
  };
}

function evidenceOf(world: World, rollout: Rollout<AbtestPolicy>, part: number): Evidence {
  const share = world.realised ?? rollout.policy.split.challenger / 10_000;
  const total = Math.round(world.volume * world.startedDaysAgo * part);
  const live = { champion: Math.round(total * (1 - share)), challenger: Math.round(total * share) };
  const cells = world.cells.map((cell) => Math.round(cell * part)) as unknown as World["cells"];
  const items = (["champion", "challenger"] as const).flatMap((slot) => {
    const key = { version: rollout[slot].version, slot, mode: "live" as const };
    const n = live[slot];
    return [
      { ...key, metric: "scored", statistic: { kind: "count" as const, n } },
      { ...key, metric: "labelled", statistic: { kind: "count" as const, n: Math.round(n * 0.985) } },
      { ...key, metric: "error", statistic: { kind: "rate" as const, n, hits: Math.round(n * world.arms[slot].errors) } },
      { ...key, metric: "latency_ms", statistic: latencies(n, world.arms[slot].p95) },
    ];
  });
  const paired = { version: rollout.challenger.version, slot: "challenger", mode: "shadow" as const, metric: "paired", statistic: { kind: "paired" as const, cells } };
  return rollout.policy.shadow ? [...items, paired] : items;
}

/** n log-normal latencies with the given 95th percentile. */
function latencies(n: number, p95: number): Histogram {
  const median = p95 / Math.exp(1.645 * 0.35);
  const points = 199;
  const counts = new Map<number, number>();
  let left = n;
  for (let point = 1; point <= points; point += 1) {
    const value = median * Math.exp(0.35 * normalQuantile(point / (points + 1)));
    const bucket = histogramBucketOf(value) ?? 0;
    const share = point === points ? left : Math.floor(n / points);
    counts.set(bucket, (counts.get(bucket) ?? 0) + share);
    left -= share;
  }
  return { kind: "histogram", n, zeros: 0, buckets: [...counts].filter(([, held]) => held > 0).toSorted((a, b) => a[0] - b[0]) };
}

/** Logistic approximation: near enough for pictures. */
function normalQuantile(p: number): number {
  return Math.log(p / (1 - p)) / 1.702;
}

/** By the delta method, unpaired: near enough for pictures. */
function differenceOf(found: { readonly champion: number; readonly challenger: number }, championFalse: number, challengerFalse: number): EvidencePoint["precisionDifference"] {
  const [first, second] = [found.champion / (found.champion + championFalse), found.challenger / (found.challenger + challengerFalse)];
  const half = 1.96 * Math.sqrt((first * (1 - first)) / (found.champion + championFalse) + (second * (1 - second)) / (found.challenger + challengerFalse));
  const difference = second - first;
  return { estimate: difference, low: difference - half, high: difference + half, watchedLow: difference - 1.6 * half, watchedHigh: difference + 1.6 * half };
}

/** Cumulative evidence by six hours, up to the end of the rollout or now, with some wobble at the beginning. */
function pointsOf(world: World, startedAt: number): EvidencePoint[] {
  const steps = Math.min(world.startedDaysAgo * 4, 120);
  const share = world.realised ?? 0.2;
  return Array.from({ length: steps }, (_, index) => {
    const part = (index + 1) / steps;
    const wobble = ((Math.sin(index * 0.9) + Math.sin(index * 0.37 + 1) + Math.sin(index * 2.3)) / 3) * (1 - part) * (0.3 / Math.sqrt(index + 1));
    const total = world.volume * world.startedDaysAgo * part;
    const [tn, fpB, fpA, fpBoth, fn, onlyB, onlyA, both] = world.cells.map((cell) => cell * part) as unknown as World["cells"];
    const challengerOnly = Math.max(0, Math.round(onlyB * (1 + wobble)));
    const championOnly = Math.max(0, Math.round(onlyA * (1 - wobble)));
    const found = { champion: both + championOnly, challenger: both + challengerOnly };
    const positives = fn + onlyB + onlyA + both;
    const ratio = found.champion < 1 ? null : found.challenger / found.champion;
    const spread = found.champion < 1 || found.challenger < 1 ? 0 : 2.24 * Math.sqrt((challengerOnly + championOnly) / (found.champion * found.challenger));
    const arm = (slot: "champion" | "challenger", live: number, falsePositive: number) => ({
      live: Math.round(live),
      recall: positives < 1 ? null : Math.min(1, found[slot] / positives),
      precision: positives < 1 ? null : found[slot] / (found[slot] + falsePositive),
      errorRate: world.arms[slot].errors * (1 + wobble),
      p95: world.arms[slot].p95 * (1 + wobble / 4),
      labelled: Math.round(live * 0.985),
    });
    return {
      at: startedAt + ((index + 1) * world.startedDaysAgo * DAY) / steps,
      champion: arm("champion", total * (1 - share), fpA + fpBoth),
      challenger: arm("challenger", total * share, fpB + fpBoth),
      paired: Math.round(tn + fpB + fpA + fpBoth + positives),
      onlyChallenger: challengerOnly,
      onlyChampion: championOnly,
      recallRatio: ratio === null || index < 2 ? null : { estimate: ratio, low: ratio * Math.exp(-spread), high: ratio * Math.exp(spread), watchedLow: ratio * Math.exp(-1.6 * spread), watchedHigh: ratio * Math.exp(1.6 * spread) },
      precisionDifference: positives < 1 || index < 2 ? null : differenceOf(found, fpA + fpBoth, fpB + fpBoth),
    };
  });
}

/** The split as the API gives it. */
export function splitOf(model: FixtureModel): ModelDetail["split"] {
  const rollout = model.state.rollout;
  const settled = model.state.settled?.plan.effects.find((effect) => effect.kind === "traffic");
  const allocation = settled?.kind === "traffic" ? settled.allocation : rollout?.allocation;
  if (allocation === undefined) return [];
  const shares = sharesOf(allocation);
  const last = model.points.at(-1);
  const live = { champion: last?.champion.live ?? 0, challenger: last?.challenger.live ?? 0 } as Record<string, number>;
  const running = rollout?.status === "running";
  const total = (live["champion"] ?? 0) + (live["challenger"] ?? 0);
  return allocation.arms.map((arm) => {
    const count = running ? (live[arm.slot] ?? 0) : total;
    return { slot: arm.slot, version: arm.version, intended: (shares[arm.slot] ?? 0) / 10_000, observed: total === 0 ? null : count / total, count };
  });
}
