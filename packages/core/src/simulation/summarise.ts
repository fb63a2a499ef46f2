import type { Reason, Verdict } from "../decision/decision.ts";
import { wilson } from "../statistics/wilson.ts";
import type { Design } from "./design.ts";
import { deserves, isHarmless } from "./merit.ts";
import type { RunResult, SimulatedRun } from "./simulate-run.ts";

/** A chance with its Wilson interval at 95 %. */
export interface Chance {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

export interface Spread {
  readonly mean: number;
  readonly p10: number;
  readonly p90: number;
}

/** What many runs of one policy came to. */
export interface Outcomes {
  readonly promote: Chance;
  readonly retain: Chance;
  readonly rollback: Chance;
  /** Not ended when the simulation gave up waiting. */
  readonly hold: Chance;
  /** How many runs ended for each reason. */
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
  readonly days: Spread;
  /** Live outcomes of both versions. */
  readonly samples: Spread;
  /** Requests that the challenger served before the verdict. */
  readonly exposed: Spread;
  /** Of these, how many got a worse answer than the champion would have given; of a ramp, all of them while the challenger truly breaks a check. */
  readonly harmed: Spread;
  /** Of a ramp: the stages before the promotion. */
  readonly stages?: readonly StageOutcome[];
  /** Of a ramp: days until a promotion, and until a rollback, of the runs that ended so; null where none did. */
  readonly daysTo?: { readonly promote: Spread | null; readonly rollback: Spread | null };
}

interface StageOutcome {
  readonly name: string;
  /** How often a run got there. */
  readonly reached: Chance;
  /** Requests that the challenger served at this stage, in the mean of all runs. */
  readonly exposed: number;
}

/** One point of the operating characteristic: a true effect, and what becomes of it. */
export interface OperatingPoint {
  /** Relative change of recall, or of the metric that the effects of a ramp are about. */
  readonly effect: number;
  readonly runs: number;
  /** Whether the challenger truly is what the policy asks for; a promotion otherwise is false. */
  readonly deserving: boolean;
  /** Whether it truly keeps within every harm rule, or under a ramp is no worse than the champion; a rollback then is false. */
  readonly harmless: boolean;
  readonly policy: Outcomes;
  /** Of the policy: null where a promotion, or a rollback, would be right. */
  readonly falsePromotion: Chance | null;
  readonly falseRollback: Chance | null;
  /** The same under a fixed-sample test looked at every day; null for an A/B test that compares no recall. */
  readonly naive: Outcomes | null;
}

export function summarise(design: Design, runs: readonly SimulatedRun[]): OperatingPoint {
  const { policy, world } = design;
  return pointOf({ effect: world.challenger.recallChange, deserving: deserves(policy, world), harmless: isHarmless(policy, world), stages: null }, runs);
}

interface Truly extends Pick<OperatingPoint, "effect" | "deserving" | "harmless"> {
  /** Names of the stages of a ramp. */
  readonly stages: readonly string[] | null;
}

/** Counts runs against what is true of the challenger. */
export function pointOf({ effect, deserving, harmless, stages }: Truly, runs: readonly SimulatedRun[]): OperatingPoint {
  const naive = runs.flatMap((run) => (run.naive === null ? [] : [run.naive]));
  const policy = outcomesOf(runs.map((run) => run.policy), stages);
  return {
    effect,
    runs: runs.length,
    deserving,
    harmless,
    policy,
    falsePromotion: deserving ? null : policy.promote,
    falseRollback: harmless ? policy.rollback : null,
    naive: naive.length === 0 ? null : outcomesOf(naive, stages),
  };
}

function outcomesOf(results: readonly RunResult[], stages: readonly string[] | null): Outcomes {
  const chanceOf = (is: (result: RunResult) => boolean): Chance => {
    const hits = results.filter(is).length;
    return { share: hits / results.length, ...wilson({ hits, of: results.length }, 0.95) };
  };
  const chance = (verdict: Verdict) => chanceOf((result) => result.verdict === verdict);
  const reasons: Partial<Record<Reason, number>> = {};
  for (const { reason } of results) reasons[reason] = (reasons[reason] ?? 0) + 1;
  const spread = (of: (result: RunResult) => number) => spreadOf(results.map(of));
  return {
    promote: chance("promote"),
    retain: chance("retain"),
    rollback: chance("rollback"),
    hold: chance("hold"),
    reasons,
    days: spread((result) => result.day),
    samples: spread((result) => result.samples),
    exposed: spread((result) => result.exposed),
    harmed: spread((result) => result.harmed),
    ...(stages === null ? {} : { stages: stages.map((name, index) => ({ name, reached: chanceOf(({ exposedByStage }) => (exposedByStage?.[index] ?? 0) > 0), exposed: spread(({ exposedByStage }) => exposedByStage?.[index] ?? 0).mean })), daysTo: { promote: daysTo(results, "promote"), rollback: daysTo(results, "rollback") } }),
  };
}

function daysTo(results: readonly RunResult[], verdict: Verdict): Spread | null {
  const days = results.flatMap((result) => (result.verdict === verdict ? [result.day] : []));
  return days.length === 0 ? null : spreadOf(days);
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] as number;
  return { mean: values.reduce((sum, value) => sum + value, 0) / values.length, p10: at(0.1), p90: at(0.9) };
}
