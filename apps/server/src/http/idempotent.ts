import type { IdempotencyStore } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";
import { createHash } from "node:crypto";

export interface IdempotentCall {
  readonly store: IdempotencyStore;
  /** As the caller sent it. */
  readonly key: string;
  /** What the key belongs to: the same key of another caller, or of another call, is another key. */
  readonly scope: string;
  readonly payload: string;
  /** The machine's clock, milliseconds since the Unix epoch: retries happen in real time, also in a simulated world. */
  readonly now: number;
}

export interface StoredAnswer {
  readonly status: number;
  readonly body: string;
}

/** A call that was begun so long ago and never finished: its process died. */
const STALE_MS = 60_000;

/**
 * Does `work` once for a key. A repeated call gets the first answer. A call that failed has done nothing, so its key may be
 * used again.
 * @throws Failure `in_flight` (409), `idempotency_mismatch` (422), and what `work` throws.
 */
export async function once(call: IdempotentCall, work: () => Promise<StoredAnswer>): Promise<StoredAnswer> {
  const key = hex([call.scope, call.key]);
  const state = await call.store.begin({ key, digest: hex([call.scope, call.payload]), now: call.now, staleMs: STALE_MS });
  if (state.kind === "done") return { status: state.status, body: state.body };
  if (state.kind === "in_flight") throw new Failure("in_flight", "a call with this Idempotency-Key is still under way", { fix: "wait a moment, then send it again with the same key" });
  if (state.kind === "mismatch") throw new Failure("idempotency_mismatch", "this Idempotency-Key was used for another call", { fix: "use a new key for a new call" });
  let answer: StoredAnswer;
  try {
    answer = await work();
  } catch (error) {
    await call.store.abandon(key);
    throw error;
  }
  await call.store.finish(key, answer);
  return answer;
}

/** 1–200 visible characters. @throws Failure `invalid_input` when there is none. */
export function requireKey(header: string | undefined): string {
  if (header !== undefined && /^[\x21-\x7e]{1,200}$/.test(header)) return header;
  throw new Failure("invalid_input", header === undefined ? "the header Idempotency-Key is missing" : "the Idempotency-Key must have 1–200 visible ASCII characters", {
    fix: "send a key that is new for every new call and the same when you send it again, for example a UUID",
  });
}

function hex(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
