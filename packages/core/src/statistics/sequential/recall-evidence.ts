import { requireAtLeast } from "../input.ts";
import { pairedCells } from "../paired-ratio.ts";
import type { Evidence } from "./evidence.ts";
import { scoreEvidence } from "./score-evidence.ts";

/**
 * Evidence that the challenger's recall is more than `ratio` times the champion's, on the same labelled positives. `cells`
 * are those of `Paired`. It tests E[hit₂ − ratio·hit₁] ≤ 0, which says the same; exact (see `scoreEvidence`). A ratio below
 * 1 is non-inferiority.
 */
export function recallRatioEvidence(cells: readonly number[], ratio: number): Evidence {
  requireAtLeast("the ratio of recalls", ratio, 0.01);
  const [neither = 0, onlyChallenger = 0, onlyChampion = 0, both = 0] = pairedCells(cells).slice(4);
  return scoreEvidence({ scores: [0, 1, -ratio, 1 - ratio], counts: [neither, onlyChallenger, onlyChampion, both] }, 0);
}

/** Evidence that the challenger's recall is more than `margin` above the champion's; −0.01 is non-inferiority by a point. Exact. */
export function recallDifferenceEvidence(cells: readonly number[], margin: number): Evidence {
  const [neither = 0, onlyChallenger = 0, onlyChampion = 0, both = 0] = pairedCells(cells).slice(4);
  return scoreEvidence({ scores: [0, 1, -1], counts: [neither + both, onlyChallenger, onlyChampion] }, margin);
}
