/**
 * Remembers what was answered to an Idempotency-Key, so that a retried call is answered, not done again.
 * `begin` is atomic: of two callers with one key, one gets `new`, the other `in_flight`.
 */
export interface IdempotencyStore {
  /** An entry that was begun before `now − staleMs` and never finished counts as new: its process died. */
  begin(request: { readonly key: string; readonly digest: string; readonly now: number; readonly staleMs: number }): Promise<IdempotencyState>;
  /** The first answer stays. @throws Failure `not_found` when the key was never begun, or was abandoned. */
  finish(key: string, answer: { readonly status: number; readonly body: string }): Promise<void>;
  /** Forgets a key whose call failed in a way that may be tried again; a finished one is kept. */
  abandon(key: string): Promise<void>;
  /** Forgets keys that were begun before `before`, finished or not; returns how many. */
  forget(before: number): Promise<number>;
}

export type IdempotencyState =
  | { readonly kind: "new" }
  | { readonly kind: "in_flight" }
  /** The key was used with another payload. */
  | { readonly kind: "mismatch" }
  | { readonly kind: "done"; readonly status: number; readonly body: string };
