import { normalCdf } from "../arithmetic/normal-cdf.ts";
import { factorise, inverseDiagonal, solve } from "./envelope.ts";
import { unknownParticipant, type RatingFit } from "./fit-ratings.ts";
import { newSlope } from "./likelihood.ts";
import { factorEnvelope } from "./maximise.ts";
import { ELO_PER_NATURAL } from "./rating-model.ts";

/** How far strengths are known: the inverse of the information at the maximum, in Elo points. */
export interface Uncertainty {
  /**
   * Standard error of each rating: against the mean of its group, or against the anchors where it has some. 0 for an
   * anchor and for a participant that is alone in its group, of which nothing is known.
   */
  readonly standardErrors: () => Float64Array;
  readonly compare: (a: string, b: string) => RatingComparison;
  /** Covariances of the ratings of some participants, row by row; null between those that are not comparable. */
  readonly covariance: (ids: readonly string[]) => readonly (readonly (number | null)[])[];
}

/** `incomparable` is an answer: no chain of wins leads both ways between the two, so that no difference is best. */
export type RatingComparison =
  | { readonly kind: "incomparable" }
  | {
      readonly kind: "comparable";
      /** Elo of a less that of b, and its standard error. */
      readonly difference: number;
      readonly standardError: number;
      /** Φ(difference/standard error): the likelihood that a is the stronger. */
      readonly superiority: number;
    };

/** Factorises once; asks what it is asked from that. */
export function uncertaintyOf(fit: RatingFit): Uncertainty {
  const { likelihood, participants, group, anchored, parameters } = fit;
  const n = participants.length;
  const held = heldGroups(fit);
  const fixed = new Uint8Array(likelihood.size);
  fixed.set(anchored);
  const component = likelihood.nodes === n ? groundOf(group, held) : new Set<number>();
  for (const ground of component) fixed[ground] = 1;
  const slope = newSlope(likelihood);
  likelihood.evaluate(parameters, slope);
  const factor = factorise(factorEnvelope(likelihood, fixed), likelihood, slope);
  const position = new Map(participants.map((id, i) => [id, i]));
  const at = (id: string): number => {
    const i = position.get(id);
    if (i === undefined) throw unknownParticipant(id, participants);
    return i;
  };
  const solved = (weights: ReadonlyMap<number, number>): Float64Array => {
    const values = new Float64Array(likelihood.size);
    for (const [i, weight] of weights) values[i] = weight;
    solve(factor, values);
    return values;
  };
  const members = Map.groupBy(group.keys(), (i) => group[i]!);
  /** Weights of a rating as it is given: its group's mean taken away, where that is the zero. */
  const asGiven = (i: number): ReadonlyMap<number, number> => {
    if (held.has(group[i]!)) return new Map([[i, 1]]);
    const all = members.get(group[i]!) ?? [];
    return new Map(all.map((other) => [other, (other === i ? 1 : 0) - 1 / all.length]));
  };

  return {
    standardErrors: () => {
      const variances = inverseDiagonal(factor).subarray(0, n);
      for (const [number, all] of members) {
        if (held.has(number)) continue;
        const rows = solved(new Map(all.map((i) => [i, 1 / all.length])));
        let common = 0;
        for (const i of all) common += rows[i]! / all.length;
        for (const i of all) variances[i] = Math.max(0, variances[i]! - 2 * rows[i]! + common);
      }
      return variances.map((variance) => ELO_PER_NATURAL * Math.sqrt(variance));
    },
    compare: (a, b) => {
      const [i, j] = [at(a), at(b)];
      if (group[i] !== group[j]) return { kind: "incomparable" };
      const difference = fit.elo[i]! - fit.elo[j]!;
      if (i === j) return { kind: "comparable", difference: 0, standardError: 0, superiority: 0.5 };
      const rows = solved(new Map([[i, 1], [j, -1]]));
      const standardError = ELO_PER_NATURAL * Math.sqrt(Math.max(0, rows[i]! - rows[j]!));
      const superiority = standardError > 0 ? normalCdf(difference / standardError) : (Math.sign(difference) + 1) / 2;
      return { kind: "comparable", difference, standardError, superiority };
    },
    covariance: (ids) => {
      const places = ids.map(at);
      return places.map((i) => {
        const rows = solved(asGiven(i));
        return places.map((j) => {
          if (group[i] !== group[j]) return null;
          let sum = 0;
          for (const [other, weight] of asGiven(j)) sum += weight * rows[other]!;
          return sum * ELO_PER_NATURAL * ELO_PER_NATURAL;
        });
      });
    },
  };
}

/** Groups with an anchor. */
function heldGroups({ group, anchored }: RatingFit): ReadonlySet<number> {
  const held = new Set<number>();
  for (const [i, is] of anchored.entries()) if (is === 1) held.add(group[i]!);
  return held;
}

/** The smallest of each group without an anchor: one must stand still for the others to be known. */
function groundOf(group: Uint32Array, held: ReadonlySet<number>): ReadonlySet<number> {
  return new Set([...group].filter((number) => !held.has(number)));
}
