import type { ConflictPage, MatchDetail } from "@gauntlet/contract";
import type { MatchLedger, MatchRegister } from "@gauntlet/controller";
import { configKey, Failure, matchHash, type Match } from "@gauntlet/core";

/** Matches of which several versions stand, by id, after `after`. */
export function conflictsView(ledger: MatchLedger, { config, after, limit }: { readonly config: string | null; readonly after: string; readonly limit: number }): ConflictPage {
  const all = config === null ? ledger.conflicts() : ledger.conflicts(config);
  const rest = all.filter(({ register }) => register.matchId > after);
  const page = rest.slice(0, limit);
  return {
    strategy: ledger.strategy,
    conflicts: page.map((register) => detailOf(ledger, register)),
    total: all.length,
    nextAfter: rest.length > page.length ? (page.at(-1)?.register.matchId ?? null) : null,
  };
}

/** Everything that is held of one match. @throws Failure `not_found` */
export function matchDetailView(ledger: MatchLedger, matchId: string): MatchDetail {
  const register = ledger.register(matchId);
  if (register === null) throw new Failure("not_found", `nothing is held of match "${matchId.slice(0, 100)}"`, { fix: "give the id as the match's record has it; conflicts are listed at /v1/ratings/conflicts" });
  return detailOf(ledger, register);
}

export function detailOf({ strategy }: MatchLedger, { register, resolution }: MatchRegister): MatchDetail {
  const counting = resolution.kind === "kept" ? matchHash(resolution.match) : null;
  const { versions, tombstones } = register;
  const first = versions[0]?.match ?? tombstones[0]?.tombstone;
  if (first === undefined) throw new Failure("internal", `match "${register.matchId}" is held without a record`, { fix: "report it with the server's log" });
  const takenOut = (contentId: string): boolean => tombstones.some(({ tombstone }) => tombstone.version === null || tombstone.version === contentId);
  return {
    matchId: register.matchId,
    config: configKey(first),
    state: resolution.kind,
    resolvedBy: resolvedBy(resolution, { strategy, versions: versions.length }),
    versions: versions.map(({ contentId, match }) => ({ contentId, match: plain(match), counts: counting !== null && matchHash(match) === counting, takenOut: takenOut(contentId) })),
    tombstones: tombstones.map(({ contentId, tombstone: { version, at, origin, reason } }) => ({ contentId, version, at, origin, reason })),
  };
}

function resolvedBy(resolution: MatchRegister["resolution"], { strategy, versions }: { readonly strategy: MatchLedger["strategy"]; readonly versions: number }): MatchDetail["resolvedBy"] {
  if (resolution.kind !== "kept" || versions < 2) return null;
  if (resolution.losers.length === 0) return "person";
  return strategy === "first_write_wins" || strategy === "last_write_wins" ? strategy : null;
}

/** With lists of its own, as the contract has them. */
export function plain(match: Match): MatchDetail["versions"][number]["match"] {
  return { ...match, players: [...match.players], places: [...match.places] };
}
