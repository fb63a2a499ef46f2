import fc from "fast-check";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { artifactParts } from "./path.ts";

describe("a path that could leave the directory is refused", () => {
  test.each([
    "..", "../x", "a/..", "a/../b", "a/../../b", ".", "./a", "a/./b", "/etc/passwd", "//etc", "a//b", "a/", "C:/x", "c:x",
    "a\\b", "..\\x", "a\0b", "a\nb", "a#b",
    "%2e%2e/x", "a/%2e%2e/b", "%252e%252e/x", "%25252e%25252e/x", "%2fetc", "a%2f..%2fb", "a%5cb", "a%00b", "%2e", "a%2f%2fb",
    "x".repeat(256), `a/${"y".repeat(5000)}`, `%${"25".repeat(20)}2e%2e`,
  ])("%j", (path) => {
    expect(() => artifactParts(path)).toThrow("Invalid path");
  });
});

test.each([
  ["", []],
  ["1/abc/artifacts/decision.md", ["1", "abc", "artifacts", "decision.md"]],
  ["with space/ü 日本 😀.txt", ["with space", "ü 日本 😀.txt"]],
  ["100%.txt", ["100%.txt"]],
  ["...", ["..."]],
  ["a..b/.hidden", ["a..b", ".hidden"]],
])("%j is accepted", (path, parts) => {
  expect(artifactParts(path)).toEqual(parts);
});

test("what is accepted stays below the root, whatever was sent", () => {
  const piece = fc.constantFrom("..", ".", "/", "\\", "%", "2e", "2f", "%2e", "%2f", "%252e", "a", "", "\0", "C:");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      let parts: readonly string[];
      try {
        parts = artifactParts(pieces.join(""));
      } catch {
        return true;
      }
      return parts.length === 0 || resolve(join("/root/files", ...parts)).startsWith("/root/files/");
    }),
    { numRuns: 5000 },
  );
});
