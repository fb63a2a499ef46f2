import { LineCounter, parseDocument } from "yaml";

/** The line of the first of these JSON pointers that stands in a policy file; null when none does. */
export function policyLineOf(text: string, pointers: readonly string[]): number | null {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: "core" });
  for (const pointer of pointers) {
    const node = document.getIn(pointer.split("/").slice(1), true) as { readonly range?: readonly [number, number, number] } | undefined;
    if (node?.range !== undefined) return lines.linePos(node.range[0]).line;
  }
  return null;
}
