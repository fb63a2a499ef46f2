import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { runMain, runWrongly } from "@gauntlet/example-shared/testing";
import { afterAll, expect, test } from "vitest";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gauntlet-planner-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Printed {
  readonly world: string;
  readonly runs: readonly { readonly name: string; readonly mode: string; readonly verdict: string; readonly reason: string; readonly decisionId: string; readonly document: string; readonly days: number }[];
  readonly ledger: string;
  readonly plans: number;
  readonly events: number;
  readonly dataDir: string;
}

// All six runs are `npm run planner`; these are the shorter ones.
test("one violation ends a strict ramp, points end a compat one, and a better challenger gets everybody; again it decides the same", () => {
  const first = runMain<Printed>(main, join(folder, "a"), "--runs", "harmful-strict,harmful-compat,good-compat").printed;
  expect(first.runs.map((run) => `${run.name} ${run.mode} ${run.verdict} ${run.reason}`)).toEqual(["good compat promote all_checks_passed", "harmful strict rollback harm", "harmful compat rollback worse"]);
  expect(first).toMatchObject({ world: "planner", ledger: "verified", dataDir: join(folder, "a") });
  const [good, strict, compat] = first.runs;
  if (good === undefined || strict === undefined || compat === undefined) throw new Error("a run is missing");
  expect(strict.days).toBeLessThan(2);
  expect(compat.days).toBeGreaterThanOrEqual(3);
  expect(good.days).toBeGreaterThanOrEqual(9);
  expect(first.events).toBeGreaterThan(2 * first.plans);
  const document = readFileSync(strict.document, "utf8");
  expect(document).toContain(strict.decisionId);
  expect(document).toMatch(/constraint\\_violations, which must never be/);
  expect(readFileSync(compat.document, "utf8")).toMatch(/validator\\_rate/);

  const elsewhere = runMain<Printed>(main, join(folder, "b"), "--runs", "harmful-strict").printed;
  expect(elsewhere.runs[0]?.decisionId).toBe(strict.decisionId);
  const again = runMain<Printed>(main, join(folder, "b"), "--runs", "harmful-strict").printed;
  expect(again.runs[0]).toMatchObject({ verdict: "rollback", reason: "harm" });
  expect(again.runs[0]?.decisionId).not.toBe(strict.decisionId);
}, 300_000);

test("an unknown run is a usage error that names the known ones", () => {
  const { code, said } = runWrongly(main, "--runs", "nonsense");
  expect(code).toBe(2);
  expect(said).toMatch(/known: good-strict, good-compat/);
});
