import { Failure } from "../../failure/failure.ts";
import { exp } from "../arithmetic/exp.ts";
import type { Likelihood, Slope } from "./likelihood.ts";
import type { Stage, Stages } from "./stages.ts";

/** Subsets of one stage; more are a matter of very many players tied with very many. */
const SUBSETS_MAX = 20_000;

export interface Parameters {
  readonly nodes: number;
  readonly tieSizes: readonly number[];
  readonly seatCount: number;
  readonly seatRidge: number | null;
}

/** A stage with the parameters it touches, and what each subset of its players would add to them, if it came first. */
interface Choice {
  readonly stage: Stage;
  readonly variables: Uint32Array;
  /** Where the entry of a pair of its variables is; −1 on the diagonal. */
  readonly slots: Int32Array;
  /** For each subset, the positions in `variables` that it moves, and by how much. */
  readonly subsets: readonly { readonly at: readonly number[]; readonly by: readonly number[] }[];
}

/**
 * Plackett–Luce with ties, Davidson–Luce (Firth, Kosmidis & Turner 2019): of those left, the subset C of t comes first
 * with a chance in proportion to δ_t·(Π γᵢ)^(1/t); with two players it is Davidson 1970, without ties Bradley–Terry. A
 * seat adds its advantage to who sits there. Each choice is of an exponential family, so that its gradient is observed
 * less expected, and its negative Hessian the covariance of what is counted.
 * Parameters: strengths, then ln δ for each tie size, then seats.
 */
export function stageLikelihood({ stages }: Stages, parameters: Parameters): Likelihood {
  const { nodes, tieSizes, seatCount, seatRidge } = parameters;
  const size = nodes + tieSizes.length + seatCount;
  const pattern = new Map<number, number>();
  const choices = stages.map((stage) => choiceOf(stage, parameters, (a, b) => slotOf(pattern, Math.min(a, b) * size + Math.max(a, b))));
  const seats = Array.from({ length: seatCount }, (_, seat) => size - seatCount + seat);
  const seatSlots = seats.flatMap((a) => seats.filter((b) => b > a).map((b) => slotOf(pattern, a * size + b)));
  const rows = Uint32Array.from(pattern.keys(), (key) => Math.floor(key / size));
  const cols = Uint32Array.from(pattern.keys(), (key) => key % size);
  return {
    size,
    nodes,
    rows,
    cols,
    evaluate: (point, slope) => {
      slope.gradient.fill(0);
      slope.diagonal.fill(0);
      slope.entries.fill(0);
      for (const choice of choices) addChoice(choice, point, slope);
      if (seatRidge === null) return;
      // No choice depends on the sum of the seats, and the ridge is least where it is 0. Holding it there firmly changes
      // nothing at the maximum, and keeps a weak ridge from leaving it to rounding.
      let sum = 0;
      for (const seat of seats) sum += point[seat]!;
      for (const seat of seats) {
        slope.gradient[seat]! -= seatRidge * point[seat]! + sum;
        slope.diagonal[seat]! += seatRidge + 1;
      }
      for (const slot of seatSlots) slope.entries[slot]! += 1;
    },
  };
}

function slotOf(pattern: Map<number, number>, key: number): number {
  const slot = pattern.get(key) ?? pattern.size;
  pattern.set(key, slot);
  return slot;
}

function choiceOf(stage: Stage, { nodes, tieSizes }: Parameters, slot: (a: number, b: number) => number): Choice {
  const { players, seats } = stage;
  const sizes = stage.virtual ? [] : tieSizes.filter((t) => t <= players.length);
  const seated = seats.every((seat) => seat >= 0);
  const ties = sizes.map((_, k) => nodes + k);
  const variables = Uint32Array.from([...players, ...(seated ? seats.map((seat) => nodes + tieSizes.length + seat) : []), ...ties]);
  const subsets: { at: readonly number[]; by: readonly number[] }[] = [];
  for (const [k, t] of [1, ...sizes].entries()) {
    for (const chosen of combinations(players.length, t)) {
      if (subsets.length >= SUBSETS_MAX) throw new Failure("invalid_input", `a choice among ${players.length} players with ties of up to ${tieSizes.at(-1)} has more than ${SUBSETS_MAX} ways`, { fix: 'say that last places are "unknown", or leave out the matches with so many tied' });
      const at = [...chosen, ...(seated ? chosen.map((i) => players.length + i) : [])];
      const by = at.map(() => 1 / t);
      if (k > 0) subsets.push({ at: [...at, variables.length - ties.length + k - 1], by: [...by, 1] });
      else subsets.push({ at, by });
    }
  }
  const m = variables.length;
  const slots = Int32Array.from({ length: m * m }, (_, cell) => (cell % m > Math.floor(cell / m) ? slot(variables[Math.floor(cell / m)]!, variables[cell % m]!) : -1));
  return { stage, variables, slots, subsets };
}

function* combinations(n: number, size: number, from = 0): Generator<readonly number[]> {
  if (size === 0) yield [];
  else for (let i = from; i <= n - size; i++) for (const rest of combinations(n, size - 1, i + 1)) yield [i, ...rest];
}

function addChoice({ stage, variables, slots, subsets }: Choice, point: Float64Array, { gradient, diagonal, entries }: Slope): void {
  const scores = subsets.map(({ at, by }) => {
    let score = 0;
    for (let i = 0; i < at.length; i++) score += by[i]! * point[variables[at[i]!]!]!;
    return score;
  });
  const top = Math.max(...scores);
  const weights = scores.map((score) => exp(score - top));
  let total = 0;
  for (const weight of weights) total += weight;
  const m = variables.length;
  const mean = new Float64Array(m);
  const moment = new Float64Array(m * m);
  for (const [s, { at, by }] of subsets.entries()) {
    const chance = weights[s]! / total;
    for (let i = 0; i < at.length; i++) {
      mean[at[i]!]! += chance * by[i]!;
      for (let j = 0; j < at.length; j++) moment[at[i]! * m + at[j]!]! += chance * by[i]! * by[j]!;
    }
  }
  const { count, shares, tied, players } = stage;
  const seated = stage.seats.every((seat) => seat >= 0);
  for (let i = 0; i < m; i++) {
    const observed = i < players.length ? shares[i]! : seated && i < 2 * players.length ? shares[i - players.length]! : tied[i - players.length * (seated ? 2 : 1)]!;
    gradient[variables[i]!]! += observed - count * mean[i]!;
    diagonal[variables[i]!]! += count * (moment[i * m + i]! - mean[i]! * mean[i]!);
    for (let j = i + 1; j < m; j++) entries[slots[i * m + j]!]! += count * (moment[i * m + j]! - mean[i]! * mean[j]!);
  }
}
