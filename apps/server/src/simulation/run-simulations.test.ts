import { parsePolicy, parseWorld } from "@gauntlet/contract";
import { requireAbtest } from "@gauntlet/core";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { runSimulations, type SimulationRequest } from "./run-simulations.ts";

const mail = (path: string) => readFileSync(new URL(`../../../../examples/mail/${path}`, import.meta.url), "utf8");
const request = (change: Partial<SimulationRequest> = {}): SimulationRequest => ({
  policy: requireAbtest(parsePolicy(mail("policies/ships.yaml"), "ships.yaml"), "simulated"),
  world: parseWorld(mail("world.yaml"), "world.yaml"),
  effects: [0, 0.05, 0.148],
  runs: 80,
  seed: 1,
  threads: 2,
  ...change,
});

test("the mail policy keeps its promise in its own world, and naive daily testing does not", async () => {
  const told: number[] = [];
  const { points, assumed, impossible } = await runSimulations(request({ onProgress: (done) => told.push(done) }));
  expect([assumed, impossible]).toEqual([[], []]);
  const [none, edge, real] = points;
  expect(none).toMatchObject({ effect: 0, runs: 80, deserving: false });
  for (const point of [none, edge]) expect(point?.falsePromotion?.low).toBeLessThan(0.05);
  for (const point of points) expect(point.falseRollback?.low).toBeLessThan(0.01);
  expect(edge?.naive?.promote.share).toBeGreaterThan(0.5);
  // Version 2 as it was measured: the real mails promoted it too.
  expect(real).toMatchObject({ deserving: true, falsePromotion: null });
  expect(real?.policy.promote.share).toBeGreaterThan(0.9);
  expect(told.at(-1)).toBe(240);
});

test("neither the number of threads nor the other effects change anything", async () => {
  // More runs than a job has, so that there are several jobs.
  const one = await runSimulations(request({ threads: 1, runs: 55, effects: [0.148] }));
  expect(await runSimulations(request({ threads: 3, runs: 55, effects: [0.148] }))).toEqual(one);
  const few = await runSimulations(request({ runs: 5, effects: [0.148] }));
  expect((await runSimulations(request({ runs: 5, effects: [0, 0.148] }))).points.at(-1)).toEqual(few.points[0]);
});

test("an effect that the world can't have is left out and named; without any other it is an error", async () => {
  const { points, impossible } = await runSimulations(request({ effects: [0.5, 0], runs: 5 }));
  expect(points.map((point) => point.effect)).toEqual([0]);
  expect(impossible).toEqual([{ effect: 0.5, says: expect.stringContaining("above 1") }]);
  await expect(runSimulations(request({ effects: [0.5], runs: 5 }))).rejects.toMatchObject({ code: "invalid_input" });
  await expect(runSimulations(request({ runs: 0 }))).rejects.toMatchObject({ code: "invalid_input" });
});

test("a ramp on any number of threads gives the same, and so does its own seed only", async () => {
  const planner = parsePolicy(readFileSync(new URL("../../../../examples/planner/policies/strict.yaml", import.meta.url), "utf8"), "strict.yaml");
  const ramp = { policy: planner, world: { trafficPerDay: 10_000 }, effects: [-0.1], runs: 55, threads: 1 };
  const one = await runSimulations(request(ramp));
  expect(one).toMatchObject({ kind: "ramp", metric: "acceptance_rate", points: [{ harmless: false, policy: { rollback: { share: 1 } } }] });
  expect(await runSimulations(request({ ...ramp, threads: 3 }))).toEqual(one);
  expect((await runSimulations(request({ ...ramp, seed: 2 }))).points).not.toEqual(one.points);
});

test.each<[string, Partial<SimulationRequest>, RegExp]>([
  ["units", { world: { units: { requests: 3 } } }, /units of a world are read for ramps/],
  ["another metric", { metric: "error" }, /changes of recall, not of error/],
])("an A/B test has no use for %s, and says so", async (_, change, says) => {
  await expect(runSimulations(request({ ...change, runs: 1 }))).rejects.toThrow(says);
});
