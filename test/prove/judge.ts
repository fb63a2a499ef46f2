import { lowerBound, upperBound } from "./clopper-pearson.ts";
import type { Experiment } from "./experiment.ts";

export interface Row {
  readonly id: string;
  readonly method: string;
  readonly world: string;
  readonly schedule: string;
  readonly guarantee: Experiment["guarantee"];
  readonly expects: Experiment["expects"];
  readonly alpha: number;
  readonly runs: number;
  readonly alarms: number;
  readonly rate: number;
  /** One-sided Clopper–Pearson bounds; the error of each is .05 divided by the number of rows that must hold. */
  readonly low: number;
  readonly high: number;
  readonly reference: string | null;
  readonly note: string | null;
  readonly verdict: "holds" | "breaks";
  /** false fails the proof. */
  readonly asExpected: boolean;
}

/** Bonferroni over all rows: the error of all bounds together. */
const ERROR = 0.05;

export function judge(counts: readonly { readonly experiment: Experiment; readonly runs: number; readonly alarms: readonly number[] }[]): readonly Row[] {
  const rows = counts.reduce((sum, { experiment }) => sum + experiment.columns.length, 0);
  return counts.flatMap(({ experiment, runs, alarms }) =>
    experiment.columns.map((schedule, column): Row => {
      const { id, method, world, guarantee, expects, alpha, reference, note } = experiment;
      const found = alarms[column] as number;
      const low = lowerBound(found, runs, ERROR / rows);
      const verdict = low > alpha ? "breaks" : "holds";
      return { id, method, world, schedule, guarantee, expects, alpha, runs, alarms: found, rate: found / runs, low, high: upperBound(found, runs, ERROR / rows), reference: column === 0 ? reference : null, note, verdict, asExpected: expects === "told" || expects === verdict };
    }),
  );
}

/** Why the proof fails; empty when it stands. */
export function problemsOf(rows: readonly Row[]): readonly string[] {
  const problems = rows.filter((row) => !row.asExpected).map((row) => (row.expects === "holds" ? `${row.id}, ${row.schedule}: ${percent(row.rate)} false alarms (at least ${percent(row.low)}) where ${percent(row.alpha)} are allowed` : `${row.id}, ${row.schedule}: the negative control did not fail (${percent(row.rate)}), so the harness would not see a broken method`));
  for (const method of new Set(rows.map((row) => row.method))) {
    if (rows.every((row) => row.method !== method || row.alarms === 0)) problems.push(`${method}: no alarm in any world, so nothing was tested`);
  }
  return problems;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share !== 0 && share < 0.001 ? 3 : 2)} %`;
}
