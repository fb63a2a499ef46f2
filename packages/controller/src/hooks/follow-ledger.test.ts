import type { HookEventKind } from "@gauntlet/core";
import { describe, expect, test } from "vitest";

import type { Controller } from "../controller.ts";
import { request } from "../operate.ts";
import type { Hook, HookAnswer } from "../ports/hook.ts";
import type { Delivery } from "../ports/monitor-store.ts";
import { MODEL, openRollout, smallWorld, type SmallWorld } from "../testing/small-world.ts";
import { tick } from "../tick.ts";
import { deliverHooks } from "./deliver-hooks.ts";
import { followLedger, NEWS_MS } from "./follow-ledger.ts";
import { beginHooks, knownHooks } from "./known-hooks.ts";
import { testHook } from "./test-hook.ts";

const EVENTS: readonly HookEventKind[] = ["verdict_changed", "promoted", "rolled_back", "approval_wanted"];

interface Telling {
  readonly told: Delivery[];
  readonly hooks: ReadonlyMap<string, Hook>;
  answer: HookAnswer;
}

function tellingTo(name: string, events: readonly HookEventKind[] = EVENTS): Telling {
  const telling: Telling = { told: [], hooks: new Map(), answer: { kind: "delivered", detail: "answered 204" } };
  const hook: Hook = {
    name,
    events,
    timeoutMs: 1000,
    waitsMs: [5000, 300_000],
    form: "slack",
    message: () => ({ contentType: "application/json", body: "{}" }),
    tell: async (delivery) => {
      telling.told.push(delivery);
      return telling.answer;
    },
  };
  return Object.assign(telling, { hooks: new Map([[name, hook]]) });
}

/** A rollout that a person promotes, then takes back. */
async function story({ controller, pass }: SmallWorld, between: () => Promise<void> = async () => undefined): Promise<void> {
  await openRollout({ controller } as SmallWorld);
  for (const kind of ["promote", "rollback"] as const) {
    pass(1000);
    await request(controller, MODEL, { kind, by: "grace", reason: "by hand" });
    await tick(controller, MODEL);
    await between();
  }
}

const follow = ({ store, clock }: Controller, { hooks }: Telling) => followLedger({ store, clock, hooks: [...hooks.values()] });
const deliver = ({ store, clock }: Controller, { hooks }: Telling) => deliverHooks({ store, clock, hooks });
const kindsOf = (deliveries: readonly Delivery[]) => deliveries.map(({ event }) => event.kind);
const STORY = ["verdict_changed", "promoted", "verdict_changed", "rolled_back"];

