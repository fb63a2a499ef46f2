import { benjaminiHochberg } from "../statistics/multiplicity.ts";
import { contingency } from "../statistics/contingency.ts";
import { kolmogorovSmirnov } from "../statistics/kolmogorov-smirnov.ts";
import { populationStability } from "../statistics/population-stability.ts";
import type { FeatureColumn, Sample } from "./bundle.ts";
import type { FeatureDrift } from "./finding.ts";

/** The share of false alarms among the features that are called moved. */
export const DRIFT_Q = 0.05;
/** A smaller distance is no news at any p: large samples find every trifle. */
export const DRIFT_EFFECT = 0.1;
const PSI_WARN = 0.1;
const PSI_FAIL = 0.25;
const PSI_SMOOTHING = 0.5;
const DECILES = 10;
/** Of a class in either sample, before anything is said about it. */
const CLASS_ROWS = 30;

/**
 * How the columns that two samples share moved from one to the other: Kolmogorov and Smirnov's test for numbers, Pearson's
 * χ² for categories, both corrected by Benjamini and Hochberg over all columns; and the population stability index over
 * the deciles of the first sample, as an effect size. p is exact up to a million pairs of numbers, asymptotic beyond, and
 * asymptotic for categories.
 */
export function compareColumns(before: Sample, after: Sample): readonly FeatureDrift[] {
  const raw = before.features.flatMap((column) => {
    const other = after.features.find(({ name, kind }) => name === column.name && kind === column.kind);
    const compared = other === undefined ? null : compare(column, other);
    return other === undefined || compared === null ? [] : [{ column, other, compared }];
  });
  const adjusted = benjaminiHochberg(raw.map(({ compared }) => compared.p));
  return raw.map(({ column, other, compared }, i) => {
    const adjustedP = adjusted[i] as number;
    const status = statusOf(compared, adjustedP);
    const within = withinClasses({ column, labels: before.labels }, { column: other, labels: after.labels });
    return { name: column.name, kind: column.kind, ...compared, adjustedP, status, within, reading: readingOf(status, within) };
  });
}

interface Compared extends Pick<FeatureDrift, "n" | "effect" | "p" | "psi" | "psiNoise" | "bins"> {}

function compare(before: FeatureColumn, after: FeatureColumn): Compared | null {
  return before.kind === "continuous" && after.kind === "continuous" ? compareNumbers(present(before.values), present(after.values)) : compareCategories(present(before.values as readonly (string | null)[]), present(after.values as readonly (string | null)[]));
}

function compareNumbers(before: readonly number[], after: readonly number[]): Compared | null {
  if (before.length === 0 || after.length === 0) return null;
  const { d, exact, stephens } = kolmogorovSmirnov(before, after);
  const edges = decileEdges(before);
  const counts = [binned(before, edges), binned(after, edges)] as const;
  return { n: { before: before.length, after: after.length }, effect: d, p: exact ?? stephens, ...indexOf(counts[0], counts[1], edgeLabels(edges)) };
}

function compareCategories(before: readonly string[], after: readonly string[]): Compared | null {
  if (before.length === 0 || after.length === 0) return null;
  const names = [...new Set([...before, ...after])].toSorted();
  const counts = [before, after].map((values) => tally(values, names));
  const test = contingency(counts);
  return { n: { before: before.length, after: after.length }, effect: test?.v ?? 0, p: test?.p ?? 1, ...indexOf(counts[0] as readonly number[], counts[1] as readonly number[], names) };
}

function indexOf(before: readonly number[], after: readonly number[], labels: readonly string[]): Pick<Compared, "psi" | "psiNoise" | "bins"> {
  const [n, m] = [before, after].map((counts) => counts.reduce((sum, count) => sum + count, 0)) as [number, number];
  const bins = labels.map((label, i) => ({ label, before: (before[i] as number) / n, after: (after[i] as number) / m }));
  if (labels.length < 2) return { psi: 0, psiNoise: 0, bins };
  const { index, noise } = populationStability(before, after, PSI_SMOOTHING);
  return { psi: index, psiNoise: noise, bins };
}

/** A feature moved when both say so: it is no chance, and it is no trifle. */
function statusOf({ effect, psi, psiNoise }: Compared, adjustedP: number): FeatureDrift["status"] {
  const index = psi > psiNoise ? psi : 0;
  if (adjustedP > DRIFT_Q || (effect < DRIFT_EFFECT && index < PSI_WARN)) return "pass";
  return index >= PSI_FAIL ? "fail" : "warn";
}

interface Labelled {
  readonly column: FeatureColumn;
  readonly labels: Sample["labels"];
}

function withinClasses(before: Labelled, after: Labelled): FeatureDrift["within"] {
  return ([0, 1] as const).flatMap((label) => {
    const [a, b] = [ofClass(before, label), ofClass(after, label)];
    if (a === null || b === null) return [];
    const compared = compare(a, b);
    return compared === null ? [] : [{ label, effect: compared.effect, p: compared.p }];
  });
}

/** Shares of the classes move a feature without moving it within a class (prior shift); Holm's bound over the two classes. */
function readingOf(status: FeatureDrift["status"], within: FeatureDrift["within"]): FeatureDrift["reading"] {
  if (status === "pass") return "none";
  if (within.some(({ effect, p }) => effect >= DRIFT_EFFECT && p <= DRIFT_Q / within.length)) return "conditional";
  return within.length === 2 ? "prior" : "unknown";
}

function ofClass({ column, labels }: Labelled, label: 0 | 1): FeatureColumn | null {
  if (labels === null) return null;
  const keep = <T>(values: readonly T[]): readonly T[] => values.filter((_, row) => labels[row] === label);
  const chosen: FeatureColumn = column.kind === "continuous" ? { ...column, values: keep(column.values) } : { ...column, values: keep(column.values) };
  return chosen.values.length < CLASS_ROWS ? null : chosen;
}

/** Upper edges of the bins but for the last; equal ones are one, so that a value of its own has a bin of its own. */
export function decileEdges(values: readonly number[]): readonly number[] {
  const sorted = values.toSorted((a, b) => a - b);
  const edges = Array.from({ length: DECILES - 1 }, (_, i) => sorted[Math.ceil(((i + 1) * sorted.length) / DECILES) - 1] as number);
  const largest = sorted.at(-1) as number;
  return [...new Set(edges)].filter((edge) => edge < largest);
}

export function binned(values: readonly number[], edges: readonly number[]): readonly number[] {
  const counts = Array.from({ length: edges.length + 1 }, () => 0);
  for (const value of values) {
    let low = 0;
    let high = edges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value <= (edges[middle] as number)) high = middle;
      else low = middle + 1;
    }
    counts[low] = (counts[low] as number) + 1;
  }
  return counts;
}

function edgeLabels(edges: readonly number[]): readonly string[] {
  const said = edges.map((edge) => String(Number(edge.toPrecision(4))));
  if (said.length === 0) return ["all"];
  return [`≤ ${said[0]}`, ...said.slice(1).map((edge, i) => `${said[i]} – ${edge}`), `> ${said.at(-1)}`];
}

function tally(values: readonly string[], names: readonly string[]): readonly number[] {
  const counts = new Map(names.map((name) => [name, 0]));
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return names.map((name) => counts.get(name) ?? 0);
}

function present<T>(values: readonly (T | null)[]): readonly T[] {
  return values.filter((value): value is T & {} => value !== null);
}
