/** At most this many outcomes, labels or follow-ups go in one call, and at most so many bytes. */
export const BATCH_MAX = { items: 1000, bytes: 5_000_000 } as const;
