import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { runMain, runWrongly } from "@gauntlet/example-shared/testing";
import { afterAll, expect, test } from "vitest";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gauntlet-fraud-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly name: string;
  readonly verdict: string;
  readonly reason: string;
  readonly decisionId: string;
  readonly document: string;
  readonly days: number;
  readonly champion: string;
  readonly cause: string | null;
  readonly analysis: string | null;
  readonly rollbackMs: number | null;
  readonly asKnown: boolean | null;
}

interface Printed {
  readonly world: string;
  readonly runs: readonly Run[];
  readonly ledger: string;
  readonly payments: number;
}

// All four endings are `npm run fraud`; these are the two that have a defect to find.
test("a leaky version is retained and a wrongly scaled one rolled back, and each document names the defect", () => {
  const { printed } = runMain<Printed>(main, join(folder, "a"), "--runs", "loses,broken");
  expect(printed).toMatchObject({ world: "fraud", ledger: "verified", payments: 28_000 });
  const [loses, broken] = printed.runs;
  if (loses === undefined || broken === undefined) throw new Error("a run is missing");
  expect(loses).toMatchObject({ name: "loses", verdict: "retain", reason: "worse", days: 44, champion: "version 1", cause: "holdout", rollbackMs: null, asKnown: true });
  expect(broken).toMatchObject({ name: "broken", verdict: "rollback", reason: "harm", champion: "version 1", cause: "parity", asKnown: true });
  expect(broken.days).toBeLessThan(7);
  expect(broken.rollbackMs).toBeGreaterThan(0);
  expect(broken.rollbackMs).toBeLessThan(30_000);
  for (const { document, decisionId } of printed.runs) expect(readFileSync(document, "utf8")).toMatch(new RegExp(`${decisionId}[^]*## Business impact\n\nA month with the challenger would have been[^]*net -?\\d+ USD`));
  expect(readFileSync(loses.analysis as string, "utf8")).toMatch(/Primary cause: holdout[^]*holdout rows \(100 %\) are in the training data[^]*overfit-recall \| fail/);
  const parity = readFileSync(broken.analysis as string, "utf8");
  expect(parity).toMatch(/Primary cause: parity[^]*parity-features \| pass[^]*parity-scaler \| fail[^]*parity-golden \| fail/);
  // The artifact itself is whole: it is the scaler beside it that is another version's.
  expect(parity).toMatch(/integrity-registry \| pass[^]*integrity-served \| pass/);
}, 120_000);

test("an unknown ending is a usage error that names the known ones", () => {
  expect(runWrongly(main, "--runs", "nonsense")).toMatchObject({ code: 2, said: expect.stringContaining("known: wins, loses, inconclusive, broken") as string });
});
