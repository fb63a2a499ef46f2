import type { Arm, Mode } from "@gauntlet/core";

import type { Activity } from "./activity.ts";
import type { Asked } from "./ask-version.ts";
import { mirrorsOf } from "./served.ts";
import type { Served } from "./served.ts";
import { shadowQueue } from "./shadow-queue.ts";
import type { Timers } from "./timers.ts";

/** Asks one arm, and has the outcome recorded. Never rejects. */
export type Ask = (served: Served, arm: Arm, mode: Mode) => Promise<Asked>;

export interface Mirror {
  /** Queues the request for every arm that was not asked, when the allocation wants that. Never waits, never throws. */
  add(served: Served, asked: readonly (Arm | null)[]): void;
  stats(): ShadowStats;
}

export interface ShadowStats {
  readonly queued: number;
  readonly running: number;
  readonly answered: number;
  readonly failed: number;
  /** Not asked, because the queue was full: these requests have no pair. */
  readonly dropped: number;
}

export function requestMirror(options: {
  readonly ask: Ask;
  readonly activity: Activity;
  readonly shadowConcurrency: number;
  readonly shadowQueue: number;
  readonly shadowTurnMs: number;
  readonly stopwatch: () => number;
  readonly timers: Timers;
}): Mirror {
  const { ask, activity, stopwatch, timers } = options;
  let answered = 0;
  let failed = 0;

  const queue = shadowQueue<{ readonly served: Served; readonly arm: Arm }>({
    run: async ({ served, arm }) => {
      const asked = await ask(served, arm, "shadow");
      if (asked.kind === "answered") answered += 1;
      else failed += 1;
      activity.end();
    },
    concurrency: options.shadowConcurrency,
    capacity: options.shadowQueue,
    turnMs: options.shadowTurnMs,
    stopwatch,
    timers,
  });

  return {
    add: (served, asked) => {
      if (!served.allocation.shadow) return;
      for (const arm of mirrorsOf(served.allocation, asked)) if (queue.add({ served, arm })) activity.begin();
    },
    stats: () => ({ ...queue.stats(), answered, failed }),
  };
}
