import { likeliest } from "./dataset.ts";

/**
 * Adds `lambda` times the slope of the chance that is given to the move which beats the true one: a guess of it makes
 * the bot lose the round, so it costs more than another wrong one. `slopes` and `chances` are of one row, in canonical order.
 */
export function addDangerSlope(slopes: Float64Array, { chances, from, label, lambda }: { readonly chances: Float64Array; readonly from: number; readonly label: number; readonly lambda: number }): void {
  const danger = (label + 1) % 3;
  const p = chances[from + danger]!;
  for (let k = 0; k < 3; k++) slopes[from + k]! += lambda * p * ((k === danger ? 1 : 0) - chances[from + k]!);
}

/** Chances with that of the move which beats the likeliest one taken down by e to the minus `lambda`; they sum to 1 again. */
export function damped(chances: Float64Array, lambda: number): Float64Array {
  const danger = (likeliest(chances) + 1) % 3;
  chances[danger]! *= Math.exp(-lambda);
  const sum = chances[0]! + chances[1]! + chances[2]!;
  for (let k = 0; k < 3; k++) chances[k]! /= sum;
  return chances;
}
