import { createHash } from "node:crypto";

import fc from "fast-check";
import { expect, test } from "vitest";

import { sha256 } from "./sha256.ts";

// Any but half surrogates. fast-check's own "binary" takes seconds to be made.
const character = fc.nat(0x10f7ff).map((code) => String.fromCodePoint(code < 0xd800 ? code : code + 0x800));

// FIPS 180-4 examples, as published by NIST.
test.each([
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"],
])("sha256(%j)", (text, digest) => {
  expect(sha256(text)).toBe(digest);
});

test("equals the platform's digest for any well-formed text, around every padding boundary", () => {
  const check = (text: string): void => {
    expect(sha256(text)).toBe(createHash("sha256").update(text, "utf8").digest("hex"));
  };
  for (let length = 0; length < 200; length++) check("é".repeat(length));
  fc.assert(fc.property(fc.string({ unit: character, maxLength: 300 }), check));
});
