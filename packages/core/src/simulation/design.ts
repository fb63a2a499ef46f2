import { allocate } from "../allocation/allocate.ts";
import { lookEnds } from "../decision/abtest/look.ts";
import { Failure } from "../failure/failure.ts";
import type { AbtestPolicy } from "../policy/policy.ts";
import type { Rollout } from "../policy/rollout.ts";
import { histogramSource, logNormalCdf, type HistogramSource } from "./log-normal.ts";
import { metricsOf, simulable } from "./reads.ts";
import { jointChances, truthOf, type PerVersion, type Truth, type World } from "./world.ts";
import { simulatedRollout } from "./simulated-rollout.ts";

const DAY_MS = 86_400_000;
/** How many ticks a look may wait for labels or for other evidence before the simulation gives up on it. */
const PATIENCE = 30;

/** Everything that the runs of one policy in one world share. */
export interface Design {
  readonly policy: AbtestPolicy;
  readonly world: World;
  readonly truth: Truth;
  readonly rollout: Rollout<AbtestPolicy>;
  /** Chances of the eight kinds of request, indexed truth·4 + champion·2 + challenger. */
  readonly joint: readonly number[];
  /** Width of a simulated time bucket: a multiple of the policy's. */
  readonly stepMs: number;
  /** When the controller looks, after the start; ascending. */
  readonly ticks: readonly number[];
  /** When each look is due, after the start. */
  readonly looks: readonly number[];
  readonly rates: readonly Metric<number>[];
  readonly values: readonly Metric<HistogramSource>[];
  /** Share of the requests of a bucket that have a label `ageMs` after the bucket's end. */
  labelled(ageMs: number): number;
}

interface Metric<T> extends PerVersion<T> {
  readonly metric: string;
}

/**
 * The rollout starts at 0. Ticks are daily, and at the due time of every look; a window shorter than a day is looked at in
 * steps of the window.
 * @throws Failure `invalid_input` for a world that can't be, or a policy that can't be simulated.
 */
export function designOf(asked: AbtestPolicy, world: World): Design {
  const policy = simulable(asked);
  const rollout = rolloutOf(policy);
  const tickMs = Math.min(DAY_MS, Math.max(policy.bucketMs, policy.window.minMs));
  const stepMs = stepOf(policy, tickMs);
  const looks = lookEnds(policy).map((ms) => ms + policy.labels.maturityMs);
  const last = (looks.at(-1) as number) + PATIENCE * tickMs;
  const steady = Array.from({ length: Math.floor(last / tickMs) }, (_, index) => (index + 1) * tickMs);
  return {
    policy,
    world,
    truth: truthOf(world),
    rollout,
    joint: jointChances(world),
    stepMs,
    ticks: [...new Set([...steady, ...looks])].toSorted((a, b) => a - b),
    looks,
    rates: metricsOf(policy, "rate").map((metric) => ({ metric, ...known(world.rates, "rates", metric) })),
    values: metricsOf(policy, "values").map((metric) => sourcesOf(metric, known(world.values, "values", metric))),
    labelled: labelledShare(world, stepMs),
  };
}

/** As many of the policy's buckets as fit into a tick and divide every look: the fewer draws, the faster. */
function stepOf({ window, bucketMs }: AbtestPolicy, tickMs: number): number {
  const [first, last] = [window.minMs, window.maxMs].map((ms) => Math.floor(ms / bucketMs)) as [number, number];
  for (let buckets = Math.floor(tickMs / bucketMs); buckets > 1; buckets--) {
    if (first % buckets === 0 && last % buckets === 0) return buckets * bucketMs;
  }
  return bucketMs;
}

function rolloutOf(policy: AbtestPolicy): Rollout<AbtestPolicy> {
  const shares = [
    { slot: "champion", version: "1", basisPoints: policy.split.champion },
    { slot: "challenger", version: "2", basisPoints: policy.split.challenger },
  ];
  const allocation = allocate({ model: policy.model, epoch: 1, seed: "simulation", shares, shadow: policy.shadow });
  return simulatedRollout(policy, { allocation, before: allocation });
}

function known<T>(metrics: Readonly<Record<string, T>>, place: string, metric: string): T {
  const found = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
  if (found === undefined) throw new Failure("invalid_input", `the world says nothing of the metric ${metric}, which the policy reads`, { fix: `add it to the world under ${place}` });
  return found;
}

function sourcesOf(metric: string, { champion, challenger }: World["values"][string]): Metric<HistogramSource> {
  return { metric, champion: histogramSource(champion), challenger: histogramSource(challenger) };
}

/** Points at which the delay of a bucket's requests is averaged. */
const POINTS = 16;

function labelledShare({ labels }: World, stepMs: number): (ageMs: number) => number {
  const delay = { p50: labels.medianMs, p95: labels.p95Ms };
  const shares = new Map<number, number>();
  return (ageMs) => {
    const seen = shares.get(ageMs);
    if (seen !== undefined) return seen;
    let sum = 0;
    for (let i = 0; i < POINTS; i++) sum += logNormalCdf(delay, ageMs + ((i + 0.5) / POINTS) * stepMs);
    const share = (labels.coverage * sum) / POINTS;
    shares.set(ageMs, share);
    return share;
  };
}
