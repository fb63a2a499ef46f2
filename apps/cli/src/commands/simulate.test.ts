import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

import { newFolder, runCli } from "../testing/run-cli.ts";

const mail = resolve(import.meta.dirname, "../../../../examples/mail");
const folder = newFolder();
const ships = join(mail, "policies/ships.yaml");
const world = join(mail, "world.yaml");

test("JSON has the operating characteristics, and the same seed gives the same bytes", async () => {
  const args = ["simulate", ships, "--world", world, "--effects", "0%,14.8%", "--runs", "40", "--json"];
  const ran = await runCli(folder, args);
  expect([ran.code, ran.err]).toEqual([0, ""]);
  expect(ran.json).toMatchObject({ policy: "ships", mode: "strict", seed: 1, runs: 40, assumed: [], points: [{ effect: 0, deserving: false }, { effect: 0.148, deserving: true, falsePromotion: null }] });
  expect(ran.json.points[0].policy.promote.share).toBe(0);
  expect(ran.json.points[1].policy.promote.share).toBeGreaterThan(0.8);
  expect((await runCli(folder, args)).out).toBe(ran.out);
});

test("people get a table, a plot and what was assumed; no progress bar in a log", async () => {
  const ran = await runCli(folder, ["simulate", ships, "--traffic", "200", "--effects=-10%,0%,99%", "--runs", "10"]);
  expect([ran.code, ran.err]).toEqual([0, ""]);
  expect(ran.out).toMatch(/EFFECT +PROMOTE/);
  expect(ran.out).toContain("Chance to promote");
  expect(ran.out).toContain("/champion/precision 0.9");
  expect(ran.out).not.toContain("/trafficPerDay");
  expect(ran.out).toMatch(/99 % was left out: .*above 1/);
});

test.each([
  ["--effects", "much"],
  ["--runs", "0"],
  ["--seed", "1.5"],
  ["--prevalence", "often"],
])("%s %s is a mistake of usage", async (flag, value) => {
  expect((await runCli(folder, ["simulate", ships, flag, value])).code).toBe(2);
});

test("a ramp is checked, and neither simulated nor tried on what an A/B test recorded", async () => {
  const ramp = join(folder, "ramp.yaml");
  writeFileSync(ramp, "kind: ramp\nname: quick\nmodel: m\nstages:\n  - { name: tenth, allocation: 10%, dwell: 1h }\n  - { name: all, allocation: 100% }\nminSamples: 10\nchecks:\n  - { metric: error, better: lower, noWorseThan: 0% }\n");
  const checked = await runCli(folder, ["config", "validate", ramp, "--json"]);
  expect(checked.json.files[0]).toMatchObject({ valid: true, warnings: [{ code: "margin-zero", pointer: "/checks/0/noWorseThan" }] });
  for (const command of ["simulate", "backtest"]) {
    const ran = await runCli(folder, [command, ramp]);
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(/quick is of kind ramp, and can't be .* yet/);
  }
});

test("config validate warns beside its answer, and can refuse", async () => {
  const args = ["config", "validate", join(mail, "policies/cautious.yaml"), "--world", world];
  const ran = await runCli(folder, args);
  expect(ran.code).toBe(0);
  expect(ran.err).toMatch(/warning \/checks\/0\/improveBy: 15 % more is asked for[^]*→/);
  expect((await runCli(folder, [...args, "--deny-warnings"])).code).toBe(1);
  const { json } = await runCli(folder, [...args, "--json"]);
  expect(json.files[0]).toMatchObject({ valid: true, warnings: [{ code: "improvement-out-of-reach", severity: "warning", pointer: "/checks/0/improveBy" }, { severity: "note" }] });
});
