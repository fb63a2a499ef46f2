import type { Problem } from "../../failure/failure.ts";
import { describe, isRecord, readId, readInstant, readInteger, readUnknownKeys } from "../../outcome/read-field.ts";
import type { MatchContext } from "../../rating/match/match-context.ts";
import { parseMatch } from "../../rating/match/parse-match.ts";
import { recordOfMatch, recordOfTombstone, type LedgerRecord } from "./ledger-record.ts";

const TOMBSTONE_KEYS = ["matchId", "version", "board", "numPlayers", "at", "origin", "reason"] as const;

/**
 * A record as a peer or a file gives it: `{match}` or `{tombstone}`; or every problem with it. Its content id is computed
 * here and never believed. Instants more than five minutes after `now` are refused.
 */
export function parseRecord(value: unknown, context: MatchContext): LedgerRecord | readonly Problem[] {
  if (!isRecord(value)) return [{ pointer: "", detail: `a record is {match} or {tombstone}, not ${describe(value)}` }];
  const keys = Object.keys(value);
  if (keys.length !== 1 || (keys[0] !== "match" && keys[0] !== "tombstone")) return [{ pointer: "", detail: "a record has one key, match or tombstone" }];
  if (keys[0] === "match") {
    const match = parseMatch(value["match"], context);
    return "id" in match ? recordOfMatch(match, context.hash) : match.map(({ pointer, detail }) => ({ pointer: `/match${pointer}`, detail }));
  }
  return parseTombstone(value["tombstone"], context);
}

/** What goes over the wire of a record; `parseRecord` reads it. */
export function wireRecord(record: LedgerRecord): unknown {
  return record.kind === "match" ? { match: record.match } : { tombstone: record.tombstone };
}

function parseTombstone(value: unknown, context: MatchContext): LedgerRecord | readonly Problem[] {
  if (!isRecord(value)) return [{ pointer: "/tombstone", detail: `must be a JSON object, not ${describe(value)}` }];
  const problems: Problem[] = [];
  readUnknownKeys(value, TOMBSTONE_KEYS, problems);
  const tombstone = {
    matchId: readId(value, "matchId", problems),
    version: readVersion(value["version"], problems),
    board: readId(value, "board", problems),
    numPlayers: readInteger({ record: value, key: "numPlayers", min: 2 }, problems),
    at: readInstant({ record: value, key: "at", now: context.now }, problems),
    origin: readId(value, "origin", problems),
    reason: readId(value, "reason", problems),
  };
  return problems.length === 0 ? recordOfTombstone(tombstone) : problems.map(({ pointer, detail }) => ({ pointer: `/tombstone${pointer}`, detail }));
}

function readVersion(value: unknown, problems: Problem[]): string | null {
  if (value === null) return null;
  if (typeof value === "string" && /^[0-9a-f]{32}$/.test(value)) return value;
  problems.push({ pointer: "/version", detail: `must be the content id of a version (32 hex digits), or null for the whole match, not ${describe(value)}` });
  return null;
}
