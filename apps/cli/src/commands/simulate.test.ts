import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

import { newFolder } from "../testing/run-cli.ts";
import { runHere } from "../testing/run-here.ts";

const mail = resolve(import.meta.dirname, "../../../../examples/mail");
const folder = newFolder();
const ships = join(mail, "policies/ships.yaml");
const world = join(mail, "world.yaml");

test("JSON has the operating characteristics, and the same seed gives the same bytes", async () => {
  const args = ["simulate", ships, "--world", world, "--effects", "0%,14.8%", "--runs", "40", "--json"];
  const ran = await runHere(folder, args);
  expect([ran.code, ran.err]).toEqual([0, ""]);
  expect(ran.json).toMatchObject({ policy: "ships", mode: "strict", seed: 1, runs: 40, assumed: [], points: [{ effect: 0, deserving: false }, { effect: 0.148, deserving: true, falsePromotion: null }] });
  expect(ran.json.points[0].policy.promote.share).toBe(0);
  expect(ran.json.points[1].policy.promote.share).toBeGreaterThan(0.8);
  expect((await runHere(folder, args)).out).toBe(ran.out);
});

test("people get a table, a plot and what was assumed; no progress bar in a log", async () => {
  const ran = await runHere(folder, ["simulate", ships, "--traffic", "200", "--effects=-10%,0%,99%", "--runs", "10"]);
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
  expect((await runHere(folder, ["simulate", ships, flag, value])).code).toBe(2);
});

test("a ramp is checked", async () => {
  const ramp = join(folder, "ramp.yaml");
  writeFileSync(ramp, "kind: ramp\nname: quick\nmodel: m\nstages:\n  - { name: tenth, allocation: 10%, dwell: 1h }\n  - { name: all, allocation: 100% }\nminSamples: 10\nchecks:\n  - { metric: error, better: lower, noWorseThan: 0% }\n");
  const checked = await runHere(folder, ["config", "validate", ramp, "--json"]);
  expect(checked.json.files[0]).toMatchObject({ valid: true, warnings: [{ code: "margin-zero", pointer: "/checks/0/noWorseThan" }] });
});

test("a ramp is simulated: stages, its own metric, and the naive test's rollbacks", async () => {
  const planner = resolve(mail, "../planner/policies/strict.yaml");
  const told = join(folder, "ramp-world.yaml");
  writeFileSync(told, "trafficPerDay: 5000\nunits: { requests: 5, correlation: 0.2 }\nratios: { acceptance_rate: { champion: 72%, challenger: 72% } }\n");
  const args = ["simulate", planner, "--world", told, "--effects=-20%,10%", "--runs", "12"];
  const { json, code } = await runHere(folder, [...args, "--json"]);
  expect(code).toBe(0);
  expect(json).toMatchObject({ kind: "ramp", metric: "acceptance_rate", asked: -0.05, points: [{ effect: -0.2, deserving: false, harmless: false }, { effect: 0.1, deserving: true, harmless: true }] });
  expect(json.points[0].policy.rollback.share).toBe(1);
  expect(json.points[0].policy.stages.map((stage: { name: string }) => stage.name)).toEqual(["experiment-10", "experiment-25", "experiment-50"]);
  expect(json.points[1].policy.promote.share).toBeGreaterThan(0.6);
  const shown = await runHere(folder, args);
  expect(shown.out).toMatch(/EFFECT +PROMOTE.*SERVED AT experiment-10.*NAIVE ROLLS BACK/);
  expect(shown.out).toContain("/ratios/edits_per_plan");
  expect(shown.out).toContain("over the true change of acceptance_rate");
});

test.each([
  [["--metric", "recall"], "no check of strict reads recall"],
  [["--prevalence", "10%"], "its world has no prevalence"],
])("what a ramp has no use for is refused: %j", async (flags, says) => {
  const ran = await runHere(folder, ["simulate", resolve(mail, "../planner/policies/strict.yaml"), ...flags, "--runs", "1"]);
  expect([ran.code, ran.err.includes(says)]).toEqual([1, true]);
});

test("config validate warns beside its answer, and can refuse", async () => {
  const args = ["config", "validate", join(mail, "policies/cautious.yaml"), "--world", world];
  const ran = await runHere(folder, args);
  expect(ran.code).toBe(0);
  expect(ran.err).toMatch(/warning \/checks\/0\/improveBy: 15 % more is asked for[^]*→/);
  expect((await runHere(folder, [...args, "--deny-warnings"])).code).toBe(1);
  const { json } = await runHere(folder, [...args, "--json"]);
  expect(json.files[0]).toMatchObject({ valid: true, warnings: [{ code: "improvement-out-of-reach", severity: "warning", pointer: "/checks/0/improveBy" }, { severity: "note" }] });
});
