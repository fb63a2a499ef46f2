import { Failure, replayEntry, type LedgerEntry, type ModelState } from "@gauntlet/core";
import { expect, test } from "vitest";

import { readState } from "./chain.ts";
import type { Controller } from "./controller.ts";
import { hold, resume } from "./operate.ts";
import { MINUTE, MODEL, openRollout, policyOf, serve, smallWorld, type SmallWorld } from "./testing/small-world.ts";
import { tick, type TickResult } from "./tick.ts";

const LOOKS = { mode: "strict", window: { minMs: 10 * MINUTE, maxMs: 20 * MINUTE }, checks: [{ kind: "rate", metric: "error", increaseMax: { parts: 1, of: 20 } }] } as const;

/** Two looks. Twenty outcomes of each version say too little at the first; with twenty more the check passes. */
async function twoLooks(change: Parameters<typeof policyOf>[0] = {}) {
  const world = smallWorld();
  const rollout = await openRollout(world, policyOf({ ...LOOKS, ...change }));
  await serve(world, rollout, "first");
  world.pass(10 * MINUTE);
  return { world, rollout };
}

function entriesOf({ memory }: SmallWorld): readonly LedgerEntry[] {
  return memory.chains.get(MODEL)?.entries ?? [];
}

function saw(result: TickResult) {
  if (result.kind === "led_elsewhere" || result.judged === undefined || !result.judged.observation.evidence.available) throw new Error("nothing was seen");
  return result.judged.observation.evidence;
}

test("I35: a look that was judged and left open is restated by what it was judged by, and what came later counts at the next", async () => {
  const { world, rollout } = await twoLooks();
  const first = await tick(world.controller, MODEL);
  expect(first).toMatchObject({ kind: "decided", state: { decision: { verdict: "hold", reason: "inconclusive" } } });
  const { look } = saw(first);
  const entries = entriesOf(world).length;

  await serve(world, rollout, "late");
  world.pass(MINUTE);
  const again = await tick(world.controller, MODEL);
  expect(again).toMatchObject({ state: { decision: { reason: "inconclusive" } } });
  expect(saw(again)).toMatchObject({ look, judged: { changed: true, outcomes: { champion: 20, challenger: 20 }, labels: { champion: 0, challenger: 0 } } });
  expect(entriesOf(world)).toHaveLength(entries);

  // Another hold in between does not make the controller forget it.
  const registry = { ...world.controller.registry, read: () => Promise.reject(new Failure("registry_unavailable", "503")) };
  expect(await tick({ ...world.controller, registry }, MODEL)).toMatchObject({ state: { decision: { reason: "evidence_unavailable" } } });
  const back = await tick(world.controller, MODEL);
  expect(back).toMatchObject({ state: { decision: { reason: "inconclusive" } } });
  expect(saw(back)).toMatchObject({ look, judged: { changed: true } });

  world.pass(10 * MINUTE);
  expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "applied", state: { decision: { verdict: "promote" } } });
  const judged = entriesOf(world).flatMap(({ event }) => (event.kind === "decision" ? [event.decision.look?.number] : []));
  expect(judged).toEqual([1, 1, 1, 2]);
  for (const entry of entriesOf(world)) expect(replayEntry(entry)?.same ?? true).toBe(true);
});

test("I35: what was stored before open looks were kept still knows the newest decision", async () => {
  const { world, rollout } = await twoLooks();
  await tick(world.controller, MODEL);
  await serve(world, rollout, "late");
  const { judged: _, ...older } = await readState(world.controller, MODEL);
  expect(await tick(withState(world.controller, older), MODEL)).toMatchObject({ state: { decision: { reason: "inconclusive" } } });
});

function withState({ store, ...controller }: Controller, state: ModelState): Controller {
  const head = async (chain: string) => {
    const stored = await store.ledger.head(chain);
    return stored === null ? null : { ...stored, state };
  };
  return { ...controller, store: { ...store, ledger: { ...store.ledger, head } } };
}

test("a look that passed and waits for a person can lose its promotion by what comes later, and not win it back", async () => {
  const { world, rollout } = await twoLooks({ checks: [{ kind: "rate", metric: "error", increaseMax: { parts: 1, of: 10 } }] });
  await hold(world.controller, MODEL, { by: "ada", reason: "a holiday" });
  expect(await tick(world.controller, MODEL)).toMatchObject({ state: { decision: { reason: "operator_hold" } } });
  // The challenger's late outcomes err, the champion's do not.
  await serve(world, { ...rollout, champion: rollout.challenger, challenger: rollout.champion }, "errs");
  await resume(world.controller, MODEL, { by: "ada", reason: "back" });
  expect(await tick(world.controller, MODEL)).toMatchObject({ state: { decision: { verdict: "hold", reason: "inconclusive" } } });
  for (const batch of ["more", "and more"]) await serve(world, rollout, batch);
  expect(await tick(world.controller, MODEL)).toMatchObject({ state: { decision: { verdict: "hold", reason: "inconclusive" } } });
});

test("watched all the time, the look moves on: its evidence holds at every tick", async () => {
  const { world, rollout } = await twoLooks({ monitoring: "continuous" });
  expect(await tick(world.controller, MODEL)).toMatchObject({ state: { decision: { reason: "inconclusive" } } });
  await serve(world, rollout, "late");
  const { look, judged } = saw(await tick(world.controller, MODEL));
  expect([judged, look.evidence.find(({ metric }) => metric === "scored")?.statistic]).toEqual([undefined, { kind: "count", n: 40 }]);
});
