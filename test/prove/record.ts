import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

import type { Experiment, PowerStudy } from "./experiment.ts";
import { judge, type Row } from "./judge.ts";
import type { PowerRow } from "./power-row.ts";

/** Who found it: the commit of the code (a + where it was changed since), and the seed of its random numbers. */
interface Source {
  readonly version: string;
  readonly seed: number;
}

/** False alarms for each column of an experiment. */
interface AlarmFinding extends Source {
  readonly id: string;
  readonly runs: number;
  readonly alarms: readonly number[];
}

interface PowerFinding extends Source, Omit<PowerRow, "method" | "reference"> {}

/** What long runs found of each experiment, so that one of them can be run again without all others. */
export interface ProofRecord {
  readonly alarms: readonly AlarmFinding[];
  readonly power: readonly PowerFinding[];
}

export interface Experiments {
  readonly experiments: readonly Experiment[];
  readonly studies: readonly PowerStudy[];
}

/** The rows of all that was found, in the order of the experiments; what was found of one that has changed its columns, or is gone, is left out. */
export function rowsOf(record: ProofRecord, { experiments, studies }: Experiments): { readonly rows: readonly Row[]; readonly power: readonly PowerRow[]; readonly missing: readonly string[] } {
  const counted = experiments.flatMap((experiment) => record.alarms.filter(({ id, alarms }) => id === experiment.id && alarms.length === experiment.columns.length).map(({ runs, alarms }) => ({ experiment, runs, alarms })));
  const power = studies.flatMap(({ id, method, reference }) => record.power.filter((found) => found.id === id).map((found) => ({ ...found, method, reference })));
  const there = new Set([...counted.map(({ experiment }) => experiment.id), ...power.map(({ id }) => id)]);
  return { rows: judge(counted), power, missing: [...experiments, ...studies].map(({ id }) => id).filter((id) => !there.has(id)) };
}

/** A finding takes the place of an older one of the same experiment. */
export function withFindings(record: ProofRecord, { alarms, power }: ProofRecord): ProofRecord {
  const merged = <T extends { readonly id: string }>(old: readonly T[], young: readonly T[]): readonly T[] => [...old.filter(({ id }) => young.every((one) => one.id !== id)), ...young].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return { alarms: merged(record.alarms, alarms), power: merged(record.power, power) };
}

/** How many experiments each version and seed found, oldest name first. */
export function sourcesOf({ alarms, power }: ProofRecord): readonly (Source & { readonly experiments: number; readonly runs: number })[] {
  const sources = new Map<string, Source & { experiments: number; runs: number }>();
  for (const { version, seed, runs } of [...alarms, ...power]) {
    const source = sources.get(`${version} ${seed}`) ?? { version, seed, experiments: 0, runs: 0 };
    sources.set(`${version} ${seed}`, { ...source, experiments: source.experiments + 1, runs: source.runs + runs });
  }
  return [...sources.values()].toSorted((a, b) => b.experiments - a.experiments);
}

export function readRecord(path: string): ProofRecord {
  return JSON.parse(readFileSync(path, "utf8")) as ProofRecord;
}

/** One finding a line, so that a diff shows what was found anew. */
export function writeRecord(path: string, { alarms, power }: ProofRecord): void {
  const lines = (findings: readonly object[]): string => findings.map((finding) => `    ${JSON.stringify(finding)}`).join(",\n");
  writeFileSync(path, `{\n  "alarms": [\n${lines(alarms)}\n  ],\n  "power": [\n${lines(power)}\n  ]\n}\n`);
}

/** The commit that runs, with a + where the statistics or the experiments differ from it. */
export function versionHere(): string {
  const git = (...args: readonly string[]): string => execFileSync("git", args, { encoding: "utf8" }).trim();
  return `${git("rev-parse", "--short=7", "HEAD")}${git("status", "--porcelain", "--", "packages/core", "test/prove") === "" ? "" : "+"}`;
}
