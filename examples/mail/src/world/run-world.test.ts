import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { runMain, runWrongly } from "@gauntlet/example-shared/testing";
import { afterAll, expect, test } from "vitest";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gauntlet-mail-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Printed {
  readonly world: string;
  readonly runs: readonly { readonly name: string; readonly mode: string; readonly verdict: string; readonly reason: string; readonly decisionId: string; readonly document: string }[];
  readonly ledger: string;
  readonly dataDir: string;
  readonly seconds: number;
}

function verdicts(printed: Printed): readonly string[] {
  return printed.runs.map((run) => `${run.name} ${run.mode} ${run.verdict} ${run.reason}`);
}

const USUAL = ["ships strict promote all_checks_passed", "cautious strict retain unproven", "sabotage strict rollback harm"];

test("the world promotes one, retains one, rolls one back; again on the same data it carries on; elsewhere it decides the same", () => {
  const dataDir = join(folder, "a");
  const first = runMain<Printed>(main, dataDir).printed;
  expect(verdicts(first)).toEqual(USUAL);
  expect(first).toMatchObject({ world: "mail", ledger: "verified", dataDir });
  const document = readFileSync(first.runs[0]?.document as string, "utf8");
  expect(document).toContain("promote (all\\_checks\\_passed)".replaceAll("\\_", "_"));
  expect(document).toContain(first.runs[0]?.decisionId);
  expect(document).toMatch(/Positives were 17\.51 % of them/);

  const again = runMain<Printed>(main, dataDir, "--runs", "ships");
  expect(verdicts(again.printed)).toEqual(USUAL.slice(0, 1));
  expect(again.said).toMatch(/this is round 2/);
  expect(again.printed.runs[0]?.decisionId).not.toBe(first.runs[0]?.decisionId);

  const elsewhere = runMain<Printed>(main, join(folder, "b"), "--runs", "ships,letter").printed;
  expect(elsewhere.runs[0]?.decisionId).toBe(first.runs[0]?.decisionId);
  expect(verdicts(elsewhere)[1]).toBe("letter compat retain worse");
}, 300_000);

test("an unknown run is a usage error that names the known ones", () => {
  const { code, said } = runWrongly(main, "--runs", "nonsense");
  expect(code).toBe(2);
  expect(said).toMatch(/known: ships, cautious/);
});
