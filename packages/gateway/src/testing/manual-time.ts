import type { Timers } from "../timers.ts";

/** A clock, a stopwatch and timers that only move when they are told to. */
export interface ManualTime {
  readonly timers: Timers;
  readonly stopwatch: () => number;
  /** Lets `ms` pass: what falls due runs in its order, and promises settle in between. */
  pass(ms: number): Promise<void>;
  /** Adds to the stopwatch at once, as a computation does. */
  spend(ms: number): void;
}

export function manualTime(): ManualTime {
  let now = 0;
  let due: { readonly at: number; readonly run: () => void }[] = [];

  function after(ms: number, then: () => void): () => void {
    const timer = { at: now + ms, run: then };
    due.push(timer);
    return () => {
      due = due.filter((other) => other !== timer);
    };
  }

  return {
    timers: { soon: (then) => void setImmediate(then), after },
    stopwatch: () => now,
    spend: (ms) => {
      now += ms;
    },
    pass: async (ms) => {
      const end = now + ms;
      await settle();
      for (let next = earliest(due, end); next !== undefined; next = earliest(due, end)) {
        due = due.filter((other) => other !== next);
        now = Math.max(now, next.at);
        next.run();
        await settle();
      }
      now = Math.max(now, end);
    },
  };
}

function earliest<T extends { readonly at: number }>(due: readonly T[], end: number): T | undefined {
  return due.filter((timer) => timer.at <= end).toSorted((a, b) => a.at - b.at)[0];
}

/** A few turns of the event loop. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
