import { hookDelivery, hookDeliveryDetail, hookList, paths, type HookDelivery } from "@gauntlet/contract";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { post, read } from "./request.ts";

/** A delivery ends beside the ledger, without an event that would tell of it: asked more often while one is to be told. */
const REFRESH_MS = { waiting: 3000, settled: 20_000 } as const;

/** Left out or undefined: every one. */
export interface HookFilter {
  readonly hook?: string | undefined;
  readonly status?: HookDelivery["status"] | undefined;
  readonly event?: HookDelivery["event"] | undefined;
}

export const hooksQuery = ({ hook, status, event }: HookFilter, limit: number) =>
  queryOptions({
    queryKey: ["hooks", hook, status, event, limit],
    queryFn: ({ signal }) => {
      const asked = Object.entries({ hook, status, event, limit: String(limit) }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
      return read(`${paths.hooks}?${new URLSearchParams(asked).toString()}`, hookList, signal);
    },
    refetchInterval: ({ state }) => (state.data?.hooks.some(({ waiting }) => waiting > 0) === true ? REFRESH_MS.waiting : REFRESH_MS.settled),
    placeholderData: keepPreviousData,
  });

/** What is sent never changes: it is read once. */
export const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: ["hook delivery", id],
    queryFn: ({ signal }) => read(paths.hookDelivery(id), hookDeliveryDetail, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

interface Signed {
  readonly token: string;
  readonly idempotencyKey: string;
}

export function sendReplay(delivery: string, { token, idempotencyKey }: Signed): Promise<HookDelivery> {
  return post(paths.hookReplay(delivery), hookDelivery, { body: {}, token, idempotencyKey });
}

/** The longest that an attempt may be given in the configuration, and others before it. */
const TEST_MS = 10 * 60_000;

/** Answers once the hook has heard it, or has not. */
export function sendTest(hook: string, { token, idempotencyKey }: Signed): Promise<HookDelivery> {
  return post(paths.hookTest(hook), hookDelivery, { body: {}, token, idempotencyKey, timeoutMs: TEST_MS });
}
