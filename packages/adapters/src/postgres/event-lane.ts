import type { StoredEvent } from "@gauntlet/core";

/** Keeps events in one transaction, and gives the ids of those that were new. */
export type KeepEvents = (events: readonly StoredEvent[]) => Promise<readonly string[]>;

/**
 * Batches of events go one transaction after another; those that arrive meanwhile share the next one. All of them mark the
 * present hour to be aggregated, so that several at once would only wait for each other's mark, and each for a commit of its own.
 */
export function eventLane(keep: KeepEvents): KeepEvents {
  let waiting: WaitingBatch[] = [];
  let running = false;
  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const batches = waiting.slice(0, BATCHES_PER_COMMIT);
      waiting = waiting.slice(BATCHES_PER_COMMIT);
      await settle(keep, batches);
    }
    running = false;
  };
  return (events) =>
    new Promise((resolve, reject) => {
      waiting.push({ events, resolve, reject });
      if (!running) void run();
    });
}

const BATCHES_PER_COMMIT = 32;

interface WaitingBatch {
  readonly events: readonly StoredEvent[];
  resolve(added: readonly string[]): void;
  reject(error: unknown): void;
}

/** An event that two batches have is new to the first of them. */
async function settle(keep: KeepEvents, batches: readonly WaitingBatch[]): Promise<void> {
  try {
    const fresh = new Set(await keep(batches.flatMap(({ events }) => events)));
    for (const { events, resolve } of batches) resolve(events.flatMap(({ id }) => (fresh.delete(id) ? [id] : [])));
  } catch (error) {
    // One of them can't be stored: alone, each gets its own answer.
    if (batches.length === 1) for (const { reject } of batches) reject(error);
    else for (const batch of batches) await settle(keep, [batch]);
  }
}
