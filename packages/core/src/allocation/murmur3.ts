import { Failure } from "../failure/failure.ts";

/**
 * MurmurHash3 x86_32 of the UTF-8 bytes of `text`, seed 0, as an unsigned 32-bit integer. The encoding is done here,
 * byte by byte, because implementations that hash UTF-16 units differ on everything that is not ASCII.
 * Source: Austin Appleby, MurmurHash3 (public domain), `MurmurHash3_x86_32`.
 *
 * @throws Failure `invalid_input` for a lone surrogate: it has no UTF-8 form, so no other client could agree on the hash.
 */
export function murmur3(text: string): number {
  let hash = 0;
  let block = 0;
  let shift = 0;
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    let code = text.charCodeAt(index);
    let bytes = code;
    let left = 1;
    if (code >= 0x80) {
      if (code >= 0xd800 && code <= 0xdfff) code = pairAt(text, index++);
      bytes = utf8(code);
      left = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    }
    length += left;
    for (; left > 0; left--) {
      block |= (bytes & 0xff) << shift;
      bytes >>>= 8;
      shift += 8;
      if (shift === 32) {
        hash = mix(hash, block);
        block = 0;
        shift = 0;
      }
    }
  }
  if (shift > 0) hash ^= scramble(block);
  return finish(hash ^ length);
}

/** The 2 to 4 UTF-8 bytes of a code point ≥ 0x80, the first one in the lowest 8 bits. */
function utf8(code: number): number {
  const last = 0x80 | (code & 0x3f);
  if (code < 0x800) return 0xc0 | (code >> 6) | (last << 8);
  const third = 0x80 | ((code >> 6) & 0x3f);
  if (code < 0x10000) return 0xe0 | (code >> 12) | (third << 8) | (last << 16);
  return 0xf0 | (code >> 18) | ((0x80 | ((code >> 12) & 0x3f)) << 8) | (third << 16) | (last << 24);
}

function pairAt(text: string, index: number): number {
  const code = text.codePointAt(index) ?? 0;
  if (code >= 0x10000) return code;
  throw new Failure("invalid_input", `the text holds a lone surrogate at position ${index}`, { fix: "send well-formed Unicode" });
}

function scramble(block: number): number {
  const product = Math.imul(block, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
}

function mix(hash: number, block: number): number {
  const mixed = hash ^ scramble(block);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return (second ^ (second >>> 16)) >>> 0;
}
