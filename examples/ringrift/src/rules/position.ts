import type { Board } from "./board.ts";

/** Changed in place, because a search places and takes back thousands of stones a move. */
export interface Position {
  readonly board: Board;
  readonly seats: number;
  /** Whose stone is on each cell; `EMPTY` for nobody's. */
  readonly owner: Int8Array;
  /** Stones of a seat around a cell, at `cell * seats + seat`. */
  readonly around: Int8Array;
  /** The seat that moves. */
  toMove: number;
  /** Cells without a stone: as many moves are left. */
  left: number;
  /** What it takes to take moves back: for each, the captured cells with who had them, their number, and the cell. */
  readonly past: number[];
}

export const EMPTY = -1;

export function startPosition(board: Board, seats: number): Position {
  if (!Number.isInteger(seats) || seats < 2 || seats > 4) throw new Error(`a game has 2 to 4 seats, not ${seats}`);
  return { board, seats, owner: new Int8Array(board.cells).fill(EMPTY), around: new Int8Array(board.cells * seats), toMove: 0, left: board.cells, past: [] };
}

/** The seat to move puts a stone on an empty cell, and every other seat's stone beside it that is ringed turns to its own. */
export function place(position: Position, cell: number): void {
  const { board, seats, owner, around, past, toMove } = position;
  if (owner[cell] !== EMPTY) throw new Error(`cell ${cell} is not empty`);
  const neighbours = board.neighbours[cell] as readonly number[];
  put(position, cell, toMove);
  const before = past.length;
  // Captures are found before any is made: they happen at once.
  for (const other of neighbours) {
    const had = owner[other] as number;
    if (had !== EMPTY && had !== toMove && (around[other * seats + toMove] as number) >= (board.needed[other] as number)) past.push(other, had);
  }
  const captured = (past.length - before) / 2;
  for (let i = 0; i < captured; i++) turn(position, past[before + 2 * i] as number, toMove);
  past.push(captured, cell);
  position.toMove = (toMove + 1) % seats;
  position.left--;
}

/** Takes the last move back. */
export function takeBack(position: Position): void {
  const { board, seats, owner, around, past } = position;
  const cell = past.pop();
  const captured = past.pop();
  if (cell === undefined || captured === undefined) throw new Error("there is no move to take back");
  position.toMove = (position.toMove + seats - 1) % seats;
  position.left++;
  for (let i = 0; i < captured; i++) {
    const had = past.pop() as number;
    turn(position, past.pop() as number, had);
  }
  owner[cell] = EMPTY;
  for (const other of board.neighbours[cell] as readonly number[]) (around[other * seats + position.toMove] as number)--;
}

/** How many stones a move to an empty cell would capture. */
export function capturesOf({ board, seats, owner, around, toMove }: Position, cell: number): number {
  let captured = 0;
  for (const other of board.neighbours[cell] as readonly number[]) {
    const had = owner[other] as number;
    if (had !== EMPTY && had !== toMove && (around[other * seats + toMove] as number) + 1 >= (board.needed[other] as number)) captured++;
  }
  return captured;
}

/** Empty cells, by number. */
export function movesOf({ owner }: Position): number[] {
  const moves: number[] = [];
  for (let cell = 0; cell < owner.length; cell++) if (owner[cell] === EMPTY) moves.push(cell);
  return moves;
}

function put({ board, seats, owner, around }: Position, cell: number, seat: number): void {
  owner[cell] = seat;
  for (const other of board.neighbours[cell] as readonly number[]) (around[other * seats + seat] as number)++;
}

function turn(position: Position, cell: number, to: number): void {
  const { board, seats, owner, around } = position;
  const from = owner[cell] as number;
  for (const other of board.neighbours[cell] as readonly number[]) (around[other * seats + from] as number)--;
  put(position, cell, to);
}
