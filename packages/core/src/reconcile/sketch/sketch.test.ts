import fc from "fast-check";
import { expect, test } from "vitest";

import { sha256 } from "../../digest/sha256.ts";
import { createDecoder, type Decoding } from "./decoder.ts";
import { hashed, keyedHash, type SketchKey } from "./keyed-hash.ts";
import { createSketch, insertItem, removeItem, SYMBOL_WORDS, symbolsOf, type Sketch } from "./sketch.ts";
import { idsOfText, idsText, symbolsOfText, symbolsText } from "./words-text.ts";

const KEY: SketchKey = [0x1234_5678, 0x9abc_def0];
const id = (n: number | string): string => sha256(`match ${n}`).slice(0, 32);
const range = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => id(from + i));

function sketchOf(ids: readonly string[], key = KEY): Sketch {
  const sketch = createSketch(key);
  for (const each of ids) insertItem(sketch, each);
  return sketch;
}

function decode(theirs: readonly string[], ours: readonly string[], { chunk = 1, key = KEY } = {}): Decoding & { readonly read: number } {
  const [left, right] = [sketchOf(theirs, key), sketchOf(ours, key)];
  const held = new Set(ours);
  const decoder = createDecoder({ key, symbolsMax: 100_000, holds: (each) => held.has(each) });
  for (let from = 0; ; from += chunk) {
    const decoding = decoder.read(symbolsOf(left, from, from + chunk), symbolsOf(right, from, from + chunk));
    if (decoding.kind !== "more") return { ...decoding, read: from + chunk };
  }
}

// The authors' vectors: key 00…07, input 00…0f.
test("the keyed hash is HalfSipHash-2-4", () => {
  keyedHash([0x03020100, 0x07060504], Int32Array.of(0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c), 0);
  expect(Buffer.from(hashed.buffer).toString("hex")).toBe("7336aad25f7bf3b5");
});

test("the difference of any two sets is found exactly, in chunks of any size, under any key", () => {
  const sets = fc.record({ common: fc.nat(300), theirs: fc.nat(40), ours: fc.nat(40), chunk: fc.integer({ min: 1, max: 50 }), salt: fc.nat(), key: fc.tuple(fc.nat(), fc.nat()) });
  fc.assert(
    fc.property(sets, ({ common, theirs, ours, chunk, salt, key }) => {
      const named = (what: string, count: number) => Array.from({ length: count }, (_, i) => id(`${salt} ${what} ${i}`));
      const [both, left, right] = [named("both", common), named("left", theirs), named("right", ours)];
      const decoding = decode([...both, ...left], [...right, ...both], { chunk, key });
      expect(decoding).toMatchObject({ kind: "done" });
      if (decoding.kind !== "done") return;
      expect([...decoding.theirs].toSorted()).toEqual(left.toSorted());
      expect([...decoding.ours].toSorted()).toEqual(right.toSorted());
    }),
  );
});

test("equal sets need one symbol, and large differences 1.3 to 1.5 symbols each", () => {
  expect(decode(range(0, 1000), range(0, 1000))).toMatchObject({ kind: "done", read: 1, ours: [], theirs: [] });
  const { read } = decode(range(0, 5000), range(1500, 6500), { chunk: 10 });
  expect(read / 3000).toBeGreaterThan(1.25);
  expect(read / 3000).toBeLessThan(1.5);
});

test("symbol i has each id with probability 1 / (1 + i/2)", () => {
  const symbols = symbolsOf(sketchOf(range(0, 20_000)), 0, 100);
  for (const index of [0, 1, 2, 5, 10, 30, 99]) {
    const expected = 20_000 / (1 + index / 2);
    expect(Math.abs(symbols[index * SYMBOL_WORDS + 6]! - expected)).toBeLessThanOrEqual(5 * Math.sqrt(expected) + 0.01 * expected);
  }
});

