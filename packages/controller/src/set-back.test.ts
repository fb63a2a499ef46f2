import { emptyState, Failure, project, type LedgerEntry } from "@gauntlet/core";
import { expect, test } from "vitest";

import { readState } from "./chain.ts";
import type { Controller } from "./controller.ts";
import { hold, request } from "./operate.ts";
import type { Registry } from "./ports/registry.ts";
import { REVERTS_MAX } from "./set-back.ts";
import { MINUTE, MODEL, openRollout, policyOf, serve, smallWorld, type SmallWorld } from "./testing/small-world.ts";
import { tick } from "./tick.ts";

/** A rollout that runs, its opening plan long settled. */
async function runningWorld(change: Parameters<typeof policyOf>[0] = { onForeignMove: "revert" }): Promise<SmallWorld> {
  const world = smallWorld();
  await serve(world, await openRollout(world, policyOf(change)), "first");
  world.pass(5 * MINUTE);
  return world;
}

async function promotedWorld(): Promise<SmallWorld> {
  const world = await runningWorld();
  world.pass(6 * MINUTE);
  expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "applied", state: { rollout: { status: "promoted" } } });
  world.pass(60 * MINUTE);
  return world;
}

const chainOf = ({ memory }: SmallWorld): readonly LedgerEntry[] => memory.chains.get(MODEL)?.entries ?? [];
const kindsOf = (world: SmallWorld): readonly string[] => chainOf(world).map(({ event }) => event.kind);
const count = (world: SmallWorld, kind: string): number => kindsOf(world).filter((one) => one === kind).length;
const withRegistry = (controller: Controller, change: Partial<Registry>): Controller => ({ ...controller, registry: { ...controller.registry, ...change } });

/** What is stored beside the chain is what the chain folds to. */
function expectFolds(world: SmallWorld): void {
  expect(chainOf(world).reduce(project, emptyState(MODEL))).toEqual(world.memory.chains.get(MODEL)?.state);
}

test("a champion that somebody moved after its promotion is seen, then set back, each in the ledger", async () => {
  const world = await promotedWorld();
  const before = kindsOf(world).length;
  world.moveAlias("champion", "9");
  expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "idle", state: { drift: 'alias "champion" of fraud is 9; 2 was set' } });
  expect(world.model().aliases["champion"]).toBe("9");
  expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "applied", state: { drift: null, pending: null, reverts: 1, rollout: { status: "promoted" } } });
  expect(world.model().aliases["champion"]).toBe("2");
  expect(kindsOf(world).slice(before)).toEqual(["drift.seen", "drift.reverted", "effect.applied", "drift.gone"]);
  expectFolds(world);
  expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "idle" });
});

test("while a rollout runs, the champion's alias and the challenger's are, and the rollout goes on to its end", async () => {
  const world = await runningWorld();
  world.moveAlias("champion", "9");
  world.moveAlias("challenger", "3");
  expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "decided", state: { decision: { verdict: "hold", reason: "foreign_move" } } });
  await tick(world.controller, MODEL);
  expect(world.model().aliases).toMatchObject({ champion: "1", challenger: "2" });
  expect((await readState(world.controller, MODEL)).decision?.reason).not.toBe("foreign_move");
  world.pass(6 * MINUTE);
  expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "applied", state: { rollout: { status: "promoted" } } });
  expect(world.model().aliases).toEqual({ champion: "2", previous: "1" });
  expectFolds(world);
});

test("I34: two who both set it end after a few times, whenever the other moves it", async () => {
  for (const to of ["9", "1"]) {
    const world = await promotedWorld();
    for (let turn = 0; turn < 12; turn++) {
      world.moveAlias("champion", to);
      await tick(world.controller, MODEL);
      world.pass(MINUTE / 4);
    }
    expect(count(world, "drift.reverted")).toBe(REVERTS_MAX);
    expect(world.model().aliases["champion"]).toBe(to);
    expect((await readState(world.controller, MODEL)).drift).toContain('"champion"');
  }
});

test("one that is moved again before it is read back is tried no more often", async () => {
  const world = await promotedWorld();
  const contested = withRegistry(world.controller, {
    setAlias: async (model, alias, version) => {
      await world.controller.registry.setAlias(model, alias, version);
      world.moveAlias("champion", "9");
    },
  });
  world.moveAlias("champion", "9");
  for (let turn = 0; turn < 12; turn++) await tick(contested, MODEL);
  expect([count(world, "drift.reverted"), count(world, "effect.failed")]).toEqual([REVERTS_MAX, REVERTS_MAX]);
  expect((await readState(world.controller, MODEL)).pending).toBeNull();
  expectFolds(world);
});

test("a registry that can't be written is tried again under the same count, and keeps a rollout from no rollback", async () => {
  const world = await runningWorld();
  const down = withRegistry(world.controller, { setAlias: () => Promise.reject(new Failure("registry_unavailable", "500")) });
  world.moveAlias("challenger", "3");
  for (let turn = 0; turn < 4; turn++) await tick(down, MODEL);
  expect([count(world, "drift.reverted"), count(world, "effect.failed"), count(world, "decision")]).toEqual([1, 1, 1]);
  await request(world.controller, MODEL, { kind: "rollback", by: "grace", reason: "because" });
  await tick(down, MODEL);
  expect(world.traffic.get(MODEL)?.arms.map(({ version }) => version)).toEqual(["1"]);
  expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "applied", state: { rollout: { status: "rolled_back" } } });
  expectFolds(world);
});

test("I34: nothing is set back without the policy's word, while a person asks to wait, and what a plan removed may be set anew", async () => {
  const others = await runningWorld({});
  others.moveAlias("champion", "9");
  for (let turn = 0; turn < 3; turn++) await tick(others.controller, MODEL);
  expect(others.model().aliases["champion"]).toBe("9");
  const held = await runningWorld();
  await hold(held.controller, MODEL, { by: "grace", reason: "because" });
  held.moveAlias("champion", "9");
  for (let turn = 0; turn < 3; turn++) await tick(held.controller, MODEL);
  expect(held.model().aliases["champion"]).toBe("9");
  const promoted = await promotedWorld();
  promoted.moveAlias("challenger", "3");
  for (let turn = 0; turn < 3; turn++) await tick(promoted.controller, MODEL);
  expect(promoted.model().aliases["challenger"]).toBe("3");
  expect([others, held, promoted].map((world) => count(world, "drift.reverted"))).toEqual([0, 0, 0]);
});
