import type { Board } from "../rules/board.ts";
import { afterOpening } from "../rules/opening.ts";
import { place, type Position } from "../rules/position.ts";
import { chooseMove } from "./choose-move.ts";
import type { PlayerVersion } from "./version.ts";

export interface Game {
  readonly board: Board;
  /** The players by seat. */
  readonly seated: readonly PlayerVersion[];
  readonly opening: readonly number[];
}

/** A game from its opening to its end; `see` is shown each position before its move. */
export function playGame({ board, seated, opening }: Game, see?: (position: Position) => void): Position {
  const position = afterOpening(board, seated.length, opening);
  while (position.left > 0) {
    see?.(position);
    place(position, chooseMove(position, seated[position.toMove] as PlayerVersion));
  }
  return position;
}