test("a sketch kept under insertion and removal is the sketch of what is in it", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(30), fc.nat(20)), { maxLength: 60 }), (steps) => {
      const sketch = createSketch(KEY);
      const held: string[] = [];
      for (const [put, n, more] of steps) {
        const at = held.indexOf(id(n));
        if (put && at < 0) {
          insertItem(sketch, id(n));
          held.push(id(n));
        } else if (!put && at >= 0) {
          removeItem(sketch, at);
          held[at] = held.at(-1)!;
          held.pop();
        }
        symbolsOf(sketch, 0, more);
      }
      expect(symbolsOf(sketch, 0, 50)).toEqual(symbolsOf(sketchOf(held), 0, 50));
    }),
  );
});

test("it gives up at its bound", () => {
  const decoder = createDecoder({ key: KEY, symbolsMax: 20, holds: () => false });
  const [full, none] = [sketchOf(range(0, 100)), createSketch(KEY)];
  expect(decoder.read(symbolsOf(full, 0, 20), symbolsOf(none, 0, 20))).toEqual({ kind: "more", symbols: 20 });
  expect(decoder.read(symbolsOf(full, 20, 21), symbolsOf(none, 20, 21))).toEqual({ kind: "gave_up" });
});

test("whatever is done to symbols, reading them ends: with a Failure, by asking for more, or with ids whose sum is theirs", () => {
  const poison = fc.array(fc.record({ symbol: fc.nat(59), word: fc.nat(SYMBOL_WORDS - 1), value: fc.oneof(fc.integer(), fc.constantFrom(0, 1, -1, 2 ** 31 - 1, -(2 ** 31))) }), { minLength: 1, maxLength: 12 });
  const honest = symbolsOf(sketchOf(range(0, 220)), 0, 60);
  const ours = symbolsOf(sketchOf(range(20, 240)), 0, 60);
  const held = new Set(range(20, 240));
  fc.assert(
    fc.property(poison, (changes) => {
      const symbols = honest.slice();
      for (const { symbol, word, value } of changes) symbols[symbol * SYMBOL_WORDS + word] = value;
      const decoder = createDecoder({ key: KEY, symbolsMax: 1000, holds: (each) => held.has(each) });
      let decoding: Decoding;
      try {
        decoding = decoder.read(symbols, ours);
      } catch (error) {
        expect(error).toMatchObject({ code: "invalid_input", message: expect.stringMatching(/symbols are those of no set/) });
        return;
      }
      if (decoding.kind !== "done") return void expect(decoding).toEqual({ kind: "more", symbols: 60 });
      // Only a change that changed nothing lets it end well.
      expect(symbols).toEqual(honest);
    }),
    { numRuns: 1000 },
  );
});

test("an id put where it is no part, one that is held, and one that comes twice are refused", () => {
  const read = (theirs: Int32Array, holds: (contentId: string) => boolean = () => false) => createDecoder({ key: KEY, symbolsMax: 100, holds }).read(theirs, new Int32Array(theirs.length));
  const one = symbolsOf(sketchOf([id(1)]), 0, 20);
  expect(read(one)).toEqual({ kind: "done", ours: [], theirs: [id(1)] });
  expect(() => read(one, () => true)).toThrow(/is held here/);
  const misplaced = one.slice();
  const hole = Array.from({ length: 20 }, (_, i) => i).find((i) => one[i * SYMBOL_WORDS + 6] === 0)!;
  misplaced.copyWithin(hole * SYMBOL_WORDS, 0, SYMBOL_WORDS);
  expect(() => read(misplaced)).toThrow(/is no part|comes out of them twice|a later one is not/);
});

test("symbols as text and back", () => {
  fc.assert(fc.property(fc.array(fc.tuple(...Array.from({ length: SYMBOL_WORDS }, () => fc.integer())), { maxLength: 9 }), (rows) => {
    const symbols = Int32Array.from(rows.flat());
    const text = symbolsText(symbols);
    const columns = Array.from({ length: SYMBOL_WORDS }, (_, word) => rows.map((row) => row[word]!));
    expect(text).toBe(Buffer.from(Int32Array.from(columns.flat()).buffer).toString("base64url"));
    expect(symbolsOfText(text, rows.length)).toEqual(symbols);
    const ids = rows.map((row) => id(row[0]!));
    expect(idsOfText(idsText(ids))).toEqual(ids);
    expect(idsOfText(`${idsText(ids)}!`)).toBe(null);
    expect(symbolsOfText(`${text}A`, rows.length)).toBe(null);
  }));
});
