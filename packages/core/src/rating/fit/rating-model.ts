import { Failure } from "../../failure/failure.ts";

/** What is fitted to the counts. */
export interface RatingModel {
  /**
   * `davidson`: ties have strengths of their own, estimated (Davidson 1970; Davidson–Luce for several players, Firth,
   * Kosmidis & Turner 2019). `half`: a tie of two is half a win of each.
   */
  readonly ties: "davidson" | "half";
  /**
   * What an equal last place among three or more means: `unknown`, that nobody noted who came before whom, as where
   * only the winner is recorded; `tied`, that they tied.
   */
  readonly lastPlaces: "unknown" | "tied";
  /** An advantage of each seat, held near 0 by a normal prior of this precision; null for none. */
  readonly seatRidge: number | null;
  /** Virtual games, half a win for each side, added to every pair that met; none where nobody met. */
  readonly priorGames: number;
  /** Participants whose rating is given, in Elo points; the scale is then theirs. */
  readonly anchors: ReadonlyMap<string, number>;
}

export const RATING_MODEL: RatingModel = { ties: "davidson", lastPlaces: "unknown", seatRidge: null, priorGames: 0, anchors: new Map() };

/** Elo points of one natural unit: 400/ln 10. */
export const ELO_PER_NATURAL: number = 400 / Math.LN10;

export function requireModel(model: RatingModel): void {
  if (!(model.priorGames >= 0 && model.priorGames < Infinity)) throw new Failure("invalid_input", `priorGames is ${model.priorGames}`, { fix: "give a number from 0 up" });
  if (model.seatRidge !== null && !(model.seatRidge > 0 && model.seatRidge < Infinity)) throw new Failure("invalid_input", `seatRidge is ${model.seatRidge}`, { fix: "give a precision above 0; without one, seats and strengths can't be told apart" });
  for (const [id, elo] of model.anchors) if (!Number.isFinite(elo) || Math.abs(elo) > 1e5) throw new Failure("invalid_input", `the anchor of "${id}" is ${elo}`, { fix: "give Elo points" });
}
