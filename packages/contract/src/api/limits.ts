/** At most this many outcomes, labels or follow-ups go in one call, and at most so many bytes. */
export const BATCH_MAX = { items: 1000, bytes: 5_000_000 } as const;

/** At most this many matches go in one call, and so many bytes. */
export const MATCH_IMPORT_MAX = { items: 50_000, bytes: 20_000_000 } as const;
/** Rows that the report of an import names one by one; of others it says how many they are. */
export const REJECTED_ROWS_MAX = 100;
