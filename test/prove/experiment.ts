import type { Random } from "./random.ts";

/** A world in which the null hypothesis is true, and a method that looks at it again and again. */
export interface Experiment {
  readonly id: string;
  readonly method: string;
  readonly world: string;
  readonly guarantee: "exact" | "asymptotic" | "fixed-sample" | "mixed";
  /** What the rate of false alarms must not exceed. */
  readonly alpha: number;
  /** holds: a rate above alpha fails the proof. breaks: a rate that does not exceed it fails. told: reported only. */
  readonly expects: "holds" | "breaks" | "told";
  /** Says more, where a row needs it. */
  readonly note: string | null;
  /** A figure of the literature or of reference/statistics.md to compare with. */
  readonly reference: string | null;
  readonly runs: { readonly short: number; readonly long: number };
  /** Schedules of looking, each counted from the same runs; the first one is what is judged together with the rest. */
  readonly columns: readonly string[];
  /** How many of `runs` runs raised a false alarm, for each column. */
  simulate(random: Random, runs: number): readonly number[];
}

/** A world with a true effect: when does a method stop? */
export interface PowerStudy {
  readonly id: string;
  readonly method: string;
  readonly reference: string;
  readonly runs: { readonly short: number; readonly long: number };
  /** Numbers of pairs at the stop on success; Infinity for none within `budget`. A stop for futility is negative. */
  simulate(random: Random, runs: number): readonly number[];
}

export const BATCH = 100;
