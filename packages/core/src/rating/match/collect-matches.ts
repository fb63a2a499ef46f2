import type { Problem } from "../../failure/failure.ts";
import { matchHash } from "./match-hash.ts";
import type { Match } from "./match.ts";
import type { MatchContext } from "./match-context.ts";
import { parseMatch } from "./parse-match.ts";

export interface CollectedMatches {
  /** One record for each id, in the order they came. */
  readonly matches: readonly Match[];
  /** Positions of records that say again, word for word, what an earlier one said. */
  readonly duplicates: readonly number[];
  /** Later records with an id that has another content here: neither is to be believed without a rule. */
  readonly conflicts: readonly { readonly index: number; readonly match: Match }[];
  readonly refused: readonly { readonly index: number; readonly problems: readonly Problem[] }[];
}

/** A batch, record by record: what is wrong with one is reported and keeps no other out. */
export function collectMatches(values: Iterable<unknown>, context: MatchContext): CollectedMatches {
  const byId = new Map<string, Match>();
  const duplicates: number[] = [];
  const conflicts: { index: number; match: Match }[] = [];
  const refused: { index: number; problems: readonly Problem[] }[] = [];
  let index = -1;
  for (const value of values) {
    index++;
    const record = parseMatch(value, context);
    if (isRefused(record)) {
      refused.push({ index, problems: record });
      continue;
    }
    const earlier = byId.get(record.id);
    if (earlier === undefined) byId.set(record.id, record);
    else if (matchHash(earlier) === matchHash(record)) duplicates.push(index);
    else conflicts.push({ index, match: record });
  }
  return { matches: [...byId.values()], duplicates, conflicts, refused };
}

function isRefused(parsed: Match | readonly Problem[]): parsed is readonly Problem[] {
  return Array.isArray(parsed);
}
