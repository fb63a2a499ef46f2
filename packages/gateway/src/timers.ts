/** What the gateway waits with. A world may pass its own, so that time-outs and batches follow its clock. */
export interface Timers {
  /** Runs `then` once, after everything that is ready now, such as an answer on its way out. */
  soon(then: () => void): void;
  /** Runs `then` once, `ms` from now; the function it returns cancels that. */
  after(ms: number, then: () => void): () => void;
}

/** Those of the machine. */
export const systemTimers: Timers = {
  soon: (then) => {
    setImmediate(then);
  },
  after: (ms, then) => {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};
