import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { allExperiments } from "./all-experiments.ts";
import { judge, problemsOf, type Row } from "./judge.ts";
import { plotOf } from "./plot.ts";
import { powerStudies } from "./power.ts";
import { powerOf, type PowerRow } from "./power-row.ts";
import { readRecord, rowsOf, type ProofRecord, sourcesOf, versionHere, withFindings, writeRecord } from "./record.ts";
import { markdownOf, powerTable, tableOf } from "./report.ts";
import { cut, simulatePieces, streamOf } from "./simulate.ts";

// npm run prove [-- --short] [--seed 1] [--only ramp,slots] [--missing] [--runs 1000] [--json] [--docs]: does every sequential method keep its promise?

const RECORD = "docs/proof.json";
const { values } = parseArgs({ options: { short: { type: "boolean", default: false }, json: { type: "boolean", default: false }, docs: { type: "boolean", default: false }, missing: { type: "boolean", default: false }, seed: { type: "string", default: "1" }, only: { type: "string" }, runs: { type: "string" } } });
const seed = Number(values.seed);
const fixedRuns = values.runs === undefined ? null : Number(values.runs);
if (!Number.isSafeInteger(seed) || (fixedRuns !== null && !(Number.isSafeInteger(fixedRuns) && fixedRuns > 0))) fail("usage: npm run prove -- [--short] [--seed 1] [--only <parts of ids>] [--missing] [--runs 1000] [--json] [--docs]", 2);

const all = { experiments: allExperiments(), studies: powerStudies() };
// What a long run finds is kept and published, one experiment after the other; shorter ones only show it.
const isKept = !values.short && fixedRuns === null;
if (values.docs) writeDocs();
else await prove();

async function prove(): Promise<void> {
  const started = performance.now();
  const { rows, power } = await run();
  const seconds = Math.round((performance.now() - started) / 1000);
  const problems = problemsOf(rows);
  process.stdout.write(values.json ? `${JSON.stringify({ seed, seconds, rows, power, problems })}\n` : `${tableOf(rows)}\n${powerTable(power)}\n`);
  if (isKept) writeDocs();
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stderr.write(problems.length === 0 ? `every promise holds, and every negative control fails as it must (${seconds} s)\n` : `${problems.length} promises do not hold (${seconds} s)\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

async function run(): Promise<{ readonly rows: readonly Row[]; readonly power: readonly PowerRow[] }> {
  const wanted = values.only?.split(",");
  const missing = values.missing ? new Set(rowsOf(readRecord(RECORD), all).missing) : null;
  const chosen = <T extends { readonly id: string }>(list: readonly T[]): readonly T[] => list.filter(({ id }) => (wanted === undefined || wanted.some((part) => id.includes(part))) && (missing === null || missing.has(id)));
  const experiments = chosen(all.experiments);
  const studies = chosen(all.studies);
  if (experiments.length + studies.length === 0) fail(missing === null ? `no experiment is called ${values.only}` : "nothing is missing", 2);
  const runsOf = ({ runs }: { readonly runs: { readonly short: number; readonly long: number } }): number => fixedRuns ?? (values.short ? runs.short : runs.long);
  const parts = values.short ? 4 : 20;
  const pieces = [...experiments, ...studies].flatMap((experiment) => cut(experiment.id, runsOf(experiment), { seed, parts, stream: streamOf(experiment.id) }));
  const version = isKept ? versionHere() : "";
  const found = new Map<string, (readonly number[])[]>();
  const alarmsOf = (id: string): readonly number[] => (found.get(id) ?? []).reduce((sums, numbers) => numbers.map((count, column) => count + (sums[column] ?? 0)), []);
  const powerRow = (study: (typeof studies)[number]): PowerRow => powerOf(study, (found.get(study.id) ?? []).flat());
  let done = 0;
  await simulatePieces(pieces, ({ piece, numbers }) => {
    found.set(piece.id, [...(found.get(piece.id) ?? []), numbers]);
    done++;
    tellProgress(done, pieces.length, piece.id);
    if (!isKept || found.get(piece.id)?.length !== pieces.filter(({ id }) => id === piece.id).length) return;
    const ended = { alarms: experiments.filter(({ id }) => id === piece.id), power: studies.filter(({ id }) => id === piece.id) };
    keep({ alarms: ended.alarms.map((experiment) => ({ id: piece.id, version, seed, runs: runsOf(experiment), alarms: alarmsOf(piece.id) })), power: ended.power.map(powerRow).map(({ method: _method, reference: _reference, ...row }) => ({ ...row, version, seed })) });
  });
  return { rows: judge(experiments.map((experiment) => ({ experiment, runs: runsOf(experiment), alarms: alarmsOf(experiment.id) }))), power: studies.map(powerRow) };
}

function keep(findings: ProofRecord): void {
  writeRecord(RECORD, withFindings(readRecord(RECORD), findings));
}

function writeDocs(): void {
  const record = readRecord(RECORD);
  const published = rowsOf(record, all);
  writeFileSync("docs/proof.svg", plotOf(published.rows));
  writeFileSync("docs/proof.md", markdownOf({ ...published, problems: problemsOf(published.rows), sources: sourcesOf(record) }));
}

/** One line that is rewritten on a terminal; a line for every tenth in a log. */
function tellProgress(done: number, of: number, id: string): void {
  const text = `${done} of ${of} pieces, ${id}`;
  if (process.stderr.isTTY) process.stderr.write(`\r${text}`.padEnd(70) + (done === of ? "\n" : ""));
  else if (Math.floor((10 * done) / of) > Math.floor((10 * (done - 1)) / of)) process.stderr.write(`${text}\n`);
}

function fail(message: string, code: number): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
