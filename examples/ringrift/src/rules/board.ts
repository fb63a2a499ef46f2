/** A hexagon of hexagonal cells, numbered row by row. */
export interface Board {
  /** `ring37`: how matches name it. */
  readonly name: string;
  readonly cells: number;
  /** Of each cell: 3 at a corner, 4 along an edge, 6 within. */
  readonly neighbours: readonly (readonly number[])[];
  /** How many stones of one seat around a cell capture what is on it: more than half of its neighbours. */
  readonly needed: readonly number[];
}

/** `radius` cells from the middle to a corner, the middle left out: 2 makes 19 cells, 3 makes 37. */
export function hexagon(radius: number): Board {
  const places: { readonly q: number; readonly r: number }[] = [];
  for (let r = -radius; r <= radius; r++) {
    for (let q = Math.max(-radius, -radius - r); q <= Math.min(radius, radius - r); q++) places.push({ q, r });
  }
  const numbers = new Map(places.map(({ q, r }, cell) => [`${q} ${r}`, cell]));
  const neighbours = places.map(({ q, r }) => STEPS.flatMap(([dq, dr]) => numbers.get(`${q + dq} ${r + dr}`) ?? []));
  return { name: `ring${places.length}`, cells: places.length, neighbours, needed: neighbours.map((around) => Math.floor(around.length / 2) + 1) };
}

const STEPS = [
  [1, 0],
  [1, -1],
  [0, -1],
  [-1, 0],
  [-1, 1],
  [0, 1],
] as const;

export const RING19: Board = hexagon(2);
export const RING37: Board = hexagon(3);
