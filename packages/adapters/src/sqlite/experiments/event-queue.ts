import type { StoredEvent } from "@gauntlet/core";
import type { Database } from "../database.ts";

/** As many events as one transaction takes, over the first call; more would hold up other requests of the process. */
const EVENTS_PER_COMMIT = 1000;

interface Waiting {
  readonly events: readonly StoredEvent[];
  resolve(added: readonly string[]): void;
  reject(error: unknown): void;
}

/** Calls that wait together are kept together, by `record`: one flush of the disk for all of them. */
export function eventQueue(database: Database, record: (events: readonly StoredEvent[]) => readonly string[]): (events: readonly StoredEvent[]) => Promise<readonly string[]> {
  let waiting: readonly Waiting[] = [];

  function commitSome(): void {
    let events = 0;
    const over = waiting.findIndex((call) => (events += call.events.length) > EVENTS_PER_COMMIT);
    const calls = waiting.slice(0, over === -1 ? waiting.length : Math.max(over, 1));
    waiting = waiting.slice(calls.length);
    if (waiting.length > 0) setImmediate(commitSome);
    settle(calls);
  }

  function settle(calls: readonly Waiting[]): void {
    try {
      const added = database.transaction(() => calls.map((call) => record(call.events)));
      for (const [index, call] of calls.entries()) call.resolve(added[index] ?? []);
    } catch (error) {
      // One of them can't be stored: alone, each gets its own answer.
      if (calls.length === 1) calls[0]?.reject(error);
      else for (const call of calls) settle([call]);
    }
  }

  return (events) =>
    new Promise((resolve, reject) => {
      waiting = [...waiting, { events, resolve, reject }];
      if (waiting.length === 1) setImmediate(commitSome);
    });
}
