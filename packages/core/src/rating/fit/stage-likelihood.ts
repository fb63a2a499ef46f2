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

/** What each subset of the players of a stage would add to its variables, if it came first. Shared by all stages alike. */
interface Shape {
  readonly subsets: number;
  /** Subset s moves the variables at[starts[s]] to at[starts[s + 1] − 1], by `by` each. */
  readonly starts: Uint32Array;
  readonly at: Uint32Array;
  readonly by: Float64Array;
}

/** A stage with the parameters it touches: players, then seats, then tie sizes. */
interface Choice {
  readonly shape: Shape;
  readonly count: number;
  readonly variables: Uint32Array;
  readonly observed: Float64Array;
  /** Where the entry of a pair of its variables is, row by row above the diagonal. */
  readonly slots: Uint32Array;
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
  const shapes = new Map<string, Shape>();
  const choices = stages.map((stage) => choiceOf(stage, parameters, { shapes, slot: (a, b) => slotOf(pattern, Math.min(a, b) * size + Math.max(a, b)) }));
  const scratch = scratchFor(choices);
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
      for (const choice of choices) addChoice({ choice, point, scratch }, slope);
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

function choiceOf(stage: Stage, { nodes, tieSizes }: Parameters, { shapes, slot }: { readonly shapes: Map<string, Shape>; readonly slot: (a: number, b: number) => number }): Choice {
  const { players, seats, count, shares, tied } = stage;
  const sizes = stage.virtual ? [] : tieSizes.filter((t) => t <= players.length);
  const seated = seats.every((seat) => seat >= 0);
  const ties = sizes.map((_, k) => nodes + k);
  const variables = Uint32Array.from([...players, ...(seated ? seats.map((seat) => nodes + tieSizes.length + seat) : []), ...ties]);
  const observed = Float64Array.from([...shares, ...(seated ? shares : []), ...sizes.map((_, k) => tied[k]!)]);
  const key = `${players.length} ${seated} ${sizes.join(",")}`;
  const shape = shapes.get(key) ?? shapeOf(players.length, seated, sizes);
  shapes.set(key, shape);
  const m = variables.length;
  const slots = new Uint32Array((m * (m - 1)) / 2);
  let at = 0;
  for (let i = 0; i < m; i++) for (let j = i + 1; j < m; j++) slots[at++] = slot(variables[i]!, variables[j]!);
  return { shape, count, variables, observed, slots };
}

function shapeOf(players: number, seated: boolean, sizes: readonly number[]): Shape {
  const starts = [0];
  const at: number[] = [];
  const by: number[] = [];
  for (const [k, t] of [1, ...sizes].entries()) {
    for (const chosen of combinations(players, t)) {
      if (starts.length > SUBSETS_MAX) throw new Failure("invalid_input", `a choice among ${players} players with ties of up to ${sizes.at(-1)} has more than ${SUBSETS_MAX} ways`, { fix: 'say that last places are "unknown", or leave out the matches with so many tied' });
      const moved = [...chosen, ...(seated ? chosen.map((i) => players + i) : [])];
      at.push(...moved);
      by.push(...moved.map(() => 1 / t));
      if (k > 0) {
        at.push(players * (seated ? 2 : 1) + k - 1);
        by.push(1);
      }
      starts.push(at.length);
    }
  }
  return { subsets: starts.length - 1, starts: Uint32Array.from(starts), at: Uint32Array.from(at), by: Float64Array.from(by) };
}

function* combinations(n: number, size: number, from = 0): Generator<readonly number[]> {
  if (size === 0) yield [];
  else for (let i = from; i <= n - size; i++) for (const rest of combinations(n, size - 1, i + 1)) yield [i, ...rest];
}

/** Room for the largest choice; there is one evaluation at a time. */
interface Scratch {
  readonly weights: Float64Array;
  readonly mean: Float64Array;
  readonly moment: Float64Array;
}

function scratchFor(choices: readonly Choice[]): Scratch {
  let subsets = 0;
  let m = 0;
  for (const { shape, variables } of choices) {
    subsets = Math.max(subsets, shape.subsets);
    m = Math.max(m, variables.length);
  }
  return { weights: new Float64Array(subsets), mean: new Float64Array(m), moment: new Float64Array(m * m) };
}

function addChoice({ choice, point, scratch }: { readonly choice: Choice; readonly point: Float64Array; readonly scratch: Scratch }, slope: Slope): void {
  const { shape, variables, count, observed, slots } = choice;
  const { weights, mean, moment } = scratch;
  const m = variables.length;
  const total = weigh(choice, point, weights);
  mean.fill(0, 0, m);
  moment.fill(0, 0, m * m);
  for (let s = 0; s < shape.subsets; s++) {
    const chance = weights[s]! / total;
    const end = shape.starts[s + 1]!;
    for (let p = shape.starts[s]!; p < end; p++) {
      const i = shape.at[p]!;
      const part = chance * shape.by[p]!;
      mean[i]! += part;
      // Positions of a subset ascend, so that only the upper triangle is filled.
      for (let q = p; q < end; q++) moment[i * m + shape.at[q]!]! += part * shape.by[q]!;
    }
  }
  let slot = 0;
  for (let i = 0; i < m; i++) {
    const variable = variables[i]!;
    slope.gradient[variable]! += observed[i]! - count * mean[i]!;
    slope.diagonal[variable]! += count * (moment[i * m + i]! - mean[i]! * mean[i]!);
    for (let j = i + 1; j < m; j++) slope.entries[slots[slot++]!]! += count * (moment[i * m + j]! - mean[i]! * mean[j]!);
  }
}

/** The weight of each subset, in proportion to its chance; returns their sum. */
function weigh({ shape, variables }: Choice, point: Float64Array, weights: Float64Array): number {
  const { starts, at, by } = shape;
  let top = -Infinity;
  for (let s = 0; s < shape.subsets; s++) {
    let score = 0;
    for (let p = starts[s]!; p < starts[s + 1]!; p++) score += by[p]! * point[variables[at[p]!]!]!;
    weights[s] = score;
    if (score > top) top = score;
  }
  let total = 0;
  for (let s = 0; s < shape.subsets; s++) {
    const weight = exp(weights[s]! - top);
    weights[s] = weight;
    total += weight;
  }
  return total;
}
