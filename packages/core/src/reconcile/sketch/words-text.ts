import { readWords, writeWords } from "./content-words.ts";
import { SYMBOL_WORDS } from "./sketch.ts";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Symbols as text: first words of all, second words of all and so on, so that counts, which are small, lie together and pack well. */
export function symbolsText(symbols: Int32Array): string {
  return wordsText(turned(symbols, SYMBOL_WORDS));
}

/** Null when the text is not that of `count` symbols. */
export function symbolsOfText(text: string, count: number): Int32Array<ArrayBuffer> | null {
  const words = wordsOfText(text, count * SYMBOL_WORDS);
  return words === null ? null : turned(words, count);
}

/** Words as base64url (RFC 4648, without padding) of their little-endian bytes: 28 bytes of a symbol are some 37 characters, 16 of an id some 21. */
function wordsText(words: Int32Array): string {
  const bytes = words.length * 4;
  let text = "";
  for (let at = 0; at < bytes; at += 3) {
    const three = (byteOf(words, at) << 16) | (byteOf(words, at + 1) << 8) | byteOf(words, at + 2);
    text += DIGITS[three >> 18]! + DIGITS[(three >> 12) & 63]!;
    if (at + 1 < bytes) text += DIGITS[(three >> 6) & 63]!;
    if (at + 2 < bytes) text += DIGITS[three & 63]!;
  }
  return text;
}

/** Null when the text is not that of `count` words. */
function wordsOfText(text: string, count: number): Int32Array<ArrayBuffer> | null {
  const words = new Int32Array(count);
  if (text.length !== Math.ceil((words.length * 16) / 3)) return null;
  let bits = 0;
  let held = 0;
  let byte = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = DIGITS.indexOf(text[i]!);
    if (digit < 0) return null;
    bits = ((bits << 6) | digit) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    words[byte >> 2]! |= ((bits >> held) & 0xff) << ((byte & 3) * 8);
    byte++;
  }
  return words;
}

export function idsText(ids: readonly string[]): string {
  const words = new Int32Array(ids.length * 4);
  for (const [i, id] of ids.entries()) writeWords(id, words, i * 4);
  return wordsText(words);
}

/** Null when the text is not that of any number of ids. */
export function idsOfText(text: string): readonly string[] | null {
  const count = Math.floor((text.length * 3) / 64);
  const words = wordsOfText(text, count * 4);
  return words === null ? null : Array.from({ length: count }, (_, i) => readWords(words, i * 4));
}

/** A table of `width` columns, row by row, as its columns one after another. */
function turned(words: Int32Array, width: number): Int32Array<ArrayBuffer> {
  const table = new Int32Array(words.length);
  const height = words.length / width;
  for (let row = 0; row < height; row++) for (let column = 0; column < width; column++) table[column * height + row] = words[row * width + column]!;
  return table;
}

function byteOf(words: Int32Array, at: number): number {
  return ((words[at >> 2] ?? 0) >>> ((at & 3) * 8)) & 0xff;
}
