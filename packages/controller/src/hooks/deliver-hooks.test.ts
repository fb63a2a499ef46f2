import { beginWatching, type MonitorEvent } from "@gauntlet/core";
import { describe, expect, test } from "vitest";

import type { Hook, HookAnswer } from "../ports/hook.ts";
import type { Delivery } from "../ports/monitor-store.ts";
import { openMemoryStore } from "../testing/memory-store/open-memory-store.ts";
import { ATTEMPTS_MAX, deliverHooks, waitMs } from "./deliver-hooks.ts";
import { deliveriesOf } from "./deliveries-of.ts";

const EVENT: MonitorEvent = { kind: "at_risk", model: "chess", watched: "chess-1", from: "2", to: "1", at: 5, mode: "rollback", says: "", samples: 41, change: null, share: null, response: null, withheld: null };

/** A store with one event for one hook, whose answers are given. */
async function telling(answers: readonly HookAnswer["kind"][]) {
  const store = openMemoryStore();
  const state = beginWatching({ model: "chess", watched: "chess-1", from: "2", to: "1", since: 0 });
  const deliveries = deliveriesOf("model:chess", [EVENT, { ...EVENT, kind: "regression" }], [{ name: "ops", events: ["at_risk"] }]);
  await store.monitor.save({ subject: "model:chess", expect: 0, fence: null, at: 0, state, check: null, deliveries });
  let now = 0;
  const told: Delivery[] = [];
  const hook: Hook = {
    name: "ops",
    events: ["at_risk"],
    timeoutMs: 1000,
    form: "slack",
    message: () => ({ contentType: "application/json", body: "{}" }),
    tell: async (delivery) => {
      told.push(delivery);
      return { kind: answers[told.length - 1] ?? "retry", detail: `answer ${told.length}` };
    },
  };
  const hooks = new Map([["ops", hook]]);
  const run = () => deliverHooks({ store, clock: { now: () => now }, hooks });
  return { store, told, hooks, run, pass: (ms: number) => (now += ms), list: () => store.deliveries.list(null, 10) };
}

describe("hooks", () => {
  test("each is told what it wants to know, once", async () => {
    const world = await telling(["delivered"]);
    expect(await world.run()).toEqual({ delivered: 1, retried: 0, failed: 0 });
    expect(await world.run()).toEqual({ delivered: 0, retried: 0, failed: 0 });
    expect(world.told.map(({ event }) => event.kind)).toEqual(["at_risk"]);
    expect(await world.list()).toMatchObject([{ status: "delivered", attempts: 1, detail: "answer 1" }]);
  });

  test("what fails waits twice as long after each attempt, by instants in the store", async () => {
    const world = await telling(["retry", "retry", "delivered"]);
    await world.run();
    expect(await world.list()).toMatchObject([{ status: "pending", nextAt: 10_000 }]);
    world.pass(9_999);
    await world.run();
    expect(world.told).toHaveLength(1);
    world.pass(1);
    await world.run();
    expect(await world.list()).toMatchObject([{ attempts: 2, nextAt: 30_000, detail: "answer 2" }]);
    world.pass(20_000);
    expect(await world.run()).toMatchObject({ delivered: 1 });
  });

  test("after sixteen attempts, more than a day, it is given up", async () => {
    const world = await telling([]);
    for (let i = 0; i < 40; i++) {
      await world.run();
      world.pass(6 * 3_600_000);
    }
    expect(world.told).toHaveLength(ATTEMPTS_MAX);
    expect(await world.list()).toMatchObject([{ status: "failed", detail: `given up after ${ATTEMPTS_MAX} attempts: answer ${ATTEMPTS_MAX}` }]);
    expect(Array.from({ length: ATTEMPTS_MAX - 1 }, (_, i) => waitMs(i + 1)).reduce((sum, ms) => sum + ms)).toBeGreaterThan(86_400_000);
  });

  test("what is refused, and what has no hook any more, is not tried again", async () => {
    const refused = await telling(["refused"]);
    expect(await refused.run()).toEqual({ delivered: 0, retried: 0, failed: 1 });
    const gone = await telling([]);
    gone.hooks.clear();
    expect(await gone.run()).toEqual({ delivered: 0, retried: 0, failed: 1 });
    expect(await gone.list()).toMatchObject([{ status: "failed", detail: "the configuration has no hook of this name any more" }]);
  });

  test("an attempt that nobody ended is made again when its claim is over", async () => {
    const world = await telling(["delivered"]);
    await world.store.deliveries.claim({ now: 0, until: 31_000, limit: 1 });
    expect(await world.run()).toMatchObject({ delivered: 0 });
    world.pass(31_000);
    expect(await world.run()).toMatchObject({ delivered: 1 });
    expect(world.told[0]?.attempts).toBe(2);
  });
});
