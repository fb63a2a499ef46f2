import { Failure } from "@gauntlet/core";
import { Cron } from "croner";

import { hasFailures, type CycleResult } from "../training-cycle.ts";

export interface Schedule {
  /** Cron's five fields, in UTC. */
  readonly pattern: string;
  /** When the last cycle began, in milliseconds since the Unix epoch; null before the first. Asked anew each time: a timer knows nothing. */
  readonly lastAt: () => Promise<number | null>;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly cycle: () => Promise<CycleResult>;
  /** A look at promotions, after a cycle or one that was skipped, but not after failures; null: switched off. */
  readonly promote: (() => Promise<void>) | null;
  readonly onCycle: (result: CycleResult) => void;
  readonly onError: (error: unknown) => void;
}

export interface Scheduler {
  /** Looks now whether a cycle is due, as each alarm does; waits for one that is under way. Null: none was due. Never throws. */
  look(): Promise<CycleResult | null>;
  /** No further alarms; a cycle that is under way is waited for. */
  close(): Promise<void>;
}

/** When the next cycle is due; at once before the first. @throws Failure `invalid_input` for a pattern that is none, or never comes */
export function dueAt(pattern: string, lastAt: number | null): number {
  const cron = cronOf(pattern);
  if (lastAt === null) return 0;
  const next = cron.nextRun(new Date(lastAt));
  if (next === null) throw new Failure("invalid_input", `the pattern "${pattern}" never comes again`, { fix: 'write one such as "*/30 * * * *"' });
  return next.getTime();
}

/**
 * Trains when the pattern says so. Its alarms only say when to look; whether a cycle is due follows from when the last one
 * began. What came due while nobody ran is made up for once, at the start.
 */
export function scheduleTraining(schedule: Schedule): Scheduler {
  const { pattern, lastAt, now, cycle, promote, onCycle, onError } = schedule;
  dueAt(pattern, 0);
  let current: Promise<CycleResult | null> | null = null;
  let isClosed = false;
  const lookOnce = async (): Promise<CycleResult | null> => {
    try {
      if (isClosed || dueAt(pattern, await lastAt()) > now()) return null;
      const result = await cycle();
      onCycle(result);
      if (promote !== null && !hasFailures(result) && result.kind !== "busy") await promote();
      return result;
    } catch (error) {
      onError(error);
      return null;
    }
  };
  const look = (): Promise<CycleResult | null> => {
    current ??= lookOnce().finally(() => {
      current = null;
    });
    return current;
  };
  const alarm = new Cron(pattern, { timezone: "UTC" }, () => void look());
  void look();
  return {
    look,
    async close() {
      isClosed = true;
      alarm.stop();
      await current;
    },
  };
}

function cronOf(pattern: string): Cron {
  try {
    return new Cron(pattern, { timezone: "UTC", paused: true, mode: "5-part" });
  } catch (cause) {
    throw new Failure("invalid_input", `"${pattern}" is no pattern of cron`, { fix: 'write five fields such as "*/30 * * * *"', cause });
  }
}
