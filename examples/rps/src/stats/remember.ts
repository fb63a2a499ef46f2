/**
 * Answers that may be a little old, so that many who ask at once cost one look at the database. What took long is remembered
 * for longer, so that looking takes a twentieth of the time at most. An answer that failed is forgotten at once.
 */
export interface Remembered {
  answer<T>(key: string, ask: () => Promise<T>): Promise<T>;
}

interface Known {
  readonly answer: Promise<unknown>;
  /** Milliseconds; infinite until it is there. */
  until: number;
}

const SHARE = 20;
/** So many questions are told apart; then all are forgotten. */
const KEYS_MAX = 1000;

/** @param atLeastMs so long, however quick the answer was. @param now milliseconds, from wherever. */
export function remember(atLeastMs: number, now: () => number): Remembered {
  const known = new Map<string, Known>();
  return {
    answer: <T>(key: string, ask: () => Promise<T>): Promise<T> => {
      const before = known.get(key);
      if (before !== undefined && before.until > now()) return before.answer as Promise<T>;
      if (known.size >= KEYS_MAX) known.clear();
      const from = now();
      const asked: Known = { answer: ask(), until: Number.POSITIVE_INFINITY };
      known.set(key, asked);
      asked.answer.then(
        () => void (asked.until = now() + Math.max(atLeastMs, SHARE * (now() - from))),
        () => known.get(key) === asked && known.delete(key),
      );
      return asked.answer as Promise<T>;
    },
  };
}
