import { expect, test } from "vitest";

import type { CycleResult } from "../training-cycle.ts";
import { dueAt, scheduleTraining, type Schedule } from "./schedule-training.ts";

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 0, 1, 12);
const SKIPPED: CycleResult = { kind: "skipped", gate: { isOpen: false, newRounds: 0, total: 0, selected: 0, why: "nothing is new" } };
const OPEN = { isOpen: true, newRounds: 100, total: 500, selected: 500, why: null };
const TRAINED = { kind: "trained", gate: OPEN, rows: 1, runId: "r", results: [], problems: [], seconds: 1 } as const satisfies CycleResult;

/** A schedule whose last cycle is kept outside of it, as the registry does. */
function scheduled(change: Partial<Schedule> & { readonly last: number | null; readonly at: number }) {
  const world = { last: change.last, at: change.at, cycles: 0, promotions: 0, errors: [] as unknown[] };
  const schedule: Schedule = {
    pattern: "*/30 * * * *",
    lastAt: async () => world.last,
    now: () => world.at,
    cycle: async () => {
      world.cycles++;
      world.last = world.at;
      return TRAINED;
    },
    promote: async () => void world.promotions++,
    onCycle: () => undefined,
    onError: (error) => world.errors.push(error),
    ...change,
  };
  return { world, scheduler: scheduleTraining(schedule) };
}

test("a cycle is due at the first time of the pattern after the last one began; at once before the first", () => {
  expect(dueAt("*/30 * * * *", NOON)).toBe(NOON + 30 * MINUTE);
  expect(dueAt("*/30 * * * *", NOON + 29 * MINUTE)).toBe(NOON + 30 * MINUTE);
  expect(dueAt("0 3 * * *", NOON)).toBe(NOON + 15 * 60 * MINUTE);
  expect(dueAt("*/30 * * * *", null)).toBe(0);
  for (const wrong of ["every day", "* * * * * *", "61 * * * *", "0 0 30 2 *"]) expect(() => dueAt(wrong, NOON)).toThrow(expect.objectContaining({ code: "invalid_input" }));
});

test("what came due while nobody ran is made up for once; a restart in between trains nothing twice", async () => {
  const { world, scheduler } = scheduled({ last: NOON, at: NOON + 5 * 60 * MINUTE });
  expect(await scheduler.look()).toEqual(TRAINED);
  expect(await scheduler.look()).toBeNull();
  await scheduler.close();
  const again = scheduled({ last: world.last, at: world.at + 10 * MINUTE });
  expect(await again.scheduler.look()).toBeNull();
  again.world.at += 20 * MINUTE;
  expect(await again.scheduler.look()).toEqual(TRAINED);
  await again.scheduler.close();
  expect([world.cycles, again.world.cycles]).toEqual([1, 1]);
});

test("two looks at once are one cycle", async () => {
  const { world, scheduler } = scheduled({ last: null, at: NOON });
  await Promise.all([scheduler.look(), scheduler.look(), scheduler.look()]);
  await scheduler.close();
  expect(world.cycles).toBe(1);
});

test("promotions are looked at after a cycle and after a skipped one, not after failures, and not where they are switched off", async () => {
  const after = async (result: CycleResult, change: Partial<Schedule> = {}) => {
    const { world, scheduler } = scheduled({ last: null, at: NOON, cycle: async () => result, ...change });
    await scheduler.look();
    await scheduler.close();
    return world.promotions;
  };
  expect(await after(TRAINED)).toBe(1);
  expect(await after(SKIPPED)).toBe(1);
  expect(await after({ ...TRAINED, problems: [{ type: "xgboost", alias: "B", message: "" }] })).toBe(0);
  expect(await after({ kind: "busy", since: 1 })).toBe(0);
  expect(await after(TRAINED, { promote: null })).toBe(0);
});

test("a cycle that fails is told, and the next is tried", async () => {
  const { world, scheduler } = scheduled({ last: null, at: NOON, cycle: async () => { throw new Error("the registry is away"); } });
  expect(await scheduler.look()).toBeNull();
  expect(await scheduler.look()).toBeNull();
  await scheduler.close();
  expect(world.errors).toHaveLength(2);
});
