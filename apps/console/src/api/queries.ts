import { evidenceSeries, fleet, healthReport, ledgerPage, ledgerVerification, modelDetail, paths, rampSeries, ratingProgress, slotsProgress } from "@gauntlet/contract";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { read } from "./request.ts";

/** Events tell when to look again; this is for what no event tells, such as a clock that moved on. */
const REFRESH_MS = 30_000;
/** Entries of the ledger read at once. */
export const LEDGER_WINDOW = 25;

export const fleetQuery = queryOptions({
  queryKey: ["fleet"],
  queryFn: ({ signal }) => read(paths.models, fleet, signal),
  refetchInterval: REFRESH_MS,
});

export const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: ({ signal }) => read(paths.health, healthReport, signal),
  refetchInterval: REFRESH_MS,
});

export const modelQuery = (model: string) =>
  queryOptions({
    queryKey: ["model", model, "detail"],
    queryFn: ({ signal }) => read(paths.model(model), modelDetail, signal),
    refetchInterval: REFRESH_MS,
  });

export const evidenceQuery = (model: string) =>
  queryOptions({
    queryKey: ["model", model, "evidence"],
    queryFn: ({ signal }) => read(paths.evidence(model), evidenceSeries, signal),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });

export const rampQuery = (model: string) =>
  queryOptions({
    queryKey: ["model", model, "ramp"],
    queryFn: ({ signal }) => read(paths.ramp(model), rampSeries, signal),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });

export const ratingProgressQuery = (model: string) =>
  queryOptions({
    queryKey: ["model", model, "rating"],
    queryFn: ({ signal }) => read(paths.rating(model), ratingProgress, signal),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });

export const slotsProgressQuery = (model: string) =>
  queryOptions({
    queryKey: ["model", model, "slots"],
    queryFn: ({ signal }) => read(paths.slots(model), slotsProgress, signal),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });

/**
 * The entries of window `index`: sequence numbers in (index·size, (index + 1)·size]. A full window never changes
 * again, because the ledger is append-only.
 */
export const ledgerQuery = (chain: string, window: { readonly index: number; readonly head: number }) => {
  const after = window.index * LEDGER_WINDOW;
  const full = after + LEDGER_WINDOW <= window.head;
  // From the very beginning no `after` is sent, whatever the first number is.
  const where = after === 0 ? `limit=${LEDGER_WINDOW + 1}` : `after=${after}&limit=${LEDGER_WINDOW}`;
  return queryOptions({
    queryKey: ["ledger", chain, window.index, full ? "full" : window.head],
    queryFn: ({ signal }) => read(`${paths.ledger(chain)}?${where}`, ledgerPage, signal),
    staleTime: full ? Number.POSITIVE_INFINITY : 0,
    placeholderData: keepPreviousData,
  });
};

export const verificationQuery = queryOptions({
  queryKey: ["verification"],
  queryFn: ({ signal }) => read(paths.verify, ledgerVerification, signal),
  staleTime: 10_000,
});
