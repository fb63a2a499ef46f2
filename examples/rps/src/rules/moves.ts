/** In canonical order: the index of a move is its place here. */
export const MOVES = ["rock", "paper", "scissors"] as const;
export type Move = (typeof MOVES)[number];

/** From the human's side. */
export const RESULTS = ["win", "lose", "draw"] as const;
export type Result = (typeof RESULTS)[number];

/** The move that defeats `move`. */
export function beaterOf(move: Move): Move {
  return move === "rock" ? "paper" : move === "paper" ? "scissors" : "rock";
}

/** The move that `move` defeats. */
export function beatenBy(move: Move): Move {
  return beaterOf(beaterOf(move));
}

export function resultOf(user: Move, bot: Move): Result {
  if (user === bot) return "draw";
  return beaterOf(bot) === user ? "win" : "lose";
}

/** How often each move is in a list, in canonical order. */
export function countMoves(moves: readonly Move[]): readonly [number, number, number] {
  const counts: [number, number, number] = [0, 0, 0];
  for (const move of moves) counts[MOVES.indexOf(move)]!++;
  return counts;
}

/** The most frequent of some moves; of equals the first in canonical order. Null of none. */
export function commonestMove(moves: readonly Move[]): Move | null {
  if (moves.length === 0) return null;
  const counts = countMoves(moves);
  return MOVES[counts.indexOf(Math.max(...counts))]!;
}
