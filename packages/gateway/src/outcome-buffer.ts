import type { Outcome } from "@gauntlet/core";

import { batchSender } from "./batch-sender.ts";
import type { SenderOptions } from "./batch-sender.ts";

export interface OutcomeBuffer {
  add(outcome: Outcome): void;
  /**
   * Resolves when everything added so far has been recorded.
   * @throws Failure `store_unavailable` when `drainAttempts` attempts failed; nothing is lost, and drain may be called again.
   */
  drain(): Promise<void>;
  stats(): OutcomeStats;
}

export interface OutcomeStats {
  readonly waiting: number;
  readonly recorded: number;
  /** In batches that were refused for what is in them. */
  readonly refused: number;
  /** Not taken in, because `capacity` outcomes were waiting already. */
  readonly dropped: number;
  readonly retries: number;
}

export interface BufferOptions extends SenderOptions {
  /** New for every start of the process: batch ids are `<instanceId>-<1, 2, …>`. */
  readonly instanceId: string;
  readonly batchMax: number;
  /** Oldest age of an outcome before its batch is sent; null: batches are sent by size and by drain only. */
  readonly ageMaxMs: number | null;
  readonly capacity: number;
}

/** Collects outcomes into batches, bounded in size and age. */
export function outcomeBuffer(options: BufferOptions): OutcomeBuffer {
  const { batchMax, ageMaxMs, capacity, timers } = options;
  const sender = batchSender(options);
  let open: Outcome[] = [];
  let batches = 0;
  let dropped = 0;
  let cancelAge: (() => void) | null = null;

  function add(outcome: Outcome): void {
    if (open.length + sender.stats().waiting >= capacity) {
      dropped += 1;
      return;
    }
    open.push(outcome);
    if (open.length >= batchMax) seal();
    else if (open.length === 1 && ageMaxMs !== null) cancelAge = timers.after(ageMaxMs, seal);
  }

  function seal(): void {
    cancelAge?.();
    cancelAge = null;
    if (open.length === 0) return;
    batches += 1;
    sender.send({ id: `${options.instanceId}-${batches}`, outcomes: open });
    open = [];
  }

  async function drain(): Promise<void> {
    seal();
    await sender.drain();
  }

  function stats(): OutcomeStats {
    const sent = sender.stats();
    return { ...sent, waiting: sent.waiting + open.length, dropped };
  }

  return { add, drain, stats };
}
