import { exp } from "../arithmetic/exp.ts";

const NATURAL: number = Math.LN10 / 400;

/** 1/(1 + 10^((other − own)/400)) (Elo 1978, "The Rating of Chessplayers", §8.46): the share of points that Elo expects. */
export function expectedScore(own: number, other: number): number {
  return 1 / (1 + exp((other - own) * NATURAL));
}
