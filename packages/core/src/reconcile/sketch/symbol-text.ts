import { SYMBOL_WORDS } from "./sketch.ts";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Words as base64url (RFC 4648, without padding) of their little-endian bytes: 28 bytes a symbol are some 37 characters. */
export function symbolText(symbols: Int32Array): string {
  const bytes = symbols.length * 4;
  let text = "";
  for (let at = 0; at < bytes; at += 3) {
    const three = (byteOf(symbols, at) << 16) | (byteOf(symbols, at + 1) << 8) | byteOf(symbols, at + 2);
    text += DIGITS[three >> 18]! + DIGITS[(three >> 12) & 63]!;
    if (at + 1 < bytes) text += DIGITS[(three >> 6) & 63]!;
    if (at + 2 < bytes) text += DIGITS[three & 63]!;
  }
  return text;
}

/** Null when the text is not that of `count` symbols. */
export function symbolsOfText(text: string, count: number): Int32Array<ArrayBuffer> | null {
  const symbols = new Int32Array(count * SYMBOL_WORDS);
  if (text.length !== Math.ceil((symbols.length * 16) / 3)) return null;
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
    symbols[byte >> 2]! |= ((bits >> held) & 0xff) << ((byte & 3) * 8);
    byte++;
  }
  return symbols;
}

function byteOf(words: Int32Array, at: number): number {
  return ((words[at >> 2] ?? 0) >>> ((at & 3) * 8)) & 0xff;
}
