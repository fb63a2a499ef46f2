import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { newFolder } from "../testing/run-cli.ts";
import { runHere } from "../testing/run-here.ts";

const POLICY = readFileSync(join(import.meta.dirname, "../../../../docs/examples/from-files.yaml"), "utf8");

function configOf(metrics: string): string {
  return `sources:\n  lake: { kind: duckdb, files: { outcomes: outcomes.csv }, query: SELECT 1, fresh: SELECT max(served_at) FROM outcomes, metrics: ${metrics} }\n`;
}

test("a policy's sources must be in the configuration, and give what it asks for", async () => {
  const folder = newFolder();
  writeFileSync(join(folder, "policy.yaml"), POLICY);
  const validate = () => runHere(folder, ["config", "validate", "policy.yaml"]);
  const missing = await validate();
  expect([missing.code, missing.out]).toEqual([1, expect.stringMatching(/\/sources there is no source "lake" in the configuration/)]);
  writeFileSync(join(folder, "gauntlet.yaml"), configOf("{ error: moments }"));
  expect(await validate()).toMatchObject({ code: 1, out: expect.stringContaining('metric "error" is a moments in source "lake", and a rate in the policy') });
  writeFileSync(join(folder, "gauntlet.yaml"), configOf("{ scored: count, error: rate, cost: moments }"));
  expect(await validate()).toMatchObject({ code: 0, out: "policy.yaml: valid policy\n" });
}, 60_000);

test("doctor reads each source once, and says what is wrong with it", async () => {
  const folder = newFolder();
  writeFileSync(join(folder, "gauntlet.yaml"), configOf("{ error: rate }"));
  const doctor = async () => {
    const ran = await runHere(folder, ["doctor", "--json"]);
    return [ran.code, ran.json.findings.find((finding: { what: string }) => finding.what === "source lake")];
  };
  expect(await doctor()).toEqual([1, expect.objectContaining({ status: "fail", says: expect.stringContaining("there is no file") })]);
  writeFileSync(join(folder, "outcomes.csv"), "served_at\n2026-01-01T00:00:00Z\n");
  expect(await doctor()).toEqual([1, expect.objectContaining({ status: "fail", says: expect.stringContaining("and may be 3600 s old at most"), fix: expect.stringMatching(/./) })]);
  writeFileSync(join(folder, "outcomes.csv"), `served_at\n${new Date().toISOString()}\n`);
  expect(await doctor()).toEqual([0, expect.objectContaining({ status: "ok", says: expect.stringContaining("outcomes.csv answers") })]);
}, 60_000);
