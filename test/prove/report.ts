import { percent, type Row } from "./judge.ts";
import type { PowerRow } from "./power-row.ts";
import type { sourcesOf } from "./record.ts";
import { FIXED_PAIRS } from "./power.ts";

/** For a terminal. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [["method", "world", "looked at", "promise", "false alarms", "lower bound", "reference", ""], ...rows.map((row) => [row.method, row.world, row.schedule, promise(row), percent(row.rate), percent(row.low), row.reference ?? "", verdictOf(row)])];
  return aligned(lines);
}

export function powerTable(rows: readonly PowerRow[]): string {
  if (rows.length === 0) return "";
  return aligned([[`.50 → .55, 80 % power; fixed sample: ${FIXED_PAIRS} pairs`, "budget", "mean", "reference"], ...rows.map((row) => [row.method, factor(row.budgetFactor, row.budget), factor(row.meanFactor, row.mean), row.reference])]);
}

function factor(times: number | null, pairs: number | null): string {
  return times === null || pairs === null ? "–" : `× ${times.toFixed(2)} (${Math.round(pairs)})`;
}

function promise({ expects, alpha, guarantee }: Row): string {
  if (expects === "told") return "none claimed";
  return expects === "breaks" ? `must exceed ${percent(alpha)}` : `≤ ${percent(alpha)} (${guarantee})`;
}

function verdictOf(row: Row): string {
  if (row.expects === "told") return row.verdict === "breaks" ? "breaks, as told" : "told only";
  if (!row.asExpected) return "FAILS";
  return row.expects === "breaks" ? "exceeds it, as it must" : "holds";
}

function aligned(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()).join("\n") + "\n";
}

interface Report {
  readonly rows: readonly Row[];
  readonly power: readonly PowerRow[];
  readonly problems: readonly string[];
  /** Experiments that no long run has been made of yet. */
  readonly missing: readonly string[];
  readonly sources: ReturnType<typeof sourcesOf>;
}

/** docs/proof.md, whole: it is written by the harness and never by hand. */
export function markdownOf({ rows, power, problems, missing, sources }: Report): string {
  const table = (lines: readonly (readonly string[])[]): string => lines.map((line, index) => `| ${line.join(" | ")} |${index === 0 ? `\n|${line.map(() => "---").join("|")}|` : ""}`).join("\n");
  const held = rows.filter((row) => row.expects === "holds");
  const broken = held.filter((row) => !row.asExpected).length;
  const total = sources.reduce((sum, { runs }) => sum + runs, 0);
  return `# The proof

Written by \`npm run prove\` from [proof.json](proof.json), which keeps what its long runs found, ${total.toLocaleString("en")} simulated experiments in all; do not edit. [sequential.md](sequential.md) explains the methods and the words.

${table([["code", "seed", "experiments", "simulated"], ...sources.map((source) => [source.version, String(source.seed), String(source.experiments), source.runs.toLocaleString("en")])])}
${missing.length === 0 ? "" : `\nNo long run was made yet of: ${missing.join(", ")}.\n`}
In every world below the null hypothesis is true, so every alarm is false. A method *holds* unless the one-sided exact lower bound (Clopper–Pearson) of its rate of alarms exceeds its promise; the error of all bounds together is 5 % (Bonferroni over ${rows.length} rows). "Every pair" counts a run as soon as the evidence crosses its bound once at any time: that is what an adversary who stops at the maximum of the evidence gets, so it covers every rule of stopping. Negative controls must fail, or the harness would not see a broken method.

${broken === 0 ? `**All ${held.length} promises hold, and every negative control fails.**` : `**${broken} of ${held.length} promises do not hold:**\n\n${problems.map((problem) => `- ${problem}`).join("\n")}`}

![False-alarm rate of each row, as a multiple of what is promised](proof.svg)

## False alarms

${table([["method", "world", "looked at", "runs", "promise", "false alarms", "lower bound", "reference", "verdict"], ...rows.map((row) => [row.method, row.note === null ? row.world : `${row.world} – ${row.note}`, row.schedule, row.runs.toLocaleString("en"), promise(row), percent(row.rate), percent(row.low), row.reference ?? "", verdictOf(row)])])}

## What it costs

The true rates are .50 and .55, one request to each arm at a time. The fixed-sample test (two-proportion z, one-sided, α = .05, 80 % power) needs ${FIXED_PAIRS} pairs and may be looked at once. *Budget*: pairs by which 80 % of runs have succeeded. *Mean*: pairs used when one stops at success or at the end of that budget; for the GSPRT, at either of its bounds.

${table([["method", "runs", "budget", "mean", "succeeds", "reference"], ...power.map((row) => [row.method, row.runs.toLocaleString("en"), factor(row.budgetFactor, row.budget), factor(row.meanFactor, row.mean), percent(row.success), row.reference])])}
`;
}
