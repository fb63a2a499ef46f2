import { Failure } from "../../failure/failure.ts";
import { readWords, withRoom } from "./content-words.ts";
import { hashed, keyedHash, type SketchKey } from "./keyed-hash.ts";
import { nextSymbol } from "./next-symbol.ts";
import { combineSymbols, SYMBOL_WORDS } from "./sketch.ts";

export interface DecoderOptions {
  /** The key that both sides' symbols were made with. */
  readonly key: SketchKey;
  /** It gives up rather than look at more symbols. */
  readonly symbolsMax: number;
  /** Whether this side holds an id: what a peer's symbols say about this side is checked against it. */
  readonly holds: (contentId: string) => boolean;
}

export type Decoding =
  /** `symbols` are read, and do not suffice. */
  | { readonly kind: "more"; readonly symbols: number }
  /** Ids that only this side holds, and ids that only the other holds. */
  | { readonly kind: "done"; readonly ours: readonly string[]; readonly theirs: readonly string[] }
  | { readonly kind: "gave_up" };

interface Item {
  readonly words: Int32Array;
  readonly hash: readonly [number, number];
  readonly sign: 1 | -1;
  step: number;
  next: number;
}

interface DecoderState {
  readonly options: DecoderOptions;
  symbols: Int32Array<ArrayBuffer>;
  size: number;
  readonly items: Map<string, Item>;
  readonly queue: number[];
}

/**
 * Finds the difference of two sets from the symbols of both. `read` takes the next symbols of the other side and the same
 * ones of this side.
 *
 * @throws Failure `invalid_input` when the symbols are those of no set: then the peer is faulty or lies. It always ends:
 * no id is taken out twice, and never more ids than there are symbols.
 */
export function createDecoder(options: DecoderOptions): { read(theirs: Int32Array, ours: Int32Array): Decoding } {
  const state: DecoderState = { options, symbols: new Int32Array(0), size: 0, items: new Map(), queue: [] };
  return {
    read(theirs, ours) {
      const count = theirs.length / SYMBOL_WORDS;
      if (!Number.isInteger(count) || ours.length !== theirs.length) throw new Failure("internal", `${theirs.length} words of theirs and ${ours.length} of ours are not the same symbols`);
      if (state.size + count > options.symbolsMax) return { kind: "gave_up" };
      append(state, theirs, ours);
      peel(state);
      return verdict(state);
    },
  };
}

function append(state: DecoderState, theirs: Int32Array, ours: Int32Array): void {
  const from = state.size;
  state.size += theirs.length / SYMBOL_WORDS;
  state.symbols = withRoom(state.symbols, state.size * SYMBOL_WORDS);
  const difference = state.symbols.subarray(from * SYMBOL_WORDS, state.size * SYMBOL_WORDS);
  difference.set(theirs);
  combineSymbols(difference, ours, -1);
  for (let symbol = from; symbol < state.size; symbol++) state.queue.push(symbol);
  for (const item of state.items.values()) takeOut(state, item);
}

function peel(state: DecoderState): void {
  for (let symbol = state.queue.pop(); symbol !== undefined; symbol = state.queue.pop()) {
    const at = symbol * SYMBOL_WORDS;
    const sign = state.symbols[at + 6];
    if (sign !== 1 && sign !== -1) continue;
    keyedHash(state.options.key, state.symbols, at);
    if (state.symbols[at + 4] !== hashed[0] || state.symbols[at + 5] !== hashed[1]) continue;
    const id = readWords(state.symbols, at);
    if (state.items.has(id) || state.items.size >= state.size) throw poisoned(`the id ${id} comes out of them twice`);
    if (state.options.holds(id) !== (sign === -1)) throw poisoned(sign === 1 ? `the id ${id}, which only the peer should hold, is held here` : `the id ${id}, which only this side should hold, is not held here`);
    const item: Item = { words: state.symbols.slice(at, at + 4), hash: [hashed[0]!, hashed[1]!], sign, step: 0, next: 0 };
    state.items.set(id, item);
    takeOut(state, item);
    if (state.symbols[at + 6] !== 0) throw poisoned(`the id ${id} stands in symbol ${symbol}, of which it is no part`);
  }
}

/** From all symbols that it is part of and was not taken out of yet. */
function takeOut(state: DecoderState, item: Item): void {
  const { symbols } = state;
  for (; item.next < state.size; item.next = nextSymbol(item.next, item.hash, item.step++)) {
    const at = item.next * SYMBOL_WORDS;
    for (let word = 0; word < 4; word++) symbols[at + word]! ^= item.words[word]!;
    symbols[at + 4]! ^= item.hash[0];
    symbols[at + 5]! ^= item.hash[1];
    symbols[at + 6]! -= item.sign;
    state.queue.push(item.next);
  }
}

/** Two ids that are both part of no symbol from 1 up to this one come once in a hundred million. */
const SYMBOLS_TELLING = 128;

/** Every id is part of symbol 0, so that all are found when nothing is left of it. */
function verdict(state: DecoderState): Decoding {
  const isLeft = (from: number, to: number) => state.symbols.subarray(from * SYMBOL_WORDS, to * SYMBOL_WORDS).some((word) => word !== 0);
  if (state.size === 0) return { kind: "more", symbols: 0 };
  if (isLeft(0, 1)) {
    if (state.size >= SYMBOLS_TELLING && !isLeft(1, state.size)) throw poisoned("nothing but the first symbol is left");
    return { kind: "more", symbols: state.size };
  }
  if (isLeft(1, state.size)) throw poisoned("the first symbol is empty and a later one is not");
  const idsOf = (sign: 1 | -1) => [...state.items].filter(([, item]) => item.sign === sign).map(([id]) => id);
  return { kind: "done", ours: idsOf(-1), theirs: idsOf(1) };
}

function poisoned(what: string): Failure {
  return new Failure("invalid_input", `the peer's symbols are those of no set of records: ${what}`, { fix: "check the peer's version and its ledger; begin again, and import a file of its records if it stays so" });
}
