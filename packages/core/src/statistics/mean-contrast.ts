import type { Summary } from "./summary.ts";

/** Candidate − ratio·baseline, of two independent samples. */
export interface Contrast {
  readonly value: number;
  /** s²_B/n_B + r²·s²_A/n_A. */
  readonly variance: number;
  /** Welch's degrees of freedom after Satterthwaite (1946); null without any variance. */
  readonly df: number | null;
}

/** Of samples of at least two values each. */
export function meanContrast(candidate: Summary, baseline: Summary, ratio: number): Contrast {
  const first = candidate.variance / candidate.n;
  const second = ratio * ratio * (baseline.variance / baseline.n);
  const variance = first + second;
  const share = first / variance;
  return {
    value: candidate.mean - ratio * baseline.mean,
    variance,
    df: variance > 0 ? 1 / (share ** 2 / (candidate.n - 1) + (1 - share) ** 2 / (baseline.n - 1)) : null,
  };
}
