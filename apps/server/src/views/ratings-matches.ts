import type { MatchPage } from "@gauntlet/contract";
import type { MatchLedger } from "@gauntlet/controller";
import { Failure, type Match } from "@gauntlet/core";

import { plain } from "./ratings-conflicts.ts";

interface MatchQuestion {
  readonly config: string;
  /** null: of everybody. */
  readonly participant: string | null;
  /** `nextBefore` of the page before; null: from the newest. */
  readonly before: string | null;
  readonly limit: number;
}

/** Matches that count, newest first. */
export function matchesView(ledger: MatchLedger, { config, participant, before, limit }: MatchQuestion): MatchPage {
  const all = ledger.matches(config);
  const page: Match[] = [];
  let index = before === null ? all.length : placeOf(all, parseCursor(before));
  while (index > 0 && page.length < limit) {
    const match = all[--index]!;
    if (participant === null || match.players.includes(participant)) page.push(match);
  }
  const last = page.at(-1);
  return { config, matches: page.map(plain), nextBefore: index > 0 && last !== undefined ? `${last.at}.${last.id}` : null };
}

type Cursor = Pick<Match, "at" | "id">;

/** An instant and an id: it stays right when matches come meanwhile. */
function parseCursor(text: string): Cursor {
  const [, at, id] = /^(\d{1,15})\.(.+)$/s.exec(text) ?? [];
  if (at === undefined || id === undefined) throw new Failure("invalid_input", `the query's before is "${text.slice(0, 40)}"`, { fix: "leave it out, or give nextBefore of the page before" });
  return { at: Number(at), id };
}

/** How many matches come before the cursor in their order, by instant and then by id. */
function placeOf(matches: readonly Match[], cursor: Cursor): number {
  let low = 0;
  let high = matches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const match = matches[middle]!;
    if (match.at < cursor.at || (match.at === cursor.at && match.id < cursor.id)) low = middle + 1;
    else high = middle;
  }
  return low;
}
