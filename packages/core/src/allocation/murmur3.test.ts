import fc from "fast-check";
import { expect, test } from "vitest";

import { murmur3 } from "./murmur3.ts";

// Any but half surrogates. fast-check's own "binary" takes seconds to be made.
const character = fc.nat(0x10f7ff).map((code) => String.fromCodePoint(code < 0xd800 ? code : code + 0x800));

test.each([
  ["checkout-ranker:user-1", 861600518],
  ["checkout-ranker:user-2", 2145167516],
  ["checkout-ranker:日本", 1874073806],
  ["checkout-ranker:😀", 792920129],
  [":a", 4144280998],
  ["", 0],
])("the hash of %s is that of every other client", (text, hash) => {
  expect(murmur3(text)).toBe(hash);
});

test("it hashes the UTF-8 bytes of any text, whatever its length in blocks", () => {
  fc.assert(
    fc.property(fc.string({ unit: character, maxLength: 40 }), (text) => {
      expect(murmur3(text)).toBe(plainMurmur3(Buffer.from(text, "utf8")));
    }),
    { numRuns: 500 },
  );
});

test.each(["\ud800", "a\udc00b", "x\ud83d"])("a lone surrogate has no UTF-8 form and is refused", (text) => {
  expect(() => murmur3(text)).toThrow(/lone surrogate at position \d/);
});

/** The algorithm over a byte array, block by block as its description has it. */
function plainMurmur3(bytes: Buffer): number {
  const blocks = Math.floor(bytes.length / 4);
  let hash = 0;
  for (let block = 0; block < blocks; block++) {
    hash = rotate(hash ^ scramble(bytes.readInt32LE(block * 4)), 13);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  const tail = Buffer.alloc(4);
  bytes.copy(tail, 0, blocks * 4);
  hash ^= scramble(tail.readInt32LE(0)) ^ bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

function scramble(block: number): number {
  return Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
}
