/** How a gateway behaves where it may be left to its defaults. */
export interface GatewaySettings {
  /** What to do when another version than the champion fails: answer with the error, or let the champion answer. */
  readonly fallback: "none" | "champion";
  /** A new epoch is in force here after this long at most. 0: every request reads it. */
  readonly allocationMaxAgeMs: number;
  /** Mirrored requests that run at once. */
  readonly shadowConcurrency: number;
  /** Mirrored requests that may wait; more are dropped, and counted. */
  readonly shadowQueue: number;
  /** How long mirrored requests may be started before what is ready gets its turn. */
  readonly shadowTurnMs: number;
  /** Outcomes a batch. */
  readonly batchMax: number;
  /** Oldest age of an outcome before its batch goes; null: batches go by size and by drain only. */
  readonly ageMaxMs: number | null;
  /** Outcomes that may wait to be recorded; more are dropped, and counted. */
  readonly capacity: number;
  readonly retryMs: number;
  readonly recordTimeoutMs: number;
  readonly drainAttempts: number;
}

const DEFAULTS: GatewaySettings = {
  fallback: "none",
  allocationMaxAgeMs: 500,
  shadowConcurrency: 16,
  shadowQueue: 1000,
  shadowTurnMs: 2,
  batchMax: 500,
  ageMaxMs: 1000,
  capacity: 100_000,
  retryMs: 100,
  recordTimeoutMs: 10_000,
  drainAttempts: 5,
};

export function gatewaySettings(given: Partial<GatewaySettings> | undefined): GatewaySettings {
  return { ...DEFAULTS, ...given };
}
