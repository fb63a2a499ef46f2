import { requireAtLeast } from "../input.ts";

/** How far the bounds of a sequential test may move inwards. */
export interface Overshoot {
  readonly lower: number;
  readonly upper: number;
}

/** Sums over the records the LLR has set so far, upwards and downwards: a path has these, counts alone don't. */
export interface OvershootRecord {
  readonly highest: number;
  readonly lowest: number;
  readonly up: { readonly sum: number; readonly squares: number };
  readonly down: { readonly sum: number; readonly squares: number };
}

export const NO_RECORDS: OvershootRecord = { highest: 0, lowest: 0, up: { sum: 0, squares: 0 }, down: { sum: 0, squares: 0 } };

/** Takes in the LLR after one more unit. Units must come one at a time: a batch would look like one big jump. */
export function recordLlr(record: OvershootRecord, llr: number): OvershootRecord {
  requireAtLeast("the log-likelihood ratio", llr, Number.NEGATIVE_INFINITY);
  if (llr > record.highest) return { ...record, highest: llr, up: added(record.up, llr - record.highest) };
  if (llr < record.lowest) return { ...record, lowest: llr, down: added(record.down, record.lowest - llr) };
  return record;
}

/**
 * The expected overshoot is that of the ladder heights H (the jumps from record to record): E[H²]/(2·E[H]) (Siegmund 1985,
 * ch. VIII), here with the sums seen so far. 0 without records. Asymptotic, and it depends on the order of results.
 */
export function overshootOf({ up, down }: OvershootRecord): Overshoot {
  return { lower: half(down), upper: half(up) };
}

function added(sums: { readonly sum: number; readonly squares: number }, jump: number): { readonly sum: number; readonly squares: number } {
  return { sum: sums.sum + jump, squares: sums.squares + jump * jump };
}

function half({ sum, squares }: { readonly sum: number; readonly squares: number }): number {
  return sum === 0 ? 0 : squares / sum / 2;
}
