import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";

import { expect, test } from "vitest";

import { referencePages } from "../../scripts/reference.ts";

const pages = await referencePages();

test.each(Object.entries(pages))("docs/reference/%s is current; if not: node scripts/reference.ts", (name, text) => {
  expect(readFileSync(`docs/reference/${name}`, "utf8")).toBe(text);
});

test("no page of the reference was written by hand", () => {
  expect(globSync("docs/reference/*").map((path) => basename(path)).toSorted()).toEqual(Object.keys(pages).toSorted());
});

test("every key, option and metric says what it means", () => {
  for (const name of ["policy.md", "config.md", "metrics.md", "rps-metrics.md", "errors.md"]) {
    const silent = (pages[name] ?? "").split("\n").filter((line) => /^\| `.*\|\s*\|$/.test(line));
    expect(silent, name).toEqual([]);
  }
});
