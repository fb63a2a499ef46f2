/** A page that says first where it comes from. */
export function page(title: string, parts: readonly string[]): string {
  return `${[`# ${title}`, "Written by `node scripts/reference.ts`; change the code, not this page.", ...parts].join("\n\n")}\n`;
}

/** A table of Markdown; "" without rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

export function code(text: string): string {
  return `\`${text}\``;
}
