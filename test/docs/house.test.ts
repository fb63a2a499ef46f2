import { existsSync, globSync, readFileSync } from "node:fs";
import { basename } from "node:path";

import { expect, test } from "vitest";

import { lintConfig } from "../../scripts/lint-config.ts";

const architecture = readFileSync("ARCHITECTURE.md", "utf8");

test("every room of the house is on the map", () => {
  const rooms = [...globSync("{packages,apps,examples}/*"), ...globSync("packages/{core,controller,adapters,registry,gateway,contract}/src/*/"), ...globSync("apps/{server,cli,console}/src/*/"), ...globSync("test/*/")]
    .map((path) => path.replaceAll("\\", "/").replace(/\/$/, ""))
    .filter((path) => !path.includes("node_modules") && !basename(path).includes("."));
  const missing = rooms.filter((path) => !architecture.includes(`\`${path}\``) && !architecture.includes(`\`${basename(path)}\``));
  expect(missing).toEqual([]);
});

test("every invariant names tests that exist and that name the invariant", () => {
  const spec = readFileSync("docs/SPEC.md", "utf8");
  const rows = [...spec.matchAll(/^\| (I\d+) \| .* \| (.*) \|$/gm)];
  expect(rows.length).toBeGreaterThanOrEqual(13);
  for (const [, invariant, tests] of rows) {
    for (const [, path] of (tests as string).matchAll(/`([^`]+)`/g)) {
      expect(existsSync(path as string), `${path} of ${invariant}`).toBe(true);
      expect(readFileSync(path as string, "utf8"), `${path} does not name ${invariant}`).toMatch(new RegExp(`\\b${invariant}\\b`));
    }
  }
});

test("the lint configuration is the one its table gives", () => {
  expect(JSON.parse(readFileSync(".oxlintrc.json", "utf8"))).toEqual(lintConfig());
});

test("relative links in the docs lead somewhere", () => {
  for (const file of [...globSync("docs/**/*.md"), ...globSync("{examples,test}/*/README.md"), "README.md", "ARCHITECTURE.md"]) {
    for (const [, target] of readFileSync(file, "utf8").matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) {
      const from = file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : ".";
      expect(existsSync(`${from}/${target}`), `${file} links to ${target}`).toBe(true);
    }
  }
});

test("every guide and every page of the reference is in the README", () => {
  const readme = readFileSync("README.md", "utf8");
  for (const page of [...globSync("docs/guides/*.md"), ...globSync("docs/reference/*.md")]) expect(readme).toContain(`(${page.replaceAll("\\", "/")})`);
});

test("every real part is in the list for users, and by the name that chooses it", () => {
  const list = readFileSync("test/interop/README.md", "utf8");
  for (const file of globSync("test/real/components/*.ts")) expect(list).toContain(`\n| ${/^ {2}name: "(.+)",$/m.exec(readFileSync(file, "utf8"))?.[1]} |`);
});

test("every decision page is in the index", () => {
  const index = readFileSync("docs/decisions/README.md", "utf8");
  for (const page of globSync("docs/decisions/0*.md")) expect(index).toContain(`(${basename(page)})`);
});
