import { parseMatch, type Problem } from "@gauntlet/core";

import type { MatchFileContext, MatchRow } from "./match-row.ts";
import { readLines } from "./read-lines.ts";

/** A match a line; empty lines are passed over, a wrong one is reported and keeps no other out. */
export function* readNdjsonMatches(path: string, context: MatchFileContext): Generator<MatchRow> {
  let row = 0;
  for (const line of readLines(path, context.onProgress ?? (() => undefined))) {
    row++;
    if ("problem" in line) {
      yield refused(row, [{ pointer: "", detail: `the line ${line.problem}` }]);
      continue;
    }
    const text = row === 1 && line.text.startsWith("\uFEFF") ? line.text.slice(1) : line.text;
    if (text.trim() === "") continue;
    yield matchOf(row, text, context);
  }
}

function matchOf(row: number, text: string, context: MatchFileContext): MatchRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refused(row, [{ pointer: "", detail: `the line is no JSON: ${(error as Error).message}` }]);
  }
  const match = parseMatch(value, context);
  if (!("id" in match)) return refused(row, match, value);
  return { kind: "match", row, match };
}

function refused(row: number, problems: readonly Problem[], value?: unknown): MatchRow {
  const id = typeof value === "object" && value !== null && "id" in value && typeof value.id === "string" ? value.id.slice(0, 256) : null;
  return { kind: "refused", row, id, problems };
}
