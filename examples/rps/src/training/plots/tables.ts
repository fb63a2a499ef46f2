import type { Fold } from "../steps/train-family.ts";

/** A line a fold. */
export function foldsCsv(folds: readonly Fold[]): string {
  return csv(["fold", "rows", "accuracy"], folds.map(({ rows, accuracy }, i) => [i + 1, rows, accuracy]));
}

/** One line: everything that is known of a training. */
export function summaryCsv(summary: Readonly<Record<string, string | number>>): string {
  return csv(Object.keys(summary), [Object.values(summary)]);
}

function csv(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return `${[header, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** RFC 4180: quoted where it has to be. */
function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
