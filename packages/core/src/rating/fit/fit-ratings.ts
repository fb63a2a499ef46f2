import { Failure } from "../../failure/failure.ts";
import { nearest } from "../../failure/nearest.ts";
import type { MatchCounts } from "../counts/match-counts.ts";
import { comparableGroups } from "./comparable-groups.ts";
import type { Likelihood } from "./likelihood.ts";
import { maximise } from "./maximise.ts";
import { edgesOf, pairLikelihood } from "./pair-likelihood.ts";
import { placedAbove } from "./placed-above.ts";
import { ELO_PER_NATURAL, RATING_MODEL, requireModel, type RatingModel } from "./rating-model.ts";
import { stageLikelihood } from "./stage-likelihood.ts";
import { stagesOf } from "./stages.ts";
import { tiedPairLikelihood } from "./tied-pair-likelihood.ts";

/** Strengths of all participants of a configuration, from all of its matches at once. */
export interface RatingFit {
  readonly model: RatingModel;
  /** Sorted; the columns below belong to them. */
  readonly participants: readonly string[];
  /**
   * Natural strengths, multiples of 2⁻²⁰; each group's mean is 0 where no anchor says otherwise. Then the ln δ of ties,
   * then the seats.
   */
  readonly parameters: Float64Array;
  /** Elo points: 400/ln 10 times the strength. */
  readonly elo: Float64Array;
  /** Participants with equal numbers are comparable; of others nothing says by how much they differ. */
  readonly group: Uint32Array;
  /** 1 where the strength is an anchor's. */
  readonly anchored: Uint8Array;
  /** Tie sizes with an estimated strength: e to its value is the odds of a tie of equals against one of them winning. */
  readonly ties: readonly { readonly size: number; readonly logStrength: number }[];
  /** Elo points that a seat is worth, the first seat first; empty without seats in the model. */
  readonly seats: readonly number[];
  readonly likelihood: Likelihood;
}

/** Strengths are given to this precision, 0.00017 Elo points, so that no rounding on the way to the maximum shows. */
const GRID = 1_048_576;

/**
 * The maximum of the likelihood, started from 0, or from the anchors: a function of counts and model alone, bit for bit, on
 * every machine.
 *
 * @throws Failure `invalid_input` for an unknown anchor, an impossible model, or a maximum that is not finite (for
 * example when all matches are ties).
 */
export function fitRatings(counts: MatchCounts, model: RatingModel = RATING_MODEL): RatingFit {
  const problem = problemOf(counts, model);
  return finish(problem, maximise(problem.likelihood, problem.fixed, problem.start));
}

/**
 * The same fit, bit for bit, started from an earlier one of fewer matches: after a few new ones it takes a step or two.
 * Where a strength comes to lie so near the middle between two that may be given that the way there could decide, it is
 * fitted from 0 instead.
 */
export function refitRatings(earlier: RatingFit, counts: MatchCounts): RatingFit {
  const problem = problemOf(counts, earlier.model);
  const start = problem.start.slice();
  const known = new Map(earlier.participants.map((id, i) => [id, earlier.parameters[i]!]));
  for (const [i, id] of counts.participants.entries()) if (problem.anchored[i] === 0) start[i] = known.get(id) ?? 0;
  // The ground of a group stays where it is put, so that all of the group may be moved with it.
  const extras = earlier.parameters.length - earlier.participants.length;
  if (extras === start.length - counts.participants.length) start.set(earlier.parameters.subarray(earlier.participants.length), counts.participants.length);
  return settledFrom(problem, start) ?? fitRatings(counts, earlier.model);
}

