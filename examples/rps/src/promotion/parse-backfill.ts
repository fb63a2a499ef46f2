import { Failure } from "@gauntlet/core";
import { setImmediate as otherWork } from "node:timers/promises";

import type { PromotionEvent } from "./promotion-event.ts";
import { parseReport } from "./report-payload.ts";

const LINES_MAX = 20_000;
/** After so many lines, games go on. */
const TURN = 200;
/** So many bad lines are named. */
const NAMED_MAX = 20;

/**
 * One report a line, as NDJSON; lines without anything are passed over. A line of `/history` is a report too.
 * @throws Failure `invalid_input` that names every bad line by its number, from 1
 */
export async function parseBackfill(text: string, now: number): Promise<readonly PromotionEvent[]> {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  if (lines.length > LINES_MAX + 1) throw new Failure("too_large", `${lines.length} lines are more than ${LINES_MAX}`, { fix: "send them in parts: a line that is there already is known again" });
  const problems: { readonly pointer: string; readonly detail: string }[] = [];
  const events: PromotionEvent[] = [];
  for (const [index, line] of lines.entries()) {
    if (index % TURN === TURN - 1) await otherWork();
    if (line.trim() === "") continue;
    try {
      events.push(parseReport(JSON.parse(line), { now, origin: "backfill" }));
    } catch (error) {
      if (error instanceof Failure) problems.push(...error.problems.map(({ pointer, detail }) => ({ pointer: `/${index + 1}${pointer}`, detail })));
      else problems.push({ pointer: `/${index + 1}`, detail: "is no JSON" });
    }
  }
  if (problems.length === 0) return events;
  const named = problems.slice(0, NAMED_MAX).map(({ pointer, detail }) => `line ${pointer.slice(1).replace("/", ", /")} ${detail}`);
  throw new Failure("invalid_input", `nothing was recorded: ${named.join("; ")}${problems.length > NAMED_MAX ? `; and ${problems.length - NAMED_MAX} more` : ""}`, { fix: "mend these lines, and send all of them again", problems: problems.slice(0, NAMED_MAX) });
}
