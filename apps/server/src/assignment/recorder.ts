import { asFailure, type AssignmentRecord, type ExperimentStore } from "@gauntlet/controller";
import type { Experiment, Failure } from "@gauntlet/core";

/**
 * Keeps what units were given: in memory first, then in batches in the store. An answer does not wait for its record, so a
 * process that is killed loses the records of its last moments, and nothing else: who is given what follows from the ranges.
 */
export interface AssignmentRecorder {
  note(experiment: Experiment, variantId: string, unitId: string): void;
  /** Writes what is in memory. What can't be written now is tried again later. */
  flush(): Promise<void>;
  /** Writes the rest, as far as the store takes it. */
  close(): Promise<void>;
}

export interface RecorderOptions {
  readonly store: Pick<ExperimentStore, "recordAssignments">;
  readonly now: () => number;
  readonly report: (failure: Failure, lost: number) => void;
  readonly queueMax?: number;
}

const QUEUE_MAX = 50_000;
/** As many as SQLite writes in a millisecond or two; between batches, requests have their turn. */
const BATCH_MAX = 500;
const FLUSH_MS = 500;
const RETRY_MS = 2000;
/** Units whose record is known to be written or queued: between this many and twice as many. */
const KNOWN_MAX = 100_000;

export function assignmentRecorder(options: RecorderOptions): AssignmentRecorder {
  const { store, now, report, queueMax = QUEUE_MAX } = options;
  let queue: AssignmentRecord[] = [];
  let lost = 0;
  let known = new Set<string>();
  let knownBefore: ReadonlySet<string> = new Set();
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> | null = null;

  function isNew(name: string): boolean {
    if (known.has(name) || knownBefore.has(name)) return false;
    if (known.size >= KNOWN_MAX) {
      knownBefore = known;
      known = new Set();
    }
    known.add(name);
    return true;
  }

  function later(ms: number): void {
    timer ??= setTimeout(() => {
      timer = null;
      void flush();
    }, ms).unref();
  }

  async function write(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.slice(0, BATCH_MAX);
      try {
        await store.recordAssignments(batch);
      } catch (error) {
        const failure = asFailure(error);
        report(failure, lost);
        lost = 0;
        if (failure.retryable) return later(RETRY_MS);
      }
      queue = queue.slice(batch.length);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async function flush(): Promise<void> {
    writing ??= write().finally(() => {
      writing = null;
    });
    return writing;
  }

  return {
    note({ id: experimentId, epoch, unitType }, variantId, unitId) {
      if (queue.length >= queueMax) {
        lost += 1;
        return;
      }
      if (!isNew(`${epoch} ${experimentId} ${unitId}`)) return;
      queue.push({ experimentId, variantId, unitType, unitId, epoch, assignedAt: now() });
      later(FLUSH_MS);
    },
    flush,
    async close() {
      if (timer !== null) clearTimeout(timer);
      await flush();
      // What came while the last batch was being written.
      if (queue.length > 0) await flush();
    },
  };
}
