import { expect, test } from "vitest";

import { compareFiles } from "./compare-files.ts";
import { filesDigest, type VersionFile } from "./version-file.ts";

const file = (path: string, digit: string): VersionFile => ({ path, sha256: digit.repeat(64), bytes: 1 });
const signed = { files: [file("MLmodel", "a"), file("data/model.pkl", "b")], ignored: [".git"] };

test("the digest of files is what sha256sum prints of its own lines, in whatever order they come", () => {
  // printf 'hello\n' > a.txt; mkdir sub; printf x > sub/b.bin; find . -type f -printf '%P\n' | LC_ALL=C sort | xargs sha256sum | sha256sum
  const files = [
    { path: "sub/b.bin", sha256: "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", bytes: 1 },
    { path: "a.txt", sha256: "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03", bytes: 6 },
  ];
  expect(filesDigest(files)).toBe("sha256:34ae5e67955d1eac0acb4f2249f49c6aaf5ce43b9fcf4163381b409cb7f84441");
  expect(filesDigest(files.toReversed())).toBe(filesDigest(files));
  expect(filesDigest(files.slice(1))).not.toBe(filesDigest(files));
});

test.each([
  ["the same files", signed.files, null],
  ["files that the signer left out", [...signed.files, file(".git", "c"), file(".git/config", "c")], null],
  ["another content", [file("MLmodel", "c"), file("data/model.pkl", "b")], '"MLmodel" is not what was signed.'],
  ["a file that is gone", [file("MLmodel", "a")], '"data/model.pkl" was signed and is not there.'],
  ["a file more", [...signed.files, file(".github/x", "c")], '".github/x" is there and was not signed.'],
  ["none of them", [1, 2, 3, 4].map((n) => file(`f${n}`, "c")), '"MLmodel", "data/model.pkl" were signed and are not there; "f1", "f2", "f3" and 1 more are there and were not signed.'],
])("files against a signature: %s", (_, files, told) => {
  expect(compareFiles(files, signed)).toBe(told);
});