/** Null where the start may show in the bits, or leads nowhere: strengths of groups that were apart can be far off. */
function settledFrom(problem: Problem, start: Float64Array): RatingFit | null {
  try {
    const there = maximise(problem.likelihood, problem.fixed, start);
    // One step more is nothing but rounding: it shows how much of that there is, where the matches say little.
    const again = maximise(problem.likelihood, problem.fixed, there);
    const noise = again.reduce((most, value, i) => Math.max(most, Math.abs(value - there[i]!)), 0);
    const raw = centred(problem, there);
    return isDoubtful(raw, noise) ? null : settled(problem, raw);
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

interface Problem {
  readonly counts: MatchCounts;
  readonly model: RatingModel;
  readonly group: Uint32Array;
  readonly anchored: Uint8Array;
  readonly fixed: Uint8Array;
  readonly start: Float64Array;
  readonly tieSizes: readonly number[];
  readonly likelihood: Likelihood;
}

function problemOf(counts: MatchCounts, model: RatingModel): Problem {
  requireModel(model);
  const n = counts.participants.length;
  const component = comparableGroups(placedAbove(counts, model));
  const { likelihood, tieSizes } = likelihoodOf(counts, component, model);
  const anchored = new Uint8Array(n);
  const start = new Float64Array(likelihood.size);
  const position = new Map(counts.participants.map((id, i) => [id, i]));
  for (const [id, elo] of model.anchors) {
    const i = position.get(id);
    if (i === undefined) throw unknownParticipant(id, counts.participants);
    anchored[i] = 1;
    start[i] = Math.round((elo / ELO_PER_NATURAL) * GRID) / GRID;
  }
  const fixed = new Uint8Array(likelihood.size);
  fixed.set(anchored);
  const held = new Set<number>();
  for (let i = 0; i < n; i++) if (anchored[i] === 1) held.add(component[i]!);
  beginAtAnchors({ component, anchored, start });
  // What is tied to an anchor is comparable with whatever is tied to another.
  const anchor = anchored.indexOf(1);
  const group = component.map((number) => (held.has(number) ? component[anchor]! : number));
  for (let i = 0; i < n; i++) if (component[i] === i && !held.has(i)) fixed[i] = 1;
  return { counts, model, group, anchored, fixed, start, tieSizes, likelihood };
}

/**
 * Strengths begin where the anchors of their component are, in the mean: so far from them that every result is nearly sure,
 * the likelihood is too flat for a way back.
 */
function beginAtAnchors({ component, anchored, start }: Pick<Problem, "anchored" | "start"> & { readonly component: Uint32Array }): void {
  const sums = new Float64Array(component.length);
  const counts = new Float64Array(component.length);
  for (const [i, number] of component.entries()) {
    if (anchored[i] === 0) continue;
    sums[number]! += start[i]!;
    counts[number]!++;
  }
  for (const [i, number] of component.entries()) if (anchored[i] === 0 && counts[number]! > 0) start[i] = Math.round((sums[number]! / counts[number]!) * GRID) / GRID;
}

function likelihoodOf(counts: MatchCounts, component: Uint32Array, model: RatingModel): { readonly likelihood: Likelihood; readonly tieSizes: readonly number[] } {
  const nodes = counts.participants.length;
  if (counts.groups.length === 0 && model.seatRidge === null) {
    const edges = edgesOf(counts.pairs, component, model.priorGames);
    if (model.ties === "half" || edges.tied.every((count) => count === 0)) return { likelihood: pairLikelihood(nodes, edges), tieSizes: [] };
    return { likelihood: tiedPairLikelihood(nodes, edges, model.priorGames), tieSizes: [2] };
  }
  const stages = stagesOf(counts, component, model);
  const seatCount = model.seatRidge === null ? 0 : Math.max(2, ...counts.groups.map(({ players }) => players.length));
  return { likelihood: stageLikelihood(stages, { nodes, tieSizes: stages.tieSizes, seatCount, seatRidge: model.seatRidge }), tieSizes: stages.tieSizes };
}

function finish(problem: Problem, point: Float64Array): RatingFit {
  return settled(problem, centred(problem, point));
}

/** Moves each group without an anchor to a mean of 0. */
function centred({ group, anchored, counts }: Problem, point: Float64Array): Float64Array {
  const n = counts.participants.length;
  const sums = new Float64Array(n);
  const sizes = new Float64Array(n);
  const held = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    sums[group[i]!]! += point[i]!;
    sizes[group[i]!]!++;
    if (anchored[i] === 1) held[group[i]!] = 1;
  }
  return point.map((value, i) => (i >= n || held[group[i]!] === 1 ? value : value - sums[group[i]!]! / sizes[group[i]!]!));
}

/** Whether the error of the way there, many times the rounding of a step, could show after rounding to the grid. */
function isDoubtful(point: Float64Array, noise: number): boolean {
  let largest = 1;
  for (const value of point) largest = Math.max(largest, Math.abs(value));
  const error = GRID * (largest * 1e-12 + noise * 100);
  return point.some((value) => Math.abs(value * GRID - Math.floor(value * GRID) - 0.5) < error);
}

function settled({ counts, model, group, anchored, tieSizes, likelihood }: Problem, point: Float64Array): RatingFit {
  const n = counts.participants.length;
  // `+ 0` keeps −0 out, which would show in a digest.
  const parameters = point.map((value) => Math.round(value * GRID) / GRID + 0);
  const elo = parameters.slice(0, n).map((value) => value * ELO_PER_NATURAL);
  const ties = tieSizes.map((size, k) => ({ size, logStrength: parameters[n + k]! }));
  const seats = [...parameters.subarray(n + tieSizes.length)].map((value) => value * ELO_PER_NATURAL);
  return { model, participants: counts.participants, parameters, elo, group, anchored, ties, seats, likelihood };
}

export function unknownParticipant(id: string, participants: readonly string[]): Failure {
  const near = nearest(id, participants);
  return new Failure("not_found", `there is no match of "${id}" here`, { fix: near === null ? "name a participant of these matches" : `did you mean "${near}"?` });
}
