export interface AddressLimit {
  /** Counts one call of an address. @returns 0, or after how many milliseconds it may come again: then it was not counted */
  take(key: string): number;
}

const MINUTE_MS = 60_000;
/** So many addresses are told apart; beyond that those that were silent longest begin anew, which lets more through and never less. */
const KEYS_MAX = 50_000;

/**
 * A minute's worth of calls at once, and from then on one as often as the rate has it, for each key by itself (the generic cell
 * rate algorithm: what is kept of a key is the instant at which it would have its whole minute again).
 * @param stopwatch milliseconds that never go backwards
 */
export function addressLimit({ perMinute, stopwatch }: { readonly perMinute: number; readonly stopwatch: () => number }): AddressLimit {
  const everyMs = MINUTE_MS / perMinute;
  const fullAt = new Map<string, number>();
  return {
    take(key) {
      const now = stopwatch();
      const next = Math.max(fullAt.get(key) ?? now, now) + everyMs;
      const waitMs = next - now - MINUTE_MS;
      // Sums of such fractions may be a hair above.
      if (waitMs > 1e-6) return waitMs;
      fullAt.delete(key);
      if (fullAt.size >= KEYS_MAX) fullAt.delete(fullAt.keys().next().value as string);
      fullAt.set(key, next);
      return 0;
    },
  };
}
