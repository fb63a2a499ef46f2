/** A digest of a set that follows insertions and removals one by one, and does not depend on their order. */
export interface Root {
  readonly count: number;
  /** 32 hex digits. */
  readonly digest: string;
}

/**
 * The sum, modulo 2^128, of content ids. It shows every accidental difference. Somebody who may make up any number of
 * records could in theory (Wagner, A generalized birthday problem, 2002) make two sets with one sum.
 */
export interface RunningRoot {
  count: number;
  readonly words: Uint32Array;
}

export function emptyRoot(): RunningRoot {
  return { count: 0, words: new Uint32Array(4) };
}

export function addToRoot(root: RunningRoot, contentId: string, sign: 1 | -1): void {
  let carry = 0;
  for (let i = 3; i >= 0; i--) {
    const sum = root.words[i]! + sign * Number.parseInt(contentId.slice(i * 8, i * 8 + 8), 16) + carry;
    root.words[i] = sum;
    carry = Math.floor(sum / 2 ** 32);
  }
  root.count += sign;
}

/** Adds the id whose 16 bytes are at four words of `ids`, as they lie in memory on a little-endian machine. */
export function addWordsToRoot(root: RunningRoot, ids: Int32Array, place: number): void {
  let carry = 0;
  for (let i = 3; i >= 0; i--) {
    const word = ids[place * 4 + i]!;
    const swapped = ((word << 24) | ((word & 0xff_00) << 8) | ((word >>> 8) & 0xff_00) | (word >>> 24)) >>> 0;
    const sum = root.words[i]! + swapped + carry;
    root.words[i] = sum;
    carry = sum >= 2 ** 32 ? 1 : 0;
  }
  root.count++;
}

/** The root of the union of disjoint sets. */
export function sumOfRoots(roots: Iterable<RunningRoot>): RunningRoot {
  const sum = emptyRoot();
  for (const root of roots) {
    addWords(sum, root.words);
    sum.count += root.count;
  }
  return sum;
}

export function rootOf({ count, words }: RunningRoot): Root {
  return { count, digest: Array.from(words, (word) => word.toString(16).padStart(8, "0")).join("") };
}

export function sameRoot(a: Root | undefined, b: Root | undefined): boolean {
  return (a?.count ?? 0) === (b?.count ?? 0) && (a?.digest ?? EMPTY) === (b?.digest ?? EMPTY);
}

const EMPTY = "0".repeat(32);

function addWords(root: RunningRoot, words: Uint32Array): void {
  let carry = 0;
  for (let i = 3; i >= 0; i--) {
    const sum = root.words[i]! + words[i]! + carry;
    root.words[i] = sum;
    carry = Math.floor(sum / 2 ** 32);
  }
}
