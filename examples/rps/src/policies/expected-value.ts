import { WINNING_SCORE, type Score } from "../rules/game.ts";
import { beatenBy, beaterOf, MOVES, type Move } from "../rules/moves.ts";
import { POINT, pointsOf, type RoundPoints } from "../rules/round-points.ts";

/** Chances of the human's next move, in canonical order. */
export type Probabilities = readonly [number, number, number];

export interface Standing {
  readonly points: RoundPoints;
  readonly score: Score;
}

/** To reach the end of the game is worth as much as a game's points. */
const END_BONUS = 10;

/** What each of the bot's moves may be expected to bring it, in points. */
export function moveValues(probabilities: Probabilities, standing: Standing): readonly [number, number, number] {
  const value = (move: Move): number => moveValue(move, probabilities, standing);
  return [value("rock"), value("paper"), value("scissors")];
}

function moveValue(move: Move, probabilities: Probabilities, { points, score }: Standing): number {
  const chance = (of: Move): number => probabilities[MOVES.indexOf(of)]!;
  const wins = beatenBy(move);
  const loses = beaterOf(move);
  // Scores are tenths, so that 8.6 + 1.4 is the end and not almost.
  const gain = (of: Move, mine: number): number => pointsOf(points, of) / POINT + (mine + pointsOf(points, of) >= WINNING_SCORE ? END_BONUS : 0);
  const lead = (score.bot - score.user) / POINT;
  return chance(wins) * gain(move, score.bot) - chance(loses) * gain(loses, score.user) + chance(move) * 0.5 * (lead / 10);
}

/** The move of the highest value; of equals the first in canonical order. */
export function bestMove(probabilities: Probabilities, standing: Standing): Move {
  const values = moveValues(probabilities, standing);
  return MOVES[values.indexOf(Math.max(...values))]!;
}

const EVEN: Probabilities = [1 / 3, 1 / 3, 1 / 3];

/** Any three or fewer numbers as chances: negative ones are none, and where nothing is left all moves are alike. */
export function asProbabilities(values: readonly number[]): Probabilities {
  const [rock, paper, scissors] = MOVES.map((_, i) => (Number.isFinite(values[i]) ? Math.max(0, values[i]!) : 0)) as [number, number, number];
  const sum = rock + paper + scissors;
  return sum > 0 && Number.isFinite(sum) ? [rock / sum, paper / sum, scissors / sum] : EVEN;
}
