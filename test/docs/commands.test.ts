import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

/** Every command that the docs show is run here, on the data that the mail world leaves. */
const folder = mkdtempSync(join(tmpdir(), "gauntlet-docs-"));
const environment = { ...process.env, GAUNTLET_DATA: join(folder, "data"), NO_COLOR: "1" };
const words: Record<string, string> = { "<model>": "spam-filter-ships", "<policy>": "examples/mail/policies/ships.yaml" };

beforeAll(() => {
  const done = spawnSync(process.execPath, ["examples/mail/src/main.ts", "--once", "--json"], { encoding: "utf8", env: environment });
  expect(done.status, done.stderr).toBe(0);
  const printed = JSON.parse(done.stdout.trim().split("\n").at(-1) as string) as { readonly runs: readonly { readonly decisionId: string }[] };
  words["<decision>"] = printed.runs[0]?.decisionId as string;
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scripts = Object.keys((JSON.parse(readFileSync("package.json", "utf8")) as { readonly scripts: Record<string, string> }).scripts);

const shown = ["README.md", ...globSync("docs/**/*.md"), ...globSync("examples/*/README.md")].flatMap((file) =>
  [...readFileSync(file, "utf8").matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block]) =>
    (block as string)
      .split("\n")
      .map((line) => line.replace(/\s+#.*$/, "").trim())
      .filter((line) => line !== "")
      .map((command) => ({ file, command })),
  ),
);

test("the docs show commands", () => expect(shown.length).toBeGreaterThan(10));

test.each(shown.map(({ file, command }) => [command, file] as const))("%s (%s)", (command) => {
  const filled = Object.entries(words).reduce((text, [word, value]) => text.replaceAll(word, value), command);
  const [program, ...args] = splitWords(filled);
  // What npm runs is run by other tests, each as its own script; here the name must be right.
  if (program === "npm") {
    const name = args[0] === "run" ? args[1] : args[0];
    expect(scripts).toContain(name);
    return;
  }
  expect(`${program} ${args[0]}`, `no test knows how to run this`).toBe("npx gauntlet");
  const done = spawnSync(process.execPath, ["apps/cli/bin/gauntlet.mjs", ...args.slice(1)], { encoding: "utf8", env: environment, input: "" });
  expect(done.status, done.stderr + done.stdout).toBe(0);
  expect(done.stdout).not.toBe("");
}, 120_000);

function splitWords(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? (plain as string));
}
