import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { runMain, runWrongly } from "@gauntlet/example-shared/testing";
import { afterAll, expect, test } from "vitest";

import type { RingriftResult } from "./run-world.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gauntlet-ringrift-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// `npm run ringrift` has three times the games, and judges them by compat rules too.
test("promoted through the types, an equal one retained, a weakened champion rolled back by its monitor; nodes that were apart hold the same", () => {
  const { printed, said } = runMain<RingriftResult & { readonly dataDir: string }>(main, folder, "--runs", "strict", "--openings", "4");
  expect(printed.runs.map((run) => `${run.name} ${run.participant} ${run.mode} ${run.verdict}`)).toEqual([
    "staging run-1 strict promote",
    "production run-1 strict promote",
    "staging run-2 strict retain",
    "tier run-3 strict promote",
    "champion run-3 strict promote",
    "monitor run-3 strict rollback",
  ]);
  expect(printed).toMatchObject({ world: "ringrift", ledger: "verified", asExpected: true, dataDir: folder });
  const document = readFileSync(printed.runs.at(-1)?.document as string, "utf8");
  expect(document).toContain(printed.runs.at(-1)?.decisionId);

  expect(printed.separation).toMatchObject({ node: "north", isSignificant: true, digestsDiffered: true, digestsEqualAfterwards: true });
  expect(printed.separation.conflicts).toBeGreaterThan(10);
  expect(printed.nodes.map(({ node }) => node)).toEqual(["east", "west", "north", "controller"]);
  for (const figure of ["digest", "ratings", "matches", "conflicts"] as const) expect(new Set(printed.nodes.map((node) => node[figure])).size).toBe(1);
  const sum = (figure: "bytesSent" | "bytesReceived") => printed.nodes.reduce((all, node) => all + node[figure], 0);
  expect(sum("bytesSent")).toBe(sum("bytesReceived"));
  // Of every game that two nodes played, one version counts.
  expect(printed.nodes[0]?.matches).toBe(printed.games - printed.separation.conflicts);
  expect(printed.ladder.find(({ participant }) => participant === "stones")).toMatchObject({ elo: 1500, standardError: 0 });
  expect(said).toMatch(/without their signs/);
}, 300_000);

test("what is no option is a usage error, and nothing is started", () => {
  expect(runWrongly(main, "--runs", "nonsense")).toEqual({ code: 2, said: 'there is no run "nonsense"; known: strict, compat\n' });
});
