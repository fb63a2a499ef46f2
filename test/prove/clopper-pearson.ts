import { betaCdf, betaSurvival } from "@gauntlet/core";

/** The exact lower bound of a rate (Clopper & Pearson 1934): the p with P(X ≥ hits) = error. */
export function lowerBound(hits: number, of: number, error: number): number {
  return hits === 0 ? 0 : solve((p) => betaCdf(p, hits, of - hits + 1) < error);
}

export function upperBound(hits: number, of: number, error: number): number {
  return hits === of ? 1 : solve((p) => betaSurvival(p, hits + 1, of - hits) > error);
}

function solve(below: (p: number) => boolean): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (below(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
