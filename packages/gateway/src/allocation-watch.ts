import { compileRoutes, Failure } from "@gauntlet/core";
import type { Allocation, Routes } from "@gauntlet/core";

import type { Timers } from "./timers.ts";

/** An allocation in force, ready to route. */
export interface InForce {
  readonly allocation: Allocation;
  readonly routes: Routes;
}

export interface AllocationWatch {
  /**
   * What is in force, at most `maxAgeMs` old; null when the model has no allocation. While the source fails, the last
   * known allocation goes on serving.
   * @throws Failure `traffic_unavailable` when the source fails and nothing was ever read.
   */
  current(): Promise<InForce | null>;
  /** Reads that failed, or that showed an unsound allocation or the past. */
  failures(): number;
  epoch(): number | null;
}

/**
 * Keeps the allocation fresh without a request having to wait for it: from half of `maxAgeMs` on it is read again in
 * the background, and only a request that comes after `maxAgeMs` waits. With `maxAgeMs` 0 every request reads.
 */
export function watchAllocation(source: {
  readonly read: () => Promise<Allocation | null>;
  readonly maxAgeMs: number;
  readonly stopwatch: () => number;
  readonly timers: Timers;
}): AllocationWatch {
  const { maxAgeMs, stopwatch } = source;
  let known: InForce | null | undefined;
  let lastError: unknown = null;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let pending: Promise<void> | null = null;
  let failures = 0;

  async function refresh(): Promise<void> {
    const from = stopwatch();
    try {
      known = accept(known ?? null, await withinTime(source.read, Math.max(maxAgeMs, 1000), source.timers));
      checkedAt = from;
    } catch (error) {
      failures += 1;
      lastError = error;
      checkedAt = stopwatch();
    } finally {
      pending = null;
    }
  }

  async function current(): Promise<InForce | null> {
    const age = stopwatch() - checkedAt;
    if (known !== undefined && age < maxAgeMs / 2) return known;
    pending ??= refresh();
    if (known === undefined || age >= maxAgeMs) await pending;
    if (known !== undefined) return known;
    throw new Failure("traffic_unavailable", "the allocation cannot be read, so nobody knows which version serves", { cause: lastError });
  }

  return { current, failures: () => failures, epoch: () => known?.allocation.epoch ?? null };
}

/** @throws Failure for an allocation that is unsound or older than the known one, as a lagging replica shows it. */
function accept(known: InForce | null, read: Allocation | null): InForce | null {
  if (read === null) return null;
  if (known?.allocation.epoch === read.epoch) return known;
  if (known !== null && read.epoch < known.allocation.epoch) {
    throw new Failure("stale_epoch", `the source shows epoch ${read.epoch} of "${read.model}" after epoch ${known.allocation.epoch}`);
  }
  return { allocation: read, routes: compileRoutes(read) };
}

function withinTime<T>(read: () => Promise<T>, limitMs: number, timers: Timers): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = timers.after(limitMs, () => reject(new Failure("store_unavailable", `the allocation was not read within ${limitMs} ms`)));
    read().then(resolve, reject).finally(cancel);
  });
}
