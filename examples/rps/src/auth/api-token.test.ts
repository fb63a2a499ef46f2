import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { openApiToken } from "./api-token.ts";

let folder = "";

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "rps-token-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("a token is made once; its hash alone is kept, and lets it in after a restart", () => {
  const file = join(folder, "token.sha256");
  const first = openApiToken(null, file);
  const made = first.made ?? "";
  expect(made).toMatch(/^rps_[\w-]{43}$/);
  expect(readFileSync(file, "utf8")).not.toContain(made);
  expect(statSync(file).mode & 0o077).toBe(0);
  const again = openApiToken(null, file);
  expect(again.made).toBeNull();
  for (const token of [first, again]) expect([token.is(made), token.is(`${made}x`), token.is(""), token.is(made.slice(0, -1))]).toEqual([true, false, false, false]);
  expect(openApiToken(null, null).is(made)).toBe(false);
});

test("a token that is given is the only one, and can't be a short one", () => {
  const given = "of-the-environment-0123456789";
  const token = openApiToken(given, join(folder, "unused"));
  expect([token.made, token.is(given), token.is("")]).toEqual([null, true, false]);
  for (const weak of ["", "secret", "with a space in the middle of it"]) expect(() => openApiToken(weak, null)).toThrow(expect.objectContaining({ status: 400 }));
});

test("a file without a hash lets nobody in", () => {
  const file = join(folder, "token.sha256");
  writeFileSync(file, "");
  expect(() => openApiToken(null, file)).toThrow(/holds no hash/);
});
