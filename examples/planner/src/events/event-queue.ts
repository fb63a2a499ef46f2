import type { WireEvent } from "./event.ts";

const HOUR_MS = 3_600_000;

/** Events that have yet to happen. */
export interface EventQueue {
  add(events: readonly WireEvent[]): void;
  /** Those that happened before `at`, a whole hour, in order of time; they leave the queue. */
  takeBefore(at: number): readonly WireEvent[];
}

/** A list an hour, since nothing is asked for in between. */
export function eventQueue(): EventQueue {
  const hours = new Map<number, WireEvent[]>();
  return {
    add(events) {
      for (const event of events) {
        const hour = Math.floor(event.timestamp / HOUR_MS);
        const list = hours.get(hour);
        if (list === undefined) hours.set(hour, [event]);
        else list.push(event);
      }
    },
    takeBefore(at) {
      const due = [...hours.keys()].filter((hour) => (hour + 1) * HOUR_MS <= at).toSorted((a, b) => a - b);
      return due.flatMap((hour) => {
        const list = hours.get(hour) as WireEvent[];
        hours.delete(hour);
        return list.toSorted((a, b) => a.timestamp - b.timestamp);
      });
    },
  };
}
