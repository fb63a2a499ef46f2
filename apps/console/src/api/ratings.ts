import { conflictPage, driftCheck, driftHistories, matchDetail, matchPage, paths, ratingConfigs, ratingLadderPage, ratingMatrix, ratingTrajectories, reconcileReport, syncPeers, syncRuns, type DriftAct, type DriftCheckView, type MatchDetail, type ReconcileReportView } from "@gauntlet/contract";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { post, read } from "./request.ts";

/** Matches come without an event that would tell of them. */
const REFRESH_MS = 20_000;
/** Rows of the ladder, and conflicts, read at once. */
const LADDER_ROWS = 100;
const CONFLICTS = 20;
/** Instants at which trajectories are fitted; fewer where each fit is of very many. */
const CUTS = { few: 24, many: 10, manyFrom: 300 } as const;

export const ratingsQuery = queryOptions({
  queryKey: ["ratings"],
  queryFn: ({ signal }) => read(paths.ratings, ratingConfigs, signal),
  refetchInterval: REFRESH_MS,
});

export const ladderQuery = (config: string) =>
  infiniteQueryOptions({
    queryKey: ["ratings", config, "ladder"],
    queryFn: ({ pageParam, signal }) => read(`${paths.ratingConfig(config, "ladder")}?limit=${LADDER_ROWS}&offset=${pageParam}`, ratingLadderPage, signal),
    initialPageParam: 0,
    getNextPageParam: (page) => page.nextOffset,
    refetchInterval: REFRESH_MS,
  });

/** Nobody chosen: the first of the ladder. */
export const matrixQuery = (config: string, participants: readonly string[]) =>
  queryOptions({
    queryKey: ["ratings", config, "matrix", participants],
    queryFn: ({ signal }) => read(`${paths.ratingConfig(config, "matrix")}?${search(participants, {})}`, ratingMatrix, signal),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });

interface Followed {
  readonly config: string;
  readonly participants: readonly string[];
  readonly against: string | null;
  /** All participants of the configuration. */
  readonly all: number;
}

export const trajectoriesQuery = ({ config, participants, against, all }: Followed) =>
  queryOptions({
    queryKey: ["ratings", config, "trajectories", participants, against],
    queryFn: ({ signal }) => read(`${paths.ratingConfig(config, "trajectories")}?${search(participants, { cuts: `${all < CUTS.manyFrom ? CUTS.few : CUTS.many}`, ...(against === null ? {} : { against }) })}`, ratingTrajectories, signal),
    // Every cut is fitted anew.
    refetchInterval: REFRESH_MS * 3,
    enabled: participants.length > 0,
    placeholderData: keepPreviousData,
  });

export const matchesQuery = (config: string, participant: string | null) =>
  infiniteQueryOptions({
    queryKey: ["ratings", config, "matches", participant],
    queryFn: ({ pageParam, signal }) => read(`${paths.ratingConfig(config, "matches")}?${search(participant === null ? [] : [participant], { limit: "20", ...(pageParam === null ? {} : { before: pageParam }) })}`, matchPage, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextBefore,
  });

export const conflictsQuery = (config: string) =>
  infiniteQueryOptions({
    queryKey: ["ratings", config, "conflicts"],
    queryFn: ({ pageParam, signal }) => read(`${paths.conflicts}?${search([], { config, limit: `${CONFLICTS}`, ...(pageParam === null ? {} : { after: pageParam }) })}`, conflictPage, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextAfter,
    refetchInterval: REFRESH_MS,
  });

export const syncRunsQuery = queryOptions({
  queryKey: ["sync", "runs"],
  queryFn: ({ signal }) => read(paths.syncRuns, syncRuns, signal),
  refetchInterval: REFRESH_MS,
});

export const syncPeersQuery = queryOptions({
  queryKey: ["sync", "peers"],
  queryFn: ({ signal }) => read(paths.syncPeers, syncPeers, signal),
  refetchInterval: REFRESH_MS,
});

export const driftQuery = queryOptions({
  queryKey: ["sync", "drift"],
  queryFn: ({ signal }) => read(paths.drift, driftHistories, signal),
  refetchInterval: REFRESH_MS,
});

interface Signed {
  readonly token: string;
  readonly idempotencyKey: string;
}

/** One version of the match stays. */
export function sendResolve(matchId: string, { keep, reason, token, idempotencyKey }: Signed & { readonly keep: string; readonly reason: string }): Promise<MatchDetail> {
  return post(paths.matchAct(matchId, "resolve"), matchDetail, { body: { keep, reason }, token, idempotencyKey });
}

/** The match counts no more, in no version. */
export function sendPurge(matchId: string, { reason, token, idempotencyKey }: Signed & { readonly reason: string }): Promise<MatchDetail> {
  return post(paths.matchAct(matchId, "purge"), matchDetail, { body: { reason }, token, idempotencyKey });
}

/** A far node over a slow line. */
const RECONCILE_MS = 10 * 60_000;

/** With every configured node; answers when all are done. */
export function sendReconcile({ token, idempotencyKey }: Signed): Promise<ReconcileReportView> {
  return post(paths.reconcile, reconcileReport, { body: {}, token, idempotencyKey, timeoutMs: RECONCILE_MS });
}

/** Ratings against what is last known of another node; kept in the history. */
export function sendDriftCheck(act: DriftAct, { token, idempotencyKey }: Signed): Promise<DriftCheckView> {
  return post(paths.drift, driftCheck, { body: act, token, idempotencyKey });
}

function search(participants: readonly string[], others: Readonly<Record<string, string>>): string {
  return new URLSearchParams([...Object.entries(others), ...participants.map((id) => ["participant", id])]).toString();
}
