import { parseDate } from "./parse-date.ts";
import type { Message } from "./parse-message.ts";

/** What the corpus can hold: its first mail arrived in June 2001, its last in December 2002. */
const COLLECTED = { fromMs: Date.UTC(2001, 5, 1), toMs: Date.UTC(2003, 0, 1) } as const;

export interface Arrival {
  readonly at: number;
  /** Which clock said so. */
  readonly by: "received" | "envelope" | "date";
}

/**
 * When a mail arrived. A sender may write any date (spam here claims 1980, 1997 or 2020), so the first
 * witness is the receiving side: the topmost `Received` line, then the mailbox's envelope line, and only a mail that
 * has neither is believed its own `Date`. An instant outside the time of collection is no witness. Null: none is left.
 */
export function arrivalOf(message: Message): Arrival | null {
  for (const received of message.headers.get("received") ?? []) {
    const at = plausible(received.slice(received.lastIndexOf(";") + 1));
    if (at !== null) return { at, by: "received" };
  }
  const envelope = message.envelope === null ? null : plausible(message.envelope);
  if (envelope !== null) return { at: envelope, by: "envelope" };
  const date = plausible(message.headers.get("date")?.[0] ?? "");
  return date === null ? null : { at: date, by: "date" };
}

function plausible(written: string): number | null {
  const at = parseDate(written);
  return at !== null && at >= COLLECTED.fromMs && at < COLLECTED.toMs ? at : null;
}
