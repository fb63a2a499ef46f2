import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, expect, test } from "vitest";

import { newFolder } from "../testing/run-cli.ts";
import { runHere } from "../testing/run-here.ts";

const repository = resolve(import.meta.dirname, "../../../..");
const policies = join(repository, "examples/mail/policies");
const folder = newFolder();
const data = join(folder, "mail");

beforeAll(() => {
  // The real mails, as `npm start` runs them.
  execFileSync(process.execPath, [join(repository, "examples/mail/src/main.ts"), "--once", "--json", "--data", data, "--runs", "ships"], { cwd: folder, stdio: "ignore" });
});

const MODEL = "spam-filter-ships";
const run = (policy: string, ...args: readonly string[]) => runHere(folder, ["backtest", join(policies, `${policy}.yaml`), ...args, "--json"]);

test("the policy that was recorded comes to what happened", async () => {
  const { code, json } = await run("ships", "--from", data);
  expect(code).toBe(0);
  expect(json.backtests).toHaveLength(1);
  expect(json.backtests[0]).toMatchObject({ model: MODEL, from: "cells", happened: { verdict: "promote", day: 46 }, would: { verdict: "promote", day: 46 }, difference: { verdict: false, reason: false, days: 0, exposed: 0 } });
});

test("the letter of the reference document would have retained at the first look, with fewer exposed", async () => {
  const { json } = await run("letter", "--from", data, "--model", MODEL);
  expect(json.backtests[0]).toMatchObject({ would: { verdict: "retain", reason: "worse", day: 25 }, difference: { verdict: true, days: -21 } });
  expect(json.backtests[0].difference.exposed).toBeLessThan(-150);
});

test("an export judges the recorded decisions only, and says so", async () => {
  const file = join(folder, "ledger.ndjson");
  expect((await runHere(folder, ["--data", data, "ledger", "export", "--out", file])).code).toBe(0);
  const { json } = await run("cautious", "--from", file);
  expect(json.backtests[0]).toMatchObject({ from: "decisions", happened: { verdict: "promote" }, would: { verdict: "retain", reason: "unproven", day: 46 } });
  expect(json.backtests[0].notes.join(" ")).toContain("recorded decisions only");
  const broken = join(folder, "broken.ndjson");
  writeFileSync(broken, readFileSync(file, "utf8").replace('"verdict":"promote"', '"verdict":"retain"'));
  const refused = await run("cautious", "--from", broken);
  expect([refused.code, JSON.parse(refused.err).error.code]).toEqual([1, "ledger_corrupt"]);
});

test("a ramp passes over what an A/B test recorded, and is refused when its model is named", async () => {
  const ramp = join(folder, "ramp.yaml");
  writeFileSync(ramp, "kind: ramp\nname: quick\nmodel: m\nbucket: 1d\nstages:\n  - { name: tenth, allocation: 10%, dwell: 1d }\n  - { name: all, allocation: 100% }\nminSamples: 10\nchecks:\n  - { metric: error, better: lower, noWorseThan: 5% }\n");
  expect((await runHere(folder, ["backtest", ramp, "--from", data])).err).toContain("no rollout that was decided on");
  const named = await runHere(folder, ["backtest", ramp, "--from", data, "--model", MODEL]);
  expect([named.code, named.out]).toEqual([1, ""]);
  expect(named.err).toMatch(/is of kind abtest, whose evidence has no stages/);
});

test("nothing is written", async () => {
  const digest = () => createHash("sha256").update(readFileSync(join(data, "gauntlet.db"))).digest("hex");
  const before = digest();
  await run("letter", "--from", data);
  expect(digest()).toBe(before);
});

test("finer buckets than the recorded ones, unknown models and places are errors with a way to mend them", async () => {
  const fine = join(folder, "fine.yaml");
  writeFileSync(fine, readFileSync(join(policies, "ships.yaml"), "utf8").replace("bucket: 1d", "bucket: 6h"));
  const ran = await runHere(folder, ["backtest", fine, "--from", data]);
  expect([ran.code, ran.out]).toEqual([1, ""]);
  expect(ran.err).toMatch(/buckets of 21600 s.*86400 s[^]*\/bucket must be a multiple of 86400s[^]*→ set bucket to 86400s/);
  expect((await run("ships", "--from", data, "--model", "nobody")).err).toContain(MODEL);
  expect((await run("ships", "--from", join(folder, "nowhere"))).code).toBe(1);
  mkdirSync(join(folder, "empty"));
  expect((await run("ships", "--from", join(folder, "empty"))).err).toContain("not_found");
});