describe("I33: what the ledger says is told", () => {
  test("once, in order, however often it is followed", async () => {
    const world = smallWorld();
    const telling = tellingTo("ops");
    await beginHooks(world.controller.store, ["ops"]);
    await story(world, async () => {
      for (let i = 0; i < 2; i++) await follow(world.controller, telling);
      await deliver(world.controller, telling);
    });
    expect(kindsOf(telling.told)).toEqual(STORY);
    expect(telling.told[1]?.event).toMatchObject({ kind: "promoted", model: MODEL, champion: "1", challenger: "2", verdict: "promote" });
  });

  test("once also when it is followed late, by two at once, and whoever dies before the mark moved", async () => {
    const world = smallWorld();
    const telling = tellingTo("ops");
    const { deliveries } = world.controller.store;
    await beginHooks(world.controller.store, ["ops"]);
    await story(world);
    const dying: Controller = { ...world.controller, store: { ...world.controller.store, deliveries: { ...deliveries, add: () => Promise.reject(new Error("killed")) } } };
    await expect(follow(dying, telling)).rejects.toThrow("killed");
    const ends = await Promise.allSettled([follow(world.controller, telling), follow(world.controller, telling)]);
    expect(ends.filter(({ status }) => status === "fulfilled").length).toBeGreaterThanOrEqual(1);
    await follow(world.controller, telling);
    await deliver(world.controller, telling);
    expect(kindsOf(telling.told)).toEqual(STORY);
  });

  test("not of what was before a hook was in the configuration, nor of what is not wanted", async () => {
    const world = smallWorld();
    await story(world);
    world.pass(60_000);
    const telling = tellingTo("late", ["rolled_back"]);
    const { store } = world.controller;
    await follow(world.controller, telling);
    expect([await store.deliveries.list(null, 10), (await store.deliveries.marks()).size]).toEqual([[], 0]);
    for (let i = 0; i < 2; i++) await beginHooks(store, ["late"]);
    await follow(world.controller, telling);
    expect(await store.deliveries.list(null, 10)).toEqual([]);
    await openRollout(world);
    await request(world.controller, MODEL, { kind: "rollback", by: "grace", reason: "by hand" });
    await tick(world.controller, MODEL);
    await follow(world.controller, telling);
    expect(kindsOf(await store.deliveries.list(null, 10))).toEqual(["rolled_back"]);
  });

  test("to each hook by itself: one that is away for days is told what it missed, and nothing that is older than a week", async () => {
    const world = smallWorld();
    const [here, away] = [tellingTo("here"), tellingTo("away")];
    const { store } = world.controller;
    await beginHooks(store, ["here", "away"]);
    await story(world);
    await follow(world.controller, here);
    world.pass(NEWS_MS - 60_000);
    await openRollout(world);
    await request(world.controller, MODEL, { kind: "promote", by: "grace", reason: "by hand" });
    await tick(world.controller, MODEL);
    world.pass(120_000);
    for (const telling of [here, away, here]) await follow(world.controller, telling);
    const toldTo = async (name: string) => (await store.deliveries.list(null, 20)).filter(({ hook }) => hook === name).toReversed().map(({ event }) => event.kind);
    expect([await toldTo("here"), await toldTo("away")]).toEqual([[...STORY, "verdict_changed", "promoted"], ["verdict_changed", "promoted"]]);
  });
});

describe("a hook", () => {
  async function promoted(answer: HookAnswer) {
    const world = smallWorld();
    const telling = tellingTo("ops", ["promoted"]);
    telling.answer = answer;
    await beginHooks(world.controller.store, ["ops"]);
    await story(world);
    await follow(world.controller, telling);
    await deliver(world.controller, telling);
    return { world, telling, list: () => world.controller.store.deliveries.list(null, 10) };
  }

  test("that answers that it is gone is told nothing more, until a test is heard; what it missed can be told again", async () => {
    const { world, telling, list } = await promoted({ kind: "gone", detail: "answered 410" });
    const { deliveries } = world.controller.store;
    const [delivery] = await list();
    expect(delivery).toMatchObject({ status: "failed", detail: "answered 410" });
    expect(knownHooks(await deliveries.marks()).get("ops")?.disabled).toMatchObject({ detail: "answered 410" });
    await deliveries.replay(delivery?.id ?? "", world.controller.clock.now());
    telling.answer = { kind: "delivered", detail: "answered 204" };
    await deliver(world.controller, telling);
    expect([telling.told.length, (await list())[0]?.detail]).toEqual([1, "not told: the hook is disabled since it answered 410"]);
    expect(await testHook({ ...world.controller, hooks: telling.hooks }, "ops")).toMatchObject({ status: "delivered", event: { kind: "test" } });
    await deliveries.replay(delivery?.id ?? "", world.controller.clock.now());
    await deliver(world.controller, telling);
    expect(kindsOf(telling.told)).toEqual(["promoted", "test", "promoted"]);
  });

  test("with a schedule of its own is tried by it, and given up at its end", async () => {
    const { world, telling, list } = await promoted({ kind: "retry", detail: "answered 503" });
    const now = world.controller.clock.now();
    expect(await list()).toMatchObject([{ status: "pending", nextAt: now + 5000 }]);
    world.pass(5000);
    await deliver(world.controller, telling);
    expect(await list()).toMatchObject([{ status: "pending", nextAt: now + 305_000 }]);
    world.pass(300_000);
    await deliver(world.controller, telling);
    expect(await list()).toMatchObject([{ status: "failed", attempts: 3, detail: "given up after 3 attempts: answered 503" }]);
  });

  test("that nobody configured can't be tested", async () => {
    await expect(testHook({ ...smallWorld().controller, hooks: tellingTo("ops").hooks }, "other")).rejects.toMatchObject({ code: "not_found" });
  });
});
