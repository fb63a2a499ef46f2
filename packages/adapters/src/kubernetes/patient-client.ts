import { Failure } from "@gauntlet/core";

import type { KubeClient } from "./kube-client.ts";

interface Patience {
  /** No attempt begins later than this after the first: what takes long is not repeated, it is for the next tick. */
  readonly withinMs: number;
  /** Milliseconds, of any beginning. */
  readonly stopwatch: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/**
 * A call that nobody answered, or that was put off, is made again at once: a rollback must not wait for a tick because of one
 * connection that broke. It is safe: what is applied names the version that was read, so that the second attempt at a write
 * that was done is a conflict, which is read anew.
 */
export function patientKubeClient(client: KubeClient, patience: Patience): KubeClient {
  const again = async <T>(call: () => Promise<T>): Promise<T> => {
    const began = patience.stopwatch();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call();
      } catch (error) {
        const isPassing = error instanceof Failure && error.code === "traffic_unavailable";
        const pauseMs = PAUSE_MS * 2 ** (attempt - 1) * (0.5 + patience.random() / 2);
        if (!isPassing || attempt === ATTEMPTS || patience.stopwatch() - began + pauseMs >= patience.withinMs) throw error;
        await patience.sleep(pauseMs);
      }
    }
  };
  return { ...client, get: (place) => again(() => client.get(place)), apply: (place, fields) => again(() => client.apply(place, fields)) };
}

const ATTEMPTS = 4;
const PAUSE_MS = 50;
