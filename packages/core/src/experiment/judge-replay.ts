import { Failure } from "../failure/failure.ts";
import { pairedBootstrap } from "../statistics/bootstrap.ts";
import type { OfflineReplay, ReplayScore } from "./experiment.ts";

/** What a version scored on recorded cases, on average. */
export interface ReplayMeans {
  readonly cases: number;
  /** Cases without any violation of a constraint. */
  readonly constraintKept: number;
  /** Kept to six decimals, as they are stored; null when it was not measured. */
  readonly scores: Readonly<Record<ReplayScore, number | null>>;
}

export interface ReplayDataset {
  readonly version: string;
  /** [from, to) of what was recorded; null when nobody says. */
  readonly window: { readonly from: number; readonly to: number } | null;
}

export interface ReplayJudgement {
  readonly passed: boolean;
  /** One sentence for each rule, in their order. */
  readonly rules: readonly { readonly score: ReplayScore; readonly passed: boolean; readonly detail: string }[];
}

/** Scores of one recorded case by both versions. Constraint respect is 1 or 0. */
export interface ReplayCase {
  readonly candidate: Readonly<Record<ReplayScore, number | null>>;
  readonly baseline: Readonly<Record<ReplayScore, number | null>> | null;
}

/** candidate · of ≥ baseline · parts, in whole millionths. */
const RULES: readonly { readonly score: Exclude<ReplayScore, "constraint_respect">; readonly parts: number; readonly of: number }[] = [
  { score: "plan_alignment", parts: 1, of: 1 },
  { score: "edit_distance", parts: 1, of: 1 },
  { score: "diversity", parts: 95, of: 100 },
  { score: "leftovers", parts: 95, of: 100 },
];

/**
 * Whether a candidate may meet anybody: no case breaks a constraint; alignment and edits (a similarity: more is better) are
 * at least the baseline's, diversity and leftovers at least 0.95 of it. What was not measured, and a candidate without a
 * baseline, does not pass. (Planner facts §7.)
 */
export function judgeReplay(candidate: ReplayMeans, baseline: ReplayMeans | null): ReplayJudgement {
  const { cases, constraintKept } = candidate;
  const kept = cases > 0 && constraintKept === cases;
  const rules = RULES.map(({ score, parts, of }) => {
    const [mine, theirs] = [candidate.scores[score], baseline?.scores[score] ?? null];
    if (mine === null || theirs === null) return { score, passed: false, detail: `${score} of the ${mine === null ? "candidate" : "baseline"} was not measured` };
    return { score, passed: millionths(mine) * of >= millionths(theirs) * parts, detail: `${score} ${mine} against ${parts === of ? "" : `${parts / of} of `}the baseline's ${theirs}` };
  });
  const constraint = { score: "constraint_respect" as const, passed: kept, detail: `${constraintKept} of ${cases} cases keep every constraint` };
  return { passed: kept && rules.every(({ passed }) => passed), rules: [constraint, ...rules] };
}

/** @throws Failure `invalid_input` when a version would be judged by what it learned from. */
export function requireOtherData(evaluated: ReplayDataset, trained: ReplayDataset): void {
  const fix = "replay on cases that were recorded after the training data end";
  if (evaluated.version === trained.version) throw new Failure("invalid_input", `the dataset ${evaluated.version} is what the candidate was trained on`, { fix });
  if (evaluated.window === null || trained.window === null) return;
  if (evaluated.window.from < trained.window.to && trained.window.from < evaluated.window.to) {
    throw new Failure("invalid_input", `the dataset ${evaluated.version} overlaps in time with ${trained.version}, which the candidate was trained on`, { fix });
  }
}

const SCORES: readonly ReplayScore[] = ["plan_alignment", "constraint_respect", "edit_distance", "diversity", "leftovers"];

/** Means over cases; a score that any case lacks was not measured. */
export function replayMeans(cases: readonly Readonly<Record<ReplayScore, number | null>>[]): ReplayMeans {
  const mean = (score: ReplayScore): number | null => {
    let sum = 0;
    for (const scores of cases) {
      const value = scores[score];
      if (value === null) return null;
      sum += value;
    }
    return cases.length === 0 ? null : Math.round((sum / cases.length) * 1e6) / 1e6;
  };
  return {
    cases: cases.length,
    constraintKept: cases.filter(({ constraint_respect: kept }) => kept === 1).length,
    scores: Object.fromEntries(SCORES.map((score) => [score, mean(score)])) as ReplayMeans["scores"],
  };
}

const RESAMPLES = 2000;
const LEVEL = 0.95;

/** Bootstrap intervals of candidate − baseline over the cases that both answered; recorded beside the judgement, never judged by. */
export function replayIntervals(cases: readonly ReplayCase[], random: () => number): OfflineReplay["intervals"] {
  const found = SCORES.flatMap((score) => {
    const differences = cases.flatMap(({ candidate, baseline }) => {
      const [mine, theirs] = [candidate[score], baseline?.[score] ?? null];
      return mine === null || theirs === null ? [] : [millionths(mine) - millionths(theirs)];
    });
    if (differences.length < 2) return [];
    const mean = (drawn: Float64Array): number => differences.reduce((sum, difference, index) => sum + difference * (drawn[index] as number), 0) / differences.length / 1e6;
    const interval = pairedBootstrap(differences.length, mean, { resamples: RESAMPLES, level: LEVEL, random })?.interval ?? null;
    return interval === null ? [] : [[score, { low: interval.low, high: interval.high }] as const];
  });
  return found.length === 0 ? null : Object.fromEntries(found);
}

function millionths(score: number): number {
  return Math.round(score * 1e6);
}
