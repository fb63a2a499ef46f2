import { allocate } from "../../allocation/allocate.ts";
import { sharesOf } from "../../allocation/shares-of.ts";
import { lookOf } from "../../decision/ramp/look.ts";
import type { Statistic } from "../../evidence/statistic.ts";
import { rampShares } from "../../plan/ramp-shares.ts";
import type { RampPolicy } from "../../policy/ramp-policy.ts";
import type { Rollout } from "../../policy/rollout.ts";
import { histogramSource } from "../log-normal.ts";
import type { Random } from "../random.ts";
import { simulatedRollout } from "../simulated-rollout.ts";
import type { PerVersion } from "../world.ts";
import { rulesOf, type MetricRule } from "./metric-rules.ts";
import { requireRampWorld, type RampWorld } from "./ramp-world.ts";
import { countsSource, hitsSource, momentsSource, ratioOf } from "./sums-source.ts";

const DAY_MS = 86_400_000;
/** How many ticks a stage may wait for data, beyond twice its time, before the simulation gives up on it. */
const PATIENCE = 30;

/** Everything that the runs of one ramp in one world share. */
export interface RampDesign {
  readonly policy: RampPolicy;
  readonly world: RampWorld;
  readonly metrics: readonly DrawnMetric[];
  /** The stages that are judged: all but the last, which is the promotion; and the last, where it is watched. */
  readonly stages: number;
  /** A stage that began at `since`; the same for every run that gets there then. */
  stage(index: number, since: number): StagePlan;
}

export interface StagePlan {
  readonly rollout: Rollout<RampPolicy>;
  /** Who is served at this stage, with shares of 1. */
  readonly arms: readonly { readonly slot: string; readonly version: string; readonly share: number }[];
  /** When the controller looks; ascending. */
  readonly ticks: readonly number[];
  /** Where the evidence of this stage is cut: at every tick, and at the end of what is mature then. */
  readonly cuts: readonly number[];
  readonly dueAt: number;
}

interface DrawnMetric extends PerVersion<(random: Random, units: number) => Statistic> {
  readonly metric: string;
}

/**
 * The rollout starts at 0. Ticks are daily, and at the end of each stage's time; stages shorter than a day are looked at in
 * steps of the shortest. Scores and health of evidence, which no traffic of a made world shows, are taken as good.
 *
 * @throws Failure `invalid_input` for a world that can't be.
 */
export function rampDesignOf(asked: RampPolicy, world: RampWorld): RampDesign {
  requireRampWorld(asked, world);
  const { health: _, ...policy } = asked;
  const plans = new Map<string, StagePlan>();
  const stage = (index: number, since: number): StagePlan => {
    const key = `${index} ${since}`;
    const plan = plans.get(key) ?? planOf(policy, index, since);
    plans.set(key, plan);
    return plan;
  };
  return { policy, world, metrics: rulesOf(policy).map((rule) => drawnMetric(rule, world)), stages: policy.stages.filter(({ dwellMs }) => dwellMs !== null).length, stage };
}

function planOf(policy: RampPolicy, index: number, since: number): StagePlan {
  const rollout = rolloutOf(policy, index, since);
  const dwells = policy.stages.map(({ dwellMs }) => dwellMs ?? Number.POSITIVE_INFINITY);
  const tickMs = Math.min(DAY_MS, Math.max(policy.bucketMs, Math.min(...dwells)));
  const dueAt = since + (dwells[index] as number);
  const last = since + 2 * (dueAt - since) + policy.maturityMs + PATIENCE * tickMs;
  const first = Math.floor(since / tickMs) + 1;
  const steady = Array.from({ length: Math.floor(last / tickMs) - first + 1 }, (_, step) => (first + step) * tickMs);
  const ticks = [...new Set([...steady, dueAt])].toSorted((a, b) => a - b);
  const cuts = [...new Set([...ticks, ...ticks.map((at) => lookOf(rollout, [], at).cutoff)])].filter((cut) => cut > since).toSorted((a, b) => a - b);
  const shares = sharesOf(rollout.allocation);
  const arms = rollout.allocation.arms.map(({ slot, version }) => ({ slot, version, share: (shares[slot] ?? 0) / 10_000 }));
  return { rollout, arms: arms.filter(({ share }) => share > 0), ticks, cuts, dueAt };
}

function rolloutOf(policy: RampPolicy, index: number, since: number): Rollout<RampPolicy> {
  const base = { model: policy.model, seed: "simulation", shadow: false };
  const slots = { champion: "champion", challenger: "challenger", control: policy.control === "equal" ? "control" : null };
  const alone = allocate({ ...base, epoch: 0, shares: [{ slot: "champion", version: "1", basisPoints: 10_000 }] });
  const shares = rampShares({ allocation: alone, slots, champion: "1", challenger: "2", basisPoints: policy.stages[index]?.basisPoints ?? 0, control: policy.control });
  return { ...simulatedRollout(policy, { allocation: allocate({ ...base, epoch: index + 1, shares }), before: alone }), slots, stage: { index, since } };
}

function drawnMetric(rule: MetricRule, world: RampWorld): DrawnMetric {
  return { metric: rule.metric, champion: drawerOf(rule, world, "champion"), challenger: drawerOf(rule, world, "challenger") };
}

function drawerOf({ metric, folded, once }: MetricRule, { rates, ratios, values, units }: RampWorld, version: keyof PerVersion<unknown>): (random: Random, units: number) => Statistic {
  const { requests } = units;
  const spread = values[metric]?.[version] ?? { p50: 1, p95: 2 };
  switch (folded) {
    case "rate": {
      const source = hitsSource(rates[metric]?.[version] ?? 0, units);
      return (random, n) => ({ kind: "rate", n: n * requests, hits: source.draw(random, n).sum });
    }
    case "ratio": {
      const source = (once ? hitsSource : countsSource)(ratios[metric]?.[version] ?? 0, units);
      return (random, n) => ratioOf(n, source.draw(random, n), requests);
    }
    case "moments": {
      const source = momentsSource(spread);
      return (random, n) => source.draw(random, n * requests);
    }
    case "histogram": {
      const source = histogramSource(spread);
      return (random, n) => source.draw(random, n * requests);
    }
  }
}
