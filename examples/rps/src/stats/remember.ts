/**
 * Answers that may be a little old, so that many who ask at once cost one look at the database. An answer that failed is
 * forgotten at once.
 */
export interface Remembered {
  answer<T>(key: string, ask: () => Promise<T>): Promise<T>;
}

/** So many questions are told apart; then all are forgotten. */
const KEYS_MAX = 1000;

/** @param now milliseconds, from wherever. */
export function remember(forMs: number, now: () => number): Remembered {
  let answers = new Map<string, { readonly until: number; readonly answer: Promise<unknown> }>();
  return {
    answer: <T>(key: string, ask: () => Promise<T>): Promise<T> => {
      const known = answers.get(key);
      if (known !== undefined && known.until > now()) return known.answer as Promise<T>;
      if (answers.size >= KEYS_MAX) answers = new Map();
      const asked = ask();
      answers.set(key, { until: now() + forMs, answer: asked });
      asked.catch(() => answers.delete(key));
      return asked;
    },
  };
}
