import type { Timers } from "./timers.ts";

export interface ShadowQueue<Task> {
  /** False when the queue is full: the task is dropped and counted. Never waits, never throws. */
  add(task: Task): boolean;
  stats(): { readonly queued: number; readonly running: number; readonly dropped: number };
}

/**
 * Runs mirrored requests beside the live ones: a bounded number at once, the others in a bounded queue. They start in
 * turns of at most `turnMs`, after what is ready has gone out, so that versions that compute in this process do not
 * hold up live answers. `run` must not reject.
 */
export function shadowQueue<Task>(options: {
  readonly run: (task: Task) => Promise<void>;
  readonly concurrency: number;
  readonly capacity: number;
  readonly turnMs: number;
  readonly stopwatch: () => number;
  readonly timers: Timers;
}): ShadowQueue<Task> {
  const { concurrency, capacity, turnMs, stopwatch, timers } = options;
  const queue: Task[] = [];
  let running = 0;
  let dropped = 0;
  let scheduled = false;

  function schedule(): void {
    if (scheduled || queue.length === 0 || running >= concurrency) return;
    scheduled = true;
    timers.soon(turn);
  }

  function turn(): void {
    scheduled = false;
    const from = stopwatch();
    while (running < concurrency && stopwatch() - from <= turnMs) {
      const task = queue.shift();
      if (task === undefined) break;
      running += 1;
      void start(task);
    }
    schedule();
  }

  async function start(task: Task): Promise<void> {
    try {
      await options.run(task);
    } finally {
      running -= 1;
      schedule();
    }
  }

  return {
    add: (task) => {
      if (queue.length >= capacity) {
        dropped += 1;
        return false;
      }
      queue.push(task);
      schedule();
      return true;
    },
    stats: () => ({ queued: queue.length, running, dropped }),
  };
}
