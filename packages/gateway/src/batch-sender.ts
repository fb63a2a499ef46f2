import { Failure } from "@gauntlet/core";
import type { Outcome } from "@gauntlet/core";

import type { Timers } from "./timers.ts";

/**
 * Hands a batch on. It may be called again with the same batch and id after a failure or a time-out, so the receiver
 * must be idempotent by `batchId`. A Failure with status 400, 413 or 422 refuses the batch for what is in it: it is then given up.
 */
export type RecordFunction = (outcomes: readonly Outcome[], batchId: string) => Promise<void>;

export interface SenderOptions {
  readonly record: RecordFunction;
  /** First pause after a failure; it doubles up to 30 times this. */
  readonly retryMs: number;
  readonly recordTimeoutMs: number;
  readonly drainAttempts: number;
  readonly timers: Timers;
  /** Told of every failed attempt. */
  readonly report: (failure: Failure) => void;
}

export interface BatchSender {
  send(batch: Batch): void;
  /**
   * Resolves when every batch sent so far is recorded or refused.
   * @throws Failure `store_unavailable` when `drainAttempts` attempts failed in a row; the batches are kept and tried on.
   */
  drain(): Promise<void>;
  stats(): { readonly waiting: number; readonly recorded: number; readonly refused: number; readonly retries: number };
}

interface Batch {
  readonly id: string;
  readonly outcomes: readonly Outcome[];
}

/** Sends batches one after another, in order, each until it is recorded. */
export function batchSender(options: SenderOptions): BatchSender {
  const queue: Batch[] = [];
  const count = { waiting: 0, recorded: 0, refused: 0, retries: 0 };
  let sending = false;
  let wake: () => void = noPause;
  let listeners: ((failure: Failure | null) => void)[] = [];

  async function sendAll(): Promise<void> {
    sending = true;
    let failed = 0;
    for (let batch = queue[0]; batch !== undefined; batch = queue[0]) {
      const failure = await attempt(batch, options);
      if (failure !== null) options.report(failure);
      if (failure !== null && !isRefusal(failure)) {
        count.retries += 1;
        tell(failure);
        await pause(options.retryMs * Math.min(2 ** failed++, 30));
        continue;
      }
      failed = 0;
      queue.shift();
      count.waiting -= batch.outcomes.length;
      count[failure === null ? "recorded" : "refused"] += batch.outcomes.length;
      tell(null);
    }
    sending = false;
  }

  function tell(failure: Failure | null): void {
    const told = listeners;
    listeners = [];
    for (const listener of told) listener(failure);
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = options.timers.after(ms, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
  }

  function send(batch: Batch): void {
    queue.push(batch);
    count.waiting += batch.outcomes.length;
    if (!sending) void sendAll();
  }

  async function drain(): Promise<void> {
    const before = new Set(queue);
    let failed = 0;
    while (queue.some((batch) => before.has(batch))) {
      const next = new Promise<Failure | null>((resolve) => {
        listeners.push(resolve);
      });
      // Only the first attempt comes early; the others keep their pauses.
      if (failed === 0) wake();
      const failure = await next;
      failed = failure === null ? 0 : failed + 1;
      if (failure !== null && failed >= options.drainAttempts) throw notDrained(count.waiting, failure);
    }
  }

  return { send, drain, stats: () => ({ ...count }) };
}

async function attempt(batch: Batch, options: SenderOptions): Promise<Failure | null> {
  try {
    await new Promise<void>((resolve, reject) => {
      const cancel = options.timers.after(options.recordTimeoutMs, () =>
        reject(new Failure("store_unavailable", `batch ${batch.id} was not recorded within ${options.recordTimeoutMs} ms`)),
      );
      options.record(batch.outcomes, batch.id).then(resolve, reject).finally(cancel);
    });
    return null;
  } catch (error) {
    if (error instanceof Failure) return error;
    const detail = error instanceof Error ? error.message : String(error);
    return new Failure("store_unavailable", `batch ${batch.id} of ${batch.outcomes.length} outcomes was not recorded: ${detail}`, { cause: error });
  }
}

/** Refused for what it says; sending it again cannot help and would hold up all that follow. */
function isRefusal(failure: Failure): boolean {
  return failure.status === 400 || failure.status === 413 || failure.status === 422;
}

function notDrained(waiting: number, cause: Failure): Failure {
  return new Failure("store_unavailable", `${waiting} outcomes are not recorded yet: ${cause.message}`, {
    cause,
    fix: "mend what records them and drain again: they are kept in memory",
  });
}

function noPause(): void {
  // Nothing is waiting to be woken.
}
