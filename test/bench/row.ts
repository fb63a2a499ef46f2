/** One line of the benchmark: how often a second, against what was promised and against a baseline of the same run. */
export interface BenchRow {
  readonly name: string;
  readonly perSecond: number;
  /** The least that is promised; null when nothing is. */
  readonly target: number | null;
  /** Where less is better, and the name says what it is: the most that is promised; `perSecond` is then that figure. */
  readonly atMost?: number;
  /** What it is compared with, measured in the same run. */
  readonly baseline?: { readonly name: string; readonly perSecond: number };
}

/** The best of `rounds`: noise on a shared machine only ever slows. */
export function bestOf(rounds: number, measure: () => number): number {
  let best = 0;
  for (let round = 0; round < rounds; round++) best = Math.max(best, measure());
  return best;
}

/** Calls `work` for about `ms` and returns how often a second it ran. */
export function ratePerSecond(ms: number, work: () => void): number {
  const from = performance.now();
  let calls = 0;
  for (let elapsed = 0; elapsed < ms; elapsed = performance.now() - from) {
    for (let i = 0; i < 10; i++) work();
    calls += 10;
  }
  return (calls * 1000) / (performance.now() - from);
}
