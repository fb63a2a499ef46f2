import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

import { allExperiments } from "./all-experiments.ts";
import { judge, problemsOf, type Row } from "./judge.ts";
import { plotOf } from "./plot.ts";
import { powerStudies } from "./power.ts";
import { powerOf, type PowerRow } from "./power-row.ts";
import { markdownOf, powerTable, tableOf } from "./report.ts";
import { cut, simulatePieces } from "./simulate.ts";

// npm run prove [-- --short] [--seed 1] [--only paired] [--runs 1000] [--json] [--docs]: does every sequential method keep its promise?

const { values } = parseArgs({ options: { short: { type: "boolean", default: false }, json: { type: "boolean", default: false }, docs: { type: "boolean", default: false }, seed: { type: "string", default: "1" }, only: { type: "string" }, runs: { type: "string" } } });
const seed = Number(values.seed);
const fixedRuns = values.runs === undefined ? null : Number(values.runs);
if (!Number.isSafeInteger(seed) || (fixedRuns !== null && !(Number.isSafeInteger(fixedRuns) && fixedRuns > 0))) fail("usage: npm run prove -- [--short] [--seed 1] [--only <part of an id>] [--runs 1000] [--json] [--docs]", 2);

const started = performance.now();
const { rows, power } = await run();
const seconds = Math.round((performance.now() - started) / 1000);
const problems = problemsOf(rows);

process.stdout.write(values.json ? `${JSON.stringify({ seed, seconds, rows, power, problems })}\n` : `${tableOf(rows)}\n${powerTable(power)}\n`);
// The long run is the one that is published; others only when asked.
if (values.docs || (!values.short && values.only === undefined && fixedRuns === null)) writeDocs(rows, power);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stderr.write(problems.length === 0 ? `every promise holds, and every negative control fails as it must (${seconds} s)\n` : `${problems.length} promises do not hold (${seconds} s)\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

async function run(): Promise<{ readonly rows: readonly Row[]; readonly power: readonly PowerRow[] }> {
  const chosen = <T extends { readonly id: string }>(all: readonly T[]): readonly T[] => all.filter(({ id }) => values.only === undefined || id.includes(values.only));
  const experiments = chosen(allExperiments());
  const studies = chosen(powerStudies());
  if (experiments.length + studies.length === 0) fail(`no experiment is called ${values.only}`, 2);
  const runsOf = ({ runs }: { readonly runs: { readonly short: number; readonly long: number } }): number => fixedRuns ?? (values.short ? runs.short : runs.long);
  const parts = values.short ? 4 : 20;
  const pieces = [...experiments, ...studies].flatMap((experiment, index) => cut(experiment.id, runsOf(experiment), { seed, parts, stream: index * 1000 }));
  const alarms = new Map<string, number[]>();
  const stops = new Map<string, number[]>();
  const studied = new Set(studies.map(({ id }) => id));
  let done = 0;
  await simulatePieces(pieces, ({ piece, numbers }) => {
    if (studied.has(piece.id)) stops.set(piece.id, [...(stops.get(piece.id) ?? []), ...numbers]);
    else alarms.set(piece.id, numbers.map((count, column) => count + (alarms.get(piece.id)?.[column] ?? 0)));
    done++;
    tellProgress(done, pieces.length, piece.id);
  });
  return {
    rows: judge(experiments.map((experiment) => ({ experiment, runs: runsOf(experiment), alarms: alarms.get(experiment.id) ?? [] }))),
    power: studies.map((study) => powerOf(study, stops.get(study.id) ?? [])),
  };
}

/** One line that is rewritten on a terminal; a line for every tenth in a log. */
function tellProgress(done: number, of: number, id: string): void {
  const text = `${done} of ${of} pieces, ${id}`;
  if (process.stderr.isTTY) process.stderr.write(`\r${text}`.padEnd(70) + (done === of ? "\n" : ""));
  else if (Math.floor((10 * done) / of) > Math.floor((10 * (done - 1)) / of)) process.stderr.write(`${text}\n`);
}

function writeDocs(all: readonly Row[], studies: readonly PowerRow[]): void {
  mkdirSync("docs", { recursive: true });
  writeFileSync("docs/proof.svg", plotOf(all));
  writeFileSync("docs/proof.md", markdownOf({ rows: all, power: studies, problems, command: ["npm run prove", ...(process.argv.length > 2 ? ["--", ...process.argv.slice(2)] : [])].join(" "), seed, seconds, cores: availableParallelism() }));
}

function fail(message: string, code: number): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
