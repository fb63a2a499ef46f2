import { countMatches, ELO_PER_NATURAL, fitRatings, RATING_MODEL, uncertaintyOf, type RatingFit } from "@gauntlet/core";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Component } from "../component.ts";
import { lastLines } from "../processes.ts";
import { gamesOf } from "../ratings/matches.ts";
import { installBradleyTerry } from "../ratings/install.ts";
import { mustAgree, type Agreement } from "../statistics/agreement.ts";

/** Our fit against R's on the data sets that come with BradleyTerry2: journals, baseball, ice hockey, football, tastes, sounds, schools. */
export const component: Component = {
  name: "R BradleyTerry2",
  required: true,
  async run(context) {
    const tool = await installBradleyTerry(context);
    if (tool.kind === "missing") return { kind: "skipped", version: "", why: tool.why };
    const path = join(context.workDir, "bradley-terry.ndjson");
    const { code, stderr } = await context.processes.run({ command: tool.command, args: ["--vanilla", join(import.meta.dirname, "../ratings/bradley_terry.R"), path], cwd: context.workDir, timeoutMs: 5 * 60_000 });
    if (code !== 0) throw new Error(`R ended with ${code}\n${lastLines(stderr, 20)}`);
    const cases = (await readFile(path, "utf8")).trimEnd().split("\n").map((line) => JSON.parse(line) as Case);
    mustAgree(context, cases.flatMap(compare), 1);
    const matches = cases.reduce((sum, { pairs }) => sum + pairs.reduce((games, [, , w, t, l]) => games + w + t + l, 0), 0);
    return { kind: "passed", version: tool.version, note: `${cases.length} fits of ${matches} real results: every difference and its standard error` };
  },
};

interface Case {
  readonly check: string;
  readonly ties: "half" | "davidson";
  readonly seats: boolean;
  readonly pairs: readonly (readonly [a: string, b: string, wins: number, ties: number, losses: number])[];
  readonly names: readonly string[];
  /** Natural logarithms, against the first name. */
  readonly strengths: readonly number[];
  readonly covariance: readonly (readonly number[])[];
  readonly tie: number | null;
  readonly home: number | null;
}

/** The grid that we give strengths on is 2⁻²⁰, and a difference has two ends of it. */
const STRENGTH_TOLERANCE = 1.5e-6;
/** Relative. */
const ERROR_TOLERANCE = 1e-6;
/** As good as no prior on seats. */
const RIDGE = 1e-9;

function compare({ check, ties, seats, pairs, names, strengths, covariance, tie, home }: Case): readonly Agreement[] {
  const counts = countMatches(pairs.flatMap(([a, b, ...results]) => gamesOf(a, b, results)));
  const fit = fitRatings(counts, { ...RATING_MODEL, ties, seatRidge: seats ? RIDGE : null });
  const { compare: between } = uncertaintyOf(fit);
  const differences: (readonly [ours: number, theirs: number])[] = [];
  const errors: (readonly [ours: number, theirs: number])[] = [];
  for (const [i, a] of names.entries()) {
    for (const [j, b] of names.entries()) {
      if (j >= i) continue;
      const known = between(a, b);
      if (known.kind !== "comparable") throw new Error(`${check}: ${a} and ${b} are ${known.kind}`);
      const v = (x: number, y: number): number => covariance[x]?.[y] ?? Number.NaN;
      differences.push([known.difference / ELO_PER_NATURAL, (strengths[i] ?? Number.NaN) - (strengths[j] ?? Number.NaN)]);
      errors.push([known.standardError / ELO_PER_NATURAL, Math.sqrt(v(i, i) + v(j, j) - 2 * v(i, j))]);
    }
  }
  if (tie !== null) differences.push([fit.ties[0]?.logStrength ?? Number.NaN, tie]);
  if (home !== null) differences.push([homeOf(fit), home]);
  return [agreement(`${check}: differences`, differences, { tolerance: STRENGTH_TOLERANCE, relative: false }), agreement(`${check}: standard errors`, errors, { tolerance: ERROR_TOLERANCE, relative: true })];
}

/** What the first seat is worth more than the second. */
function homeOf({ seats }: RatingFit): number {
  return ((seats[0] ?? Number.NaN) - (seats[1] ?? Number.NaN)) / ELO_PER_NATURAL;
}

function agreement(check: string, pairs: readonly (readonly [ours: number, theirs: number])[], { tolerance, relative }: { readonly tolerance: number; readonly relative: boolean }): Agreement {
  const distances = pairs.map(([ours, theirs]) => Math.abs(ours - theirs) / (relative ? Math.abs(theirs) : 1) / tolerance);
  const isFar = (distance: number): boolean => !(distance <= 1);
  return { check, inputs: pairs.length, worst: Math.max(...distances), tolerance, failed: distances.filter(isFar).length, example: pairs[distances.findIndex(isFar)] ?? null };
}
