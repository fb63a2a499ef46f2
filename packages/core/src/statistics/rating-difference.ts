import { Failure } from "../failure/failure.ts";
import { normalCdf } from "./normal.ts";

/** Elo points that one game is taken to spread over. */
const GAME_DEVIATION = 400;
/** Differences up to this have no winner, whatever the confidence. */
const NEGLIGIBLE = 25;

export interface RatedGames {
  readonly elo: number;
  readonly games: number;
}

/**
 * How sure a rule of experience is that two Elo ratings differ: 2Φ(|d|/√(400²/n₁ + 400²/n₂)) − 1, as a rating service's A/B
 * manager has it. The spread of a game is far too wide, so that 30 points need some 1,400 games on each side; a promotion
 * is decided by a sequential test of the games instead.
 *
 * @throws Failure `invalid_input` for a participant without games.
 */
export function ratingDifference(first: RatedGames, second: RatedGames): { readonly difference: number; readonly confidence: number; readonly winner: "first" | "second" | null } {
  for (const { games } of [first, second]) if (!(games > 0)) throw new Failure("invalid_input", `a rating of ${games} games says nothing`, { fix: "give 1 game or more" });
  const difference = first.elo - second.elo;
  const deviation = GAME_DEVIATION * Math.sqrt(1 / first.games + 1 / second.games);
  const confidence = 1 - 2 * normalCdf(-Math.abs(difference) / deviation);
  return { difference, confidence, winner: difference > NEGLIGIBLE ? "first" : difference < -NEGLIGIBLE ? "second" : null };
}
