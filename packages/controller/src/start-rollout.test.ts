import { expect, test } from "vitest";

import { request } from "./operate.ts";
import { startRollout } from "./start-rollout.ts";
import { MINUTE, MODEL, openRollout, policyOf, serve, smallWorld } from "./testing/small-world.ts";
import { tick } from "./tick.ts";

const start = { policy: policyOf(), challenger: "2", by: "ada" };

test("the snapshot is what there was, and the split is opened by the next tick", async () => {
  const world = smallWorld();
  const { rollout, pending } = await startRollout(world.controller, start);
  expect(rollout?.snapshot).toMatchObject({ aliases: { champion: "1", challenger: null, previous: "0" }, allocation: { epoch: 4, seed: "before" }, stages: { 1: "None", 2: "None" } });
  expect(pending?.plan.becomes).toBe("running");
  expect(world.traffic.get(MODEL)?.epoch).toBe(4);
  await tick(world.controller, MODEL);
  expect(world.traffic.get(MODEL)?.epoch).toBe(5);
  expect(world.model().aliases["challenger"]).toBe("2");
});

test("one rollout at a time, and only of a version that is not the champion", async () => {
  const world = smallWorld();
  await expect(startRollout(world.controller, { ...start, challenger: "1" })).rejects.toMatchObject({ code: "conflict" });
  await expect(startRollout(world.controller, { ...start, challenger: "77" })).rejects.toMatchObject({ code: "not_found" });
  await openRollout(world);
  await expect(startRollout(world.controller, { ...start, challenger: "3" })).rejects.toMatchObject({ code: "conflict" });
});

test("registry and traffic must agree before, or the snapshot would keep their disagreement", async () => {
  const world = smallWorld();
  world.moveAlias("champion", "9");
  await expect(startRollout(world.controller, start)).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("version 1 serves") });
});

test("the world is read after the state: what was applied meanwhile is in the snapshot", async () => {
  const world = smallWorld();
  await serve(world, await openRollout(world), "first");
  world.pass(11 * MINUTE);
  const { store } = world.controller;
  let looks = 0;
  // The promotion is applied while the state is being looked up.
  const head: typeof store.ledger.head = async (chain) => {
    looks += 1;
    if (looks === 1) await tick(world.controller, MODEL);
    return store.ledger.head(chain);
  };
  const { rollout } = await startRollout({ ...world.controller, store: { ...store, ledger: { ...store.ledger, head } } }, { ...start, challenger: "3" });
  expect(rollout?.champion.version).toBe("2");
  expect(rollout?.snapshot).toMatchObject({ aliases: { champion: "2", previous: "1", challenger: null }, allocation: { epoch: 6, arms: [{ version: "2" }] } });
});

test("a decision that was cut short has late writes, so the next rollout waits for them", async () => {
  const world = smallWorld();
  await startRollout(world.controller, start);
  await request(world.controller, MODEL, { kind: "rollback", by: "grace", reason: "wrong version" });
  await tick(world.controller, MODEL);
  await expect(startRollout(world.controller, start)).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("for 30 s more a late write of it may move an alias"), fix: "start again in 30 s", retryAfterMs: 30_000 });
  world.pass(30_000);
  expect((await startRollout(world.controller, start)).rollout?.id).toBe("fraud-2");
});
