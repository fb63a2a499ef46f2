import { numpyShuffled } from "./mersenne-twister.ts";

/** Rows of one game, which are never torn apart: a model that has seen a game's rounds knows too much of its others. */
export interface GameRows {
  readonly game: string;
  /** Positions of its rows in the dataset. */
  readonly rows: readonly number[];
}

export interface Holdout {
  readonly train: readonly GameRows[];
  readonly validation: readonly GameRows[];
  readonly test: readonly GameRows[];
}

/** How many of n rows are held out on each side, and how many remain: a fifth each, one at least. */
export function holdoutSizes(n: number): { readonly train: number; readonly validation: number; readonly test: number } {
  const held = Math.max(1, Math.floor(n / 5));
  return { train: n - 2 * held, validation: held, test: held };
}

/**
 * The newest games are the test, those before them the validation, each with at least as many rows as a fifth of all;
 * games are given in the order of time.
 *
 * @throws RangeError for fewer than three games.
 */
export function holdout(games: readonly GameRows[]): Holdout {
  if (games.length < 3) throw new RangeError(`${games.length} games can't be split into three parts`);
  const { test } = holdoutSizes(games.reduce((sum, { rows }) => sum + rows.length, 0));
  const testFrom = beginOfLast(games, { rows: test, upTo: games.length, keep: 2 });
  const validationFrom = beginOfLast(games, { rows: test, upTo: testFrom, keep: 1 });
  return { train: games.slice(0, validationFrom), validation: games.slice(validationFrom, testFrom), test: games.slice(testFrom) };
}

/** Where the last games begin that have so many rows together; `keep` games at least remain before them. */
function beginOfLast(games: readonly GameRows[], { rows, upTo, keep }: { readonly rows: number; readonly upTo: number; readonly keep: number }): number {
  let at = upTo;
  for (let sum = 0; sum < rows && at > keep; ) sum += games[--at]!.rows.length;
  return at;
}

/** Every fifth game validates; the others train. Of fewer than five the last one validates. */
export function everyFifth(games: readonly GameRows[]): Pick<Holdout, "train" | "validation"> {
  const at = Math.min(5, games.length);
  return { train: games.filter((_, i) => (i + 1) % at !== 0), validation: games.filter((_, i) => (i + 1) % at === 0) };
}

const SHUFFLE_SEED = 42;

/** Games in shuffled order, each into the fold that has the fewest rows then; of equal ones the first. */
export function foldsOf(games: readonly GameRows[], folds: number): readonly (readonly GameRows[])[] {
  const parts = Array.from({ length: folds }, (): { rows: number; readonly games: GameRows[] } => ({ rows: 0, games: [] }));
  for (const game of numpyShuffled(games, SHUFFLE_SEED)) {
    const smallest = parts.reduce((least, part) => (part.rows < least.rows ? part : least));
    smallest.rows += game.rows.length;
    smallest.games.push(game);
  }
  return parts.map((part) => part.games);
}

export function rowsOf(games: readonly GameRows[]): readonly number[] {
  return games.flatMap(({ rows }) => rows);
}

/** Every n-th of some games counted back from the last: what is thinned out is spread evenly. */
export function everyNthFromTheEnd<T>(items: readonly T[], stride: number): readonly T[] {
  return items.filter((_, i) => (items.length - 1 - i) % stride === 0);
}
