import { Failure } from "../failure/failure.ts";
import { requireShare } from "./input.ts";

/**
 * Holm's adjusted p-values (1979), in the order given: the running maximum of p·(m − rank + 1). Whoever rejects those at
 * most α errs with at most α in any of them, whatever their dependence. Exact as far as the p-values are. Not for
 * p-values of sequential looks.
 */
export function holm(ps: readonly number[]): readonly number[] {
  const order = ascending(ps);
  const adjusted: number[] = [];
  let highest = 0;
  for (const [rank, at] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (ps[at] as number) * (ps.length - rank)));
    adjusted[at] = highest;
  }
  return adjusted;
}

/**
 * Benjamini and Hochberg's adjusted p-values (1995), in the order given: the running minimum, from the largest down, of
 * p·m/rank. Whoever rejects those at most q expects at most a part q of what they reject to be false; for independent or
 * positively dependent tests. Not for p-values of sequential looks.
 */
export function benjaminiHochberg(ps: readonly number[]): readonly number[] {
  const order = ascending(ps);
  const adjusted: number[] = [];
  let lowest = 1;
  for (let rank = order.length; rank >= 1; rank--) {
    const at = order[rank - 1] as number;
    lowest = Math.min(lowest, (ps[at] as number) * (ps.length / rank));
    adjusted[at] = lowest;
  }
  return adjusted;
}

/** Positions, by p. */
function ascending(ps: readonly number[]): readonly number[] {
  if (ps.length === 0) throw new Failure("invalid_input", "there are no p-values", { fix: "give at least one" });
  for (const [i, p] of ps.entries()) requireShare(`p ${i}`, p);
  return ps.map((_, i) => i).toSorted((a, b) => (ps[a] as number) - (ps[b] as number));
}
