import { Failure } from "../../failure/failure.ts";
import { withRoom, writeWords } from "./content-words.ts";
import { hashed, keyedHash, type SketchKey } from "./keyed-hash.ts";
import { nextSymbol } from "./next-symbol.ts";

/** Words of one symbol: the XOR of ids (4), the XOR of their keyed hashes (2), how many ids (1). */
export const SYMBOL_WORDS = 7;

/**
 * The beginning of the endless list of symbols of a set of content ids. Symbols are linear: those of a union are the sum
 * of those of its parts, and an id is put in or taken out without looking at any other.
 */
export interface Sketch {
  readonly key: SketchKey;
  /** Symbols made so far; `symbolsOf` makes more. */
  size: number;
  items: number;
  symbols: Int32Array<ArrayBuffer>;
  /** Per item: its id (4 words), its hash (2), draws made (1), the next symbol it is part of (1). */
  columns: Int32Array<ArrayBuffer>;
}

const ITEM_WORDS = 8;
const HASH = 4;
const STEP = 6;
const NEXT = 7;

export function createSketch(key: SketchKey): Sketch {
  return { key, size: 0, items: 0, symbols: new Int32Array(0), columns: new Int32Array(0) };
}

/** Symbols `from` up to, not including, `to`, of `SYMBOL_WORDS` words each; what is missing is made first. */
export function symbolsOf(sketch: Sketch, from: number, to: number): Int32Array<ArrayBuffer> {
  if (to > sketch.size) {
    sketch.symbols = withRoom(sketch.symbols, to * SYMBOL_WORDS);
    sketch.size = to;
    for (let item = 0; item < sketch.items; item++) spread(sketch, item, 1);
  }
  return sketch.symbols.slice(from * SYMBOL_WORDS, to * SYMBOL_WORDS);
}

/** The caller sees to it that no id is put in twice. */
export function insertItem(sketch: Sketch, contentId: string): void {
  const item = sketch.items++;
  sketch.columns = withRoom(sketch.columns, sketch.items * ITEM_WORDS);
  const at = item * ITEM_WORDS;
  writeWords(contentId, sketch.columns, at);
  keyedHash(sketch.key, sketch.columns, at);
  sketch.columns.set(hashed, at + HASH);
  rewind(sketch, item);
  spread(sketch, item, 1);
}

/** Takes out the item that was put in as number `item`; the last one takes its number. */
export function removeItem(sketch: Sketch, item: number): void {
  if (item < 0 || item >= sketch.items) throw new Failure("internal", `a sketch of ${sketch.items} items has no item ${item}`);
  rewind(sketch, item);
  spread(sketch, item, -1);
  const last = --sketch.items;
  sketch.columns.copyWithin(item * ITEM_WORDS, last * ITEM_WORDS, (last + 1) * ITEM_WORDS);
}

function rewind(sketch: Sketch, item: number): void {
  sketch.columns[item * ITEM_WORDS + STEP] = 0;
  sketch.columns[item * ITEM_WORDS + NEXT] = 0;
}

/** Adds an item to the symbols from its next one up to the last that is made. */
function spread(sketch: Sketch, item: number, sign: 1 | -1): void {
  const { columns, symbols, size } = sketch;
  const at = item * ITEM_WORDS;
  let next = columns[at + NEXT]!;
  if (next >= size) return;
  let step = columns[at + STEP]!;
  const hash = [columns[at + HASH]!, columns[at + HASH + 1]!] as const;
  for (; next < size; next = nextSymbol(next, hash, step++)) {
    const symbol = next * SYMBOL_WORDS;
    for (let word = 0; word < 6; word++) symbols[symbol + word]! ^= columns[at + word]!;
    symbols[symbol + 6]! += sign;
  }
  columns[at + STEP] = step;
  columns[at + NEXT] = next;
}

/** Adds symbols to others: XOR the ids and hashes, sum (or subtract) the counts. */
export function combineSymbols(into: Int32Array, others: Int32Array, sign: 1 | -1): void {
  for (let symbol = 0; symbol < into.length; symbol += SYMBOL_WORDS) {
    for (let word = 0; word < 6; word++) into[symbol + word]! ^= others[symbol + word]!;
    into[symbol + 6] = into[symbol + 6]! + sign * others[symbol + 6]!;
  }
}
