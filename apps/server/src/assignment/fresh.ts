import { asFailure } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";

export interface Fresh<T> {
  /** Resolved at once nearly always. @throws Failure `store_unavailable` when what is known is too old to be trusted. */
  current(): T | Promise<T>;
  /** Something was changed in this process: what was read until now is not enough. */
  changed(): void;
  readNow(): Promise<void>;
}

/** What is older is read again; from half of it on, in the background. */
export const READ_AGAIN_MS = 1000;
/** With the time that clients may keep an answer it stays within the minute that a rollback may take. */
const UNPROVEN_MAX_MS = 30_000;
/** A request does not wait longer for a store that hangs, if something is known. */
const WAIT_MAX_MS = 1000;
/** A read that takes longer has failed. */
const READ_MAX_MS = 5000;
/** After a read that failed, the store is left alone for a moment. */
const RETRY_MS = 250;

/**
 * Keeps what `read` gives, and reads again without a caller having to wait for it. While reading fails, the last that was
 * read goes on being served, for `UNPROVEN_MAX_MS`.
 */
export function fresh<T>(source: {
  readonly read: () => Promise<T>;
  /** Milliseconds that never run backwards. */
  readonly stopwatch: () => number;
  readonly arrived: (next: T) => void;
  /** Told the first failure of each row of them. */
  readonly report: (failure: Failure) => void;
}): Fresh<T> {
  const { read, stopwatch, arrived, report } = source;
  let known: { readonly value: T; readonly readAt: number; readonly changes: number } | null = null;
  /** Changes of ours so far; what was read with fewer behind it is not enough. */
  let changes = 0;
  let failedAt = Number.NEGATIVE_INFINITY;
  let lastFailure: Failure | null = null;
  let pending: { readonly changes: number; readonly done: Promise<void> } | null = null;

  async function refresh(before: number): Promise<void> {
    const readAt = stopwatch();
    try {
      const value = await withTime(read());
      known = { value, readAt, changes: before };
      lastFailure = null;
      arrived(value);
    } catch (error) {
      const failure = asFailure(error);
      if (lastFailure === null) report(failure);
      lastFailure = failure;
      failedAt = stopwatch();
    } finally {
      pending = null;
    }
  }

  /** One read at a time; one that began before our last change is followed by another. */
  function readNow(): Promise<void> {
    if (pending === null) pending = { changes, done: refresh(changes) };
    else if (pending.changes < changes) return pending.done.then(readNow);
    return pending.done;
  }

  async function waitFor(reading: Promise<void>): Promise<T> {
    if (known === null) await reading;
    else await Promise.race([reading, pause(WAIT_MAX_MS)]);
    if (known !== null && stopwatch() - known.readAt < UNPROVEN_MAX_MS) return known.value;
    throw new Failure("store_unavailable", "what units are given could not be read for too long to be trusted", { fix: "wait until the store answers again; clients fall back to their defaults", cause: lastFailure });
  }

  return {
    current() {
      if (known === null) return waitFor(readNow());
      const now = stopwatch();
      const age = now - known.readAt;
      const enough = known.changes === changes;
      if (enough && age < READ_AGAIN_MS / 2) return known.value;
      if (now - failedAt < RETRY_MS && age < UNPROVEN_MAX_MS) return known.value;
      const reading = readNow();
      return enough && age < READ_AGAIN_MS ? known.value : waitFor(reading);
    },
    changed() {
      changes += 1;
    },
    readNow,
  };
}

/** A store that never answers must not be waited for for ever. */
async function withTime<T>(reading: Promise<T>): Promise<T> {
  const late = pause(READ_MAX_MS).then(() => {
    throw new Failure("store_unavailable", `the store has not answered within ${READ_MAX_MS} ms`);
  });
  return Promise.race([reading, late]);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
