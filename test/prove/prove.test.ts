import { readFileSync } from "node:fs";

import { asymptoticProportions, pairedEvidence } from "@gauntlet/core";
import { expect, test } from "vitest";

import { allExperiments } from "./all-experiments.ts";
import { lowerBound, upperBound } from "./clopper-pearson.ts";
import { zSquared } from "./experiments/asymptotic.ts";
import { leastCrossing } from "./experiments/paired.ts";
import { judge, problemsOf } from "./judge.ts";
import { plotOf } from "./plot.ts";
import { powerStudies } from "./power.ts";
import { powerOf } from "./power-row.ts";
import { randomOf } from "./random.ts";
import { readRecord, rowsOf, sourcesOf, withFindings } from "./record.ts";
import { markdownOf } from "./report.ts";
import { cut, simulatePieces, streamOf } from "./simulate.ts";

const experimentOf = (id: string) => {
  const found = allExperiments().find((experiment) => experiment.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};

test("Clopper–Pearson bounds: published values", () => {
  // 10 of 100 at 95 %, two-sided: [.0490, .1762]; 0 of 10: [0, .3085].
  expect(lowerBound(10, 100, 0.025)).toBeCloseTo(0.0490047, 6);
  expect(upperBound(10, 100, 0.025)).toBeCloseTo(0.1762226, 6);
  expect(lowerBound(0, 10, 0.025)).toBe(0);
  expect(upperBound(0, 10, 0.025)).toBeCloseTo(0.3084971, 6);
});

test("the simulated inequality is that of the library", () => {
  const rule = { alpha: 0.05, tunedAt: 5000, burnIn: 0, side: "two", nullValue: 0 } as const;
  const result = asymptoticProportions({ first: { hits: 300, of: 1000 }, second: { hits: 420, of: 1200 }, eventsMin: 20 }, rule);
  if (result.kind === "nothing" || result.high === null) throw new Error("unexpected");
  const half = result.high - result.value;
  // zSquared over the bound is (value / half-width)², whatever the standard error.
  const standardError = Math.abs(result.value) / Math.sqrt(zSquared([1000, 1200], [300, 420], 20));
  expect(standardError).toBeCloseTo(Math.sqrt(0.21 / 1000 + (0.35 * 0.65) / 1200), 12);
  expect(half).toBeGreaterThan(standardError);
  expect(zSquared([1000, 1200], [19, 420], 20)).toBe(-1);
});

test("the table of least crossings is where the evidence crosses", () => {
  const crosses = (wins: number, n: number) => pairedEvidence({ wins, losses: n - wins }, { side: "greater", a: 10, winShare: 0.5 }).p <= 0.05;
  const least = leastCrossing(200, crosses);
  for (const n of [1, 5, 17, 60, 200]) {
    const wins = least[n] as number;
    expect(crosses(wins - 1, n)).toBe(false);
    expect(wins > n || crosses(wins, n)).toBe(true);
  }
});

test("equal seeds give equal runs; other streams do not", () => {
  const draws = (seed: number, stream: number) => {
    const random = randomOf(seed, stream);
    return Array.from({ length: 5 }, () => random.bits());
  };
  expect(draws(1, 2)).toEqual(draws(1, 2));
  expect(draws(1, 2)).not.toEqual(draws(1, 3));
  expect(draws(1, 2)).not.toEqual(draws(2, 2));
});

test("worker threads give what one thread gives", async () => {
  const pieces = cut("naive-14", 40, { seed: 3, parts: 4, stream: 0 });
  expect(pieces.reduce((sum, piece) => sum + piece.runs, 0)).toBe(40);
  let found = 0;
  await simulatePieces(pieces, ({ numbers }) => {
    found += numbers[0] as number;
  });
  const { simulate } = experimentOf("naive-14");
  expect(found).toBe(pieces.reduce((sum, piece) => sum + (simulate(randomOf(piece.seed, piece.stream), piece.runs)[0] as number), 0));
});

test("a naive test fails the proof, a paired e-process does not", () => {
  const counts = ["naive-14", "paired-0.5"].map((id) => {
    const experiment = experimentOf(id);
    return { experiment, runs: 300, alarms: experiment.simulate(randomOf(11, 0), 300) };
  });
  const rows = judge(counts);
  expect(rows.filter((row) => row.id === "naive-14").map((row) => row.verdict)).toEqual(["breaks"]);
  expect(rows.filter((row) => row.id === "paired-0.5").map((row) => row.verdict)).toEqual(["holds", "holds"]);
  expect(problemsOf(rows)).toEqual([]);
  expect(plotOf(rows)).toContain("<circle");
  // Had the naive test been promised to hold, the proof would fail; and a control that does not fail is a failure too.
  const promised = judge(counts.map((count) => ({ ...count, experiment: { ...count.experiment, expects: count.experiment.id === "naive-14" ? "holds" : "breaks" } })));
  expect(problemsOf(promised)).toHaveLength(3);
  expect(problemsOf(judge(counts.map((count) => ({ ...count, alarms: count.alarms.map(() => 0) }))))).toContain("paired e-process (a = 10): no alarm in any world, so nothing was tested");
});

test("I35: judged once, a look keeps to alpha though labels are corrected; judged again every day it does not", () => {
  const rows = judge(["late-once", "late-again"].map((id) => ({ experiment: experimentOf(id), runs: 500, alarms: experimentOf(id).simulate(randomOf(1, 0), 500) })));
  expect(problemsOf(rows)).toEqual([]);
  expect(rows[0]!.rate).toBeLessThan(rows[0]!.alpha);
  expect(rows[1]!.low).toBeGreaterThan(rows[1]!.alpha);
});

test("power of stops: 80 % by the budget, the mean up to there", () => {
  const study = { id: "x", method: "x", reference: "", runs: { short: 1, long: 1 }, simulate: () => [] };
  const row = powerOf(study, [100, 200, 300, 400, Number.POSITIVE_INFINITY]);
  expect(row).toMatchObject({ budget: 400, mean: (100 + 200 + 300 + 400 + 400) / 5, success: 0.8 });
  expect(powerOf(study, [100, 200, -50, -50])).toMatchObject({ budget: null, mean: 100, success: 0.5 });
});

test("what is published is what was found; npm run prove -- --docs writes it anew", () => {
  const record = readRecord("docs/proof.json");
  const published = rowsOf(record, { experiments: allExperiments(), studies: powerStudies() });
  const problems = problemsOf(published.rows);
  expect(problems).toEqual([]);
  expect(readFileSync("docs/proof.md", "utf8")).toBe(markdownOf({ ...published, problems, sources: sourcesOf(record) }));
  expect(readFileSync("docs/proof.svg", "utf8")).toBe(plotOf(published.rows));
});

test("one experiment's new finding takes the place of its old one, and of no other", () => {
  const of = (id: string, alarms: readonly number[], version: string) => ({ id, version, seed: 1, runs: 100, alarms });
  const record = { alarms: [of("paired-0.5", [4, 2], "a"), of("naive-14", [20], "a"), of("gone", [1], "a")], power: [] };
  const merged = withFindings(record, { alarms: [of("naive-14", [23], "b")], power: [] });
  expect(merged.alarms.map(({ id, version }) => `${id} ${version}`)).toEqual(["gone a", "naive-14 b", "paired-0.5 a"]);
  const all = { experiments: [experimentOf("paired-0.5"), experimentOf("naive-14"), experimentOf("paired-0.3")], studies: [] };
  expect(rowsOf(merged, all).rows.map(({ id, alarms }) => [id, alarms])).toEqual([["paired-0.5", 4], ["paired-0.5", 2], ["naive-14", 23]]);
  expect(rowsOf(merged, all).missing).toEqual(["paired-0.3"]);
  expect(sourcesOf(merged)).toEqual([{ version: "a", seed: 1, experiments: 2, runs: 200 }, { version: "b", seed: 1, experiments: 1, runs: 100 }]);
  expect(streamOf("naive-14")).not.toBe(streamOf("paired-0.5"));
});
