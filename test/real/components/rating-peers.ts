import { countMatches, fitRatings, RATING_MODEL, wengLin, type Match } from "@gauntlet/core";
import { join } from "node:path";

import type { Component } from "../component.ts";
import { lastLines } from "../processes.ts";
import { installPeers } from "../ratings/install.ts";
import { matchOf } from "../ratings/matches.ts";
import { mustAgree, type Agreement } from "../statistics/agreement.ts";

/** Our fits against choix's, and our Plackett–Luce update against openskill's, on matches that they draw. */
export const component: Component = {
  name: "choix + openskill",
  required: true,
  async run(context) {
    const tool = await installPeers(context);
    if (tool.kind === "missing") return { kind: "skipped", version: "", why: tool.why };
    const { code, stdout, stderr } = await context.processes.run({ command: tool.command, args: [join(import.meta.dirname, "../ratings/peers.py")], cwd: context.workDir, timeoutMs: 5 * 60_000 });
    if (code !== 0) throw new Error(`the comparison ended with ${code}\n${lastLines(stderr, 20)}`);
    const cases = stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as Case);
    const agreements = [...Map.groupBy(cases, ({ check }) => check)].map(([check, some]) => agreement(check, some));
    mustAgree(context, agreements, 60);
    return { kind: "passed", version: tool.version, note: agreements.map(({ check, inputs }) => `${inputs} × ${check}`).join(", ") };
  },
};

type Case =
  | { readonly check: string; readonly kind: "rankings"; readonly players: number; readonly rankings: readonly (readonly number[])[]; readonly strengths: readonly number[] }
  | { readonly check: string; readonly kind: "update"; readonly beliefs: readonly (readonly [mu: number, sigma: number])[]; readonly places: readonly number[]; readonly after: readonly (readonly [mu: number, sigma: number])[] };

/** Strengths lie on a grid of 2⁻²⁰, and choix stops near the maximum. */
const STRENGTH_TOLERANCE = 1.5e-6;
const UPDATE_TOLERANCE = 1e-9;

function agreement(check: string, cases: readonly Case[]): Agreement {
  const tolerance = cases[0]?.kind === "update" ? UPDATE_TOLERANCE : STRENGTH_TOLERANCE;
  const distances = cases.map((one) => farthest(one) / tolerance);
  const isFar = (distance: number): boolean => !(distance <= 1);
  return { check, inputs: cases.length, worst: Math.max(...distances), tolerance, failed: distances.filter(isFar).length, example: cases[distances.findIndex(isFar)] ?? null };
}

function farthest(one: Case): number {
  if (one.kind === "rankings") {
    const ours = strengthsOf(one.rankings, one.players);
    return Math.max(...one.strengths.map((theirs, i) => Math.abs((ours[i] ?? Number.NaN) - theirs)));
  }
  const ours = wengLin(one.beliefs.map(([mu, sigma]) => ({ mu, sigma })), one.places);
  return Math.max(...one.after.flatMap(([mu, sigma], i) => [Math.abs((ours[i]?.mu ?? Number.NaN) - mu), Math.abs((ours[i]?.sigma ?? Number.NaN) - sigma)]));
}

/** By player, their mean 0: rankings of some of the players are matches of a configuration with as many seats as the most have. */
function strengthsOf(rankings: readonly (readonly number[])[], players: number): readonly number[] {
  const matches = rankings.map((ranking): Match => matchOf(ranking.map(String), ranking.map((_, place) => place + 1), players));
  const fit = fitRatings(countMatches(matches), RATING_MODEL);
  const position = new Map(fit.participants.map((id, i) => [id, i]));
  const found = Array.from({ length: players }, (_, player) => fit.parameters[position.get(String(player)) ?? -1] ?? Number.NaN);
  const mean = found.reduce((sum, value) => sum + value, 0) / players;
  return found.map((value) => value - mean);
}
