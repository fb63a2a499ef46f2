import { matchIdOf } from "@gauntlet/core";
import type { MatchStore } from "../../ports/match-store.ts";
import { matchesMoved } from "../../store-rules/refusals.ts";
import { keep } from "./memory.ts";
import type { Memory } from "./memory.ts";

export function memoryMatches({ matches }: Memory): MatchStore {
  return {
    append: async (records, expect) => {
      const before = matches.length;
      if (expect !== undefined && expect !== before) throw matchesMoved(expect, before);
      const held = new Set(matches.map(({ contentId }) => contentId));
      for (const record of records) {
        if (held.has(record.contentId)) continue;
        held.add(record.contentId);
        matches.push(keep(record));
      }
      return { before, sequence: matches.length, added: matches.length - before };
    },
    read: async (after, limit) => matches.slice(after, after + limit).map((record, index) => ({ sequence: after + index + 1, record })),
    held: async (matchId) => matches.filter((record) => matchIdOf(record) === matchId),
    head: async () => ({ sequence: matches.length, count: matches.length }),
  };
}
