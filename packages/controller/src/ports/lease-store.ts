/**
 * Leadership with expiry and fencing. A lease belongs to one holder until `expiresAt`; its token grows by one each
 * time it changes hands, so that a holder who was asleep is recognised and refused.
 * Times are passed in: the store has no clock of its own. Every method may fail with `store_unavailable`.
 */
export interface LeaseStore {
  /**
   * Takes the lease when it is free or expired, or extends it when `holder` has it (the token then stays).
   * A lease that expired or was given back changes hands even when the same holder takes it again.
   * Returns null when somebody else holds it.
   */
  acquire(request: { readonly name: string; readonly holder: string; readonly now: number; readonly ttlMs: number }): Promise<Lease | null>;
  /** Gives it back; does nothing when the token is not the present one. */
  release(lease: Lease): Promise<void>;
}

export interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly token: number;
  readonly expiresAt: number;
}
