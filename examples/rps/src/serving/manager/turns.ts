/** One piece of work at a time. Whoever asks while it runs gets the next run, which all who wait share. */
export function inTurns(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const start = (): Promise<void> => {
    running = work().finally(() => (running = null));
    return running;
  };
  return () => {
    if (running === null) return start();
    next ??= running.catch(() => undefined).then(() => {
      next = null;
      return start();
    });
    return next;
  };
}

/** Does work again and again, so many milliseconds after the last time began, or when it is done; until it is stopped. */
export function repeat(everyMs: number, work: () => Promise<void>): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | null = null;
  let current: Promise<void> = Promise.resolve();
  let isStopped = false;
  const plan = (afterMs: number): void => {
    timer = setTimeout(() => {
      const began = performance.now();
      current = work().catch(() => undefined).then(() => {
        if (!isStopped) plan(Math.max(0, everyMs - (performance.now() - began)));
      });
    }, afterMs);
    timer.unref();
  };
  plan(everyMs);
  return {
    async stop() {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      await current;
    },
  };
}
