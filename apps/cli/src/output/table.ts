/** Rows under headings, columns as wide as their widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => plain(row[column] ?? "").length)));
  const line = (cells: readonly string[]) => cells.map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - plain(cell).length))).join("  ").trimEnd();
  return [line(headings), ...rows.map(line)].join("\n");
}

/** Without colours, which take no room. */
function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/\u001b\[\d+m/g, "");
}
