export interface RateLimit {
  /** Counts `calls` more for the key, unless that would be too many within a minute: then it is false, and nothing is counted. */
  take(key: string, calls?: number): boolean;
}

const MINUTE_MS = 60_000;
/** So many keys are told apart within a minute; then counting begins anew, which lets more through and never less. */
const KEYS_MAX = 200_000;

/**
 * At most `perMinute` calls a key and minute, of this process alone. The minute slides: of the calendar minute before, the
 * part that is less than a minute ago still counts. Keys are forgotten after two minutes.
 */
export function rateLimit(options: { readonly perMinute: number; readonly stopwatch: () => number }): RateLimit {
  const { perMinute, stopwatch } = options;
  let minute = 0;
  let before: ReadonlyMap<string, number> = new Map();
  let counts = new Map<string, number>();
  return {
    take(key, calls = 1) {
      const now = stopwatch() / MINUTE_MS;
      const current = Math.floor(now);
      if (current !== minute || counts.size >= KEYS_MAX) {
        before = current === minute + 1 ? counts : new Map();
        counts = new Map();
        minute = current;
      }
      const count = counts.get(key) ?? 0;
      const earlier = (before.get(key) ?? 0) * (1 - (now - current));
      if (earlier + count + calls > perMinute) return false;
      counts.set(key, count + calls);
      return true;
    },
  };
}
