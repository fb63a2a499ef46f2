import { failureAnalysis } from "@gauntlet/contract";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";

import { newFolder, POLICY, prepareModel } from "../testing/run-cli.ts";
import { runHere } from "../testing/run-here.ts";

const folder = newFolder();

beforeAll(async () => {
  writeFileSync(join(folder, "policy.yaml"), POLICY);
  await prepareModel(folder, "fraud");
  for (const args of [["start", "policy.yaml", "--challenger", "2"], ["reject", "fraud", "--reason", "scores look odd"]]) {
    const ran = await runHere(folder, args);
    if (ran.code !== 0) throw new Error(`${args.join(" ")}: ${ran.err}`);
  }
});

test("a rollout is named by its id, or by its model for the newest; what nobody logged is said to be missing", async () => {
  const [newest, named] = [await runHere(folder, ["analyze", "fraud", "--json"]), await runHere(folder, ["analyze", "fraud-1", "--json"])];
  const report = failureAnalysis.parse(newest.json);
  expect(report).toMatchObject({ rollout: "fraud-1", primary: "undetermined", decision: { verdict: "retain", reason: "rejected" } });
  expect(named.json).toEqual(newest.json);
  const { code, out } = await runHere(folder, ["analyze", "fraud"]);
  expect([code, out]).toEqual([0, expect.stringContaining("Primary cause: undetermined. Nothing that could be looked at failed.")]);
  expect(out).toContain("What to do:");
});

test("the report and its plots go into a folder, which is made", async () => {
  const { code, err } = await runHere(folder, ["analyze", "fraud", "--output", "why/it/is"]);
  expect([code, readdirSync(join(folder, "why/it/is")).toSorted()]).toEqual([0, ["failure_analysis.md", "failure_analysis.svg"]]);
  expect(err).toContain(join(folder, "why/it/is", "failure_analysis.svg"));
  expect(readFileSync(join(folder, "why/it/is", "failure_analysis.md"), "utf8")).toContain("# Why fraud version 2 ended as retain (rejected)");
});

test("what does not exist is told with what does", async () => {
  expect(await runHere(folder, ["analyze", "nobody-1"])).toMatchObject({ code: 1, err: expect.stringContaining("no rollout nobody-1") as string });
  expect(await runHere(folder, ["analyze", "fraud-9"])).toMatchObject({ code: 1, err: expect.stringContaining("no rollout fraud-9 with a decision") as string });
});
