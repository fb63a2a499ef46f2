import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { pageResponse } from "./page-response.ts";

let folder = "";
let dir = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rps-pages-"));
  dir = join(folder, "dist");
  mkdirSync(join(dir, "assets"), { recursive: true });
  writeFileSync(join(dir, "index.html"), "<p>start</p>");
  writeFileSync(join(dir, "assets", "index-abc.js"), "1");
  writeFileSync(join(folder, "secret.js"), "2");
  symlinkSync(join(folder, "secret.js"), join(dir, "link.js"));
});

afterEach(() => rmSync(folder, { recursive: true }));

test("a page of the router gets the start page, a file itself, and hashed ones for good", async () => {
  const page = pageResponse(dir, "/ui/leaderboard");
  expect(await page?.text()).toBe("<p>start</p>");
  expect(page?.headers.get("cache-control")).toBe("no-cache");
  expect(page?.headers.get("content-security-policy")).toContain("default-src 'self'");
  const asset = pageResponse(dir, "/ui/assets/index-abc.js");
  expect([await asset?.text(), asset?.headers.get("content-type"), asset?.headers.get("cache-control")]).toEqual(["1", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"]);
  expect([pageResponse(dir, "/")?.status, pageResponse(dir, "/")?.headers.get("location")]).toEqual([302, "/ui/"]);
});

test("what is outside the folder, gone or the API's is not a page", () => {
  for (const path of ["/leaderboard", "/play", "/ui/assets/old.js", "/ui/link.js", "/ui/..%2fsecret.js", "/ui/%00.js", "/ui/%zz.js", "/uix"]) expect(pageResponse(dir, path), path).toBeNull();
});

test("pages that were not built say how to build them", async () => {
  expect(await pageResponse(null, "/ui/")?.text()).toContain("node scripts/setup.mjs --rps");
});
