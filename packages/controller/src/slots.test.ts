import { emptyState, Failure, project, replayEntry, verifyChain, type LedgerEntry, type ModelState, type Outcome, type RegisteredVersion, type SlotsPolicy } from "@gauntlet/core";
import { describe, expect, test } from "vitest";

import { readState } from "./chain.ts";
import { approve, hold, request, resume } from "./operate.ts";
import { previewStart, previewTick } from "./preview.ts";
import { recordOutcomes, type RecordAnswer } from "./record-outcomes.ts";
import { startRollout } from "./start-rollout.ts";
import { MINUTE, MODEL, smallWorld, type SmallWorld } from "./testing/small-world.ts";
import { tick } from "./tick.ts";

function policyOf(change: Partial<SlotsPolicy> = {}): SlotsPolicy {
  const compat = change.mode === "compat";
  return {
    kind: "slots",
    name: "four slots",
    model: MODEL,
    mode: "strict",
    metrics: { game_score: "moments", correct: "rate" },
    bucketMs: MINUTE,
    approval: null,
    effects: ["registry.alias", "registry.tag", "document"],
    impact: null,
    slots: ["Production", "B", "shadow1", "shadow2"],
    win: "game_score",
    accuracy: "correct",
    split: { champion: 5000, challenger: 5000 },
    minGames: compat ? 3 : 50,
    maxGames: compat ? null : 1000,
    alpha: compat ? { parts: 1, of: 5 } : { parts: 1, of: 20 },
    spending: "each",
    srmAlpha: { parts: 1, of: 1000 },
    reorder: { minPredictions: 100, alpha: { parts: 1, of: 20 } },
    checks: [],
    ...change,
  };
}

const COMPAT = policyOf({ mode: "compat" });

interface Table extends SmallWorld {
  /** The holders of the four slots. */
  holders(): readonly (string | null)[];
  /** Games that whoever holds the slot now has played: so many wins of so many. */
  play(slot: string, record: string): Promise<RecordAnswer>;
  /** Rounds that whoever holds the slot now predicted. */
  guess(slot: string, record: string): Promise<RecordAnswer>;
}

function table(): Table {
  const world = smallWorld();
  const versions = ["10", "11", "12", "13", "14"].map((version): RegisteredVersion => ({ version, digest: `sha256:${version.padStart(64, "0")}`, runId: `run-${version}`, stage: "None", tags: {}, metrics: {} }));
  world.registry.set(MODEL, { aliases: { Production: "10", B: "11", shadow1: "12", shadow2: "13" }, versions });
  world.traffic.clear();
  let batches = 0;
  const send = async (slot: string, record: string, metric: string): Promise<RecordAnswer> => {
    const state = await readState(world.controller, MODEL);
    const [hits = 0, of = 0] = record.split("/").map(Number);
    const batch = ++batches;
    const outcomes = Array.from({ length: of }, (_, i): Outcome => ({
      requestId: `${batch}-${i}`,
      at: world.controller.clock.now(),
      model: MODEL,
      version: world.model().aliases[slot] ?? "none",
      slot,
      mode: slot.startsWith("shadow") ? "shadow" : "live",
      epoch: state.rollout?.allocation.epoch ?? 0,
      unit: `game ${batch}-${i}`,
      prediction: null,
      metrics: { [metric]: i < hits ? 1 : 0 },
    }));
    return recordOutcomes(world.controller, { model: MODEL, batchId: `batch ${batch}`, outcomes, labels: [] });
  };
  return {
    ...world,
    holders: () => ["Production", "B", "shadow1", "shadow2"].map((slot) => world.model().aliases[slot] ?? null),
    play: (slot, record) => send(slot, record, "game_score"),
    guess: (slot, record) => send(slot, record, "correct"),
  };
}

async function begin(world: Table, policy: SlotsPolicy): Promise<ModelState> {
  world.pass(MINUTE);
  await startRollout(world.controller, { policy, challenger: null, by: "trainer" });
  return step(world, 1);
}

/** Each tick by another process. */
async function step(world: Table, times = 1): Promise<ModelState> {
  for (let i = 0; i < times; i++) await tick({ ...world.controller, holder: `process ${i}` }, MODEL);
  return readState(world.controller, MODEL);
}

/** A cycle from its start to its decision. */
async function cycle(world: Table, policy: SlotsPolicy): Promise<ModelState> {
  await begin(world, policy);
  return step(world, 1);
}

async function expectSound(world: Table): Promise<void> {
  const entries: readonly LedgerEntry[] = await world.controller.store.ledger.read(MODEL, 0, 1000);
  expect(verifyChain(entries, null)).toMatchObject({ broken: null, head: { seq: entries.length } });
  const replays = entries.map(replayEntry).filter((replay) => replay !== null);
  expect(replays.filter(({ same }) => !same)).toEqual([]);
  expect(entries.reduce(project, emptyState(MODEL))).toEqual(await readState(world.controller, MODEL));
}

async function decisionOf(world: Table) {
  const entries = await world.controller.store.ledger.read(MODEL, 0, 1000);
  const newest = entries.findLast(({ event }) => event.kind === "decision");
  if (newest?.event.kind !== "decision") throw new Error("nothing was decided");
  return newest.event.decision;
}

const verdict = (state: ModelState): string => `${state.decision?.verdict} ${state.decision?.reason}`;

describe("a cycle of slots, compat", () => {
  test("begins with who holds the slots, decides at its first look, and leaves traffic alone", async () => {
    const world = table();
    const few = await cycle(world, COMPAT);
    expect(verdict(few)).toBe("hold insufficient_data");
    expect(few.rollout?.status).toBe("retained");
    expect(few.pending).toBeNull();
    await world.play("Production", "5/10");
    await world.play("B", "8/10");
    for (const [slot, record] of Object.entries({ Production: "30/100", B: "40/100", shadow1: "45/100", shadow2: "30/100" })) await world.guess(slot, record);
    const swapped = await cycle(world, COMPAT);
    expect(verdict(swapped)).toBe("promote all_checks_passed");
    expect(await decisionOf(world)).toMatchObject({ compatLabel: "swap_production_b", slots: { swap: true, reorderApplied: true, tickers: { championGames: 0, challengerGames: 0, cycles: 0 } } });
    expect(world.holders()).toEqual(["11", "12", "10", "13"]);
    expect(world.traffic.size).toBe(0);
    expect(swapped.cycles).toMatchObject({ baseline: { games: [10, 10] }, cyclesBefore: 0 });
    await expectSound(world);
  });

  test("V9: frozen counters exchange the two at each cycle, though the cycles are of different epochs", async () => {
    const world = table();
    await begin(world, COMPAT);
    await world.play("Production", "13/16");
    await world.play("B", "25/30");
    await step(world);
    const taken = [world.holders()[0]];
    for (let i = 0; i < 3; i++) {
      await cycle(world, COMPAT);
      world.pass(MINUTE);
      taken.push(world.holders()[0]);
    }
    expect(taken).toEqual(["11", "10", "11", "10"]);
    await expectSound(world);
  });

  test("counters go on under the slots' names whoever holds them, also past the epochs that are kept", async () => {
    const world = table();
    await begin(world, COMPAT);
    await world.play("Production", "9/9");
    await world.play("B", "2/4");
    await step(world);
    for (let i = 0; i < 40; i++) {
      await cycle(world, COMPAT);
      if (i % 13 === 5) await world.play("B", "0/1");
    }
    const state = await readState(world.controller, MODEL);
    expect(state.epochs.length).toBe(32);
    expect(state.cycles?.carried.through).toBeGreaterThan(5);
    expect((await decisionOf(world)).slots).toMatchObject({ counts: { champion: { games: 9, wins: 9 }, challenger: { games: 7, wins: 2 } }, tickers: { championGames: 9, challengerGames: 7, cycles: 41 } });
    await expectSound(world);
  });

  test("a game is a win, a tie or a loss, in a slot of the policy; whoever holds a shadow may be new", async () => {
    const world = table();
    await begin(world, policyOf());
    world.moveAlias("shadow1", "14");
    expect(await world.guess("shadow1", "3/5")).toMatchObject({ accepted: 5, rejected: [] });
    const outcome = { requestId: "g", at: world.controller.clock.now(), model: MODEL, version: "10", slot: "Production", mode: "live", epoch: 1, unit: "g", prediction: null, metrics: { game_score: 0.25 } } as const;
    const answer = await recordOutcomes(world.controller, { model: MODEL, batchId: "odd", outcomes: [outcome, { ...outcome, slot: "shadow3", metrics: {} }], labels: [] });
    expect(answer.accepted).toBe(0);
    expect(answer.rejected.map(({ detail }) => detail)).toEqual([expect.stringMatching(/0\.25: a game is 1 when it was won/), expect.stringMatching(/"shadow3" is no slot of the policy/)]);
  });
});

describe("a cycle of slots, strict", () => {
  test("I6, I26: goes on until it is proven, swaps, and begins the next with nothing of it", async () => {
    const world = table();
    await begin(world, policyOf());
    expect(verdict(await step(world))).toBe("hold insufficient_data");
    await world.play("Production", "45/100");
    await world.play("B", "52/100");
    expect(verdict(await step(world))).toBe("hold inconclusive");
    await world.play("Production", "30/100");
    await world.play("B", "75/100");
    const state = await step(world);
    expect(verdict(state)).toBe("promote all_checks_passed");
    expect(world.holders()).toEqual(["11", "10", "12", "13"]);
    expect(world.files.get("run-11/decision.md")).toMatch(/takes Production/);
    expect(world.model().versions.find(({ version }) => version === "11")?.tags).toMatchObject({ "gauntlet.lifecycle": "champion" });
    for (let i = 0; i < 4; i++) {
      await cycle(world, policyOf());
      expect(verdict(await readState(world.controller, MODEL))).toBe("hold insufficient_data");
      await request(world.controller, MODEL, { kind: "reject", by: "eve", reason: "next" });
      await step(world);
      world.pass(MINUTE);
    }
    expect(world.holders()).toEqual(["11", "10", "12", "13"]);
    await expectSound(world);
  });

  test("I12: a swap waits for its signatures, of the very games that proved it, though more are played; by rule not by everybody", async () => {
    const world = table();
    await begin(world, policyOf({ approval: { by: 2, notBy: ["ada"] } }));
    await world.play("Production", "30/100");
    await world.play("B", "75/100");
    const waiting = await step(world);
    expect(verdict(waiting)).toBe("hold awaiting_approval");
    const sign = async (by: string, { decision } = waiting) => approve(world.controller, MODEL, { by, decisionId: decision?.id ?? "", evidenceDigest: decision?.evidenceDigest ?? "", comment: "" });
    await expect(sign("ada")).rejects.toMatchObject({ code: "forbidden" });
    await sign("grace");
    // Games go on while people think; what they sign does not.
    await world.play("B", "0/300");
    await world.play("Production", "300/300");
    await sign("grace");
    expect(await step(world)).toMatchObject({ decision: { id: waiting.decision?.id, evidenceDigest: waiting.decision?.evidenceDigest } });
    // Another shadow is another order, and needs signatures of its own.
    world.registry.set(MODEL, { ...world.model(), aliases: { ...world.model().aliases, shadow2: "14" } });
    const anew = await step(world);
    expect([verdict(anew), anew.decision?.evidenceDigest === waiting.decision?.evidenceDigest]).toEqual(["hold awaiting_approval", false]);
    await expect(sign("bob")).rejects.toMatchObject({ code: "conflict" });
    await sign("grace", anew);
    await sign("bob", anew);
    expect(verdict(await step(world))).toBe("promote all_checks_passed");
    expect(world.holders()).toEqual(["11", "10", "12", "14"]);
    expect(world.files.get("run-11/decision.md")).toMatch(/^- bob, /m);
    await expectSound(world);
  });

  test("nobody signs what is a day old: then all games count, and may speak against it", async () => {
    const world = table();
    await begin(world, policyOf({ approval: { by: 1, notBy: [] } }));
    await world.play("Production", "30/100");
    await world.play("B", "75/100");
    expect(verdict(await step(world))).toBe("hold awaiting_approval");
    await world.play("Production", "100/150");
    await world.play("B", "55/150");
    world.pass(86_400_000 - MINUTE);
    expect(verdict(await step(world))).toBe("hold awaiting_approval");
    world.pass(MINUTE);
    expect(verdict(await step(world))).toBe("hold inconclusive");
    await expectSound(world);
  });

  test("I25: one that is surely worse ends the cycle, and a shadow that is surely more accurate gets its slot", async () => {
    const world = table();
    await begin(world, policyOf());
    await world.play("Production", "140/200");
    await world.play("B", "70/200");
    await world.guess("B", "300/1000");
    await world.guess("shadow2", "500/1000");
    const state = await step(world);
    expect(verdict(state)).toBe("retain worse");
    expect(state.rollout?.status).toBe("retained");
    expect(world.holders()).toEqual(["10", "13", "12", "11"]);
    expect(await decisionOf(world)).toMatchObject({ compatLabel: null, slots: { swap: false, reorderApplied: true } });
    await expectSound(world);
  });

  test("a person's rollback puts back who held the slots, and leaves a shadow that was filled since", async () => {
    const world = table();
    await begin(world, policyOf());
    await world.play("Production", "70/200");
    await world.play("B", "140/200");
    await step(world);
    expect(world.holders()).toEqual(["11", "10", "12", "13"]);
    world.moveAlias("shadow2", "14");
    await request(world.controller, MODEL, { kind: "rollback", by: "eve", reason: "it loops" });
    const state = await step(world);
    expect(state.rollout?.status).toBe("rolled_back");
    expect(world.holders()).toEqual(["10", "11", "12", "14"]);
    expect(state.cycles).toMatchObject({ baseline: { games: [200, 200] }, cyclesBefore: 0 });
    await expectSound(world);
  });

  test("somebody else's move of the second slot holds, and a swap that meets one is taken back", async () => {
    const world = table();
    await begin(world, policyOf());
    await world.play("Production", "70/200");
    await world.play("B", "140/200");
    world.moveAlias("B", "14");
    expect(verdict(await step(world))).toBe("hold foreign_move");
    world.moveAlias("B", "11");
    expect(verdict(await step(world))).toBe("promote all_checks_passed");
    await expectSound(world);
  });

  test.each([1, 2, 3])("I8: whoever dies at alias %i of a swap with a reorder, the next goes on where the registry is", async (deadAt) => {
    const world = table();
    await begin(world, COMPAT);
    await world.play("Production", "5/10");
    await world.play("B", "8/10");
    for (const [slot, record] of Object.entries({ Production: "30/100", B: "40/100", shadow1: "45/100", shadow2: "30/100" })) await world.guess(slot, record);
    let calls = 0;
    const { registry } = world.controller;
    const dying = {
      ...registry,
      setAlias: async (...call: Parameters<typeof registry.setAlias>) => {
        if (++calls !== deadAt) return registry.setAlias(...call);
        // Written, and the answer was lost.
        if (deadAt % 2 === 0) await registry.setAlias(...call);
        throw new Failure("registry_unavailable", "the connection was reset");
      },
    };
    await tick({ ...world.controller, registry: dying, holder: "the one that dies" }, MODEL);
    expect((await readState(world.controller, MODEL)).pending).not.toBeNull();
    const state = await step(world, 2);
    expect(state).toMatchObject({ pending: null, rollout: { status: "promoted" }, cycles: { baseline: { games: [10, 10] }, cyclesBefore: 0 } });
    expect(world.holders()).toEqual(["11", "12", "10", "13"]);
    await expectSound(world);
  });

  test("a swap whose second alias somebody else has taken is taken back whole", async () => {
    const world = table();
    await begin(world, policyOf());
    await world.play("Production", "70/200");
    await world.play("B", "140/200");
    const { registry } = world.controller;
    // Between the look and the swap: B is another's.
    const racing = {
      ...registry,
      setAlias: async (...call: Parameters<typeof registry.setAlias>) => {
        await registry.setAlias(...call);
        if (call[1] === "Production" && call[2] === "11") world.moveAlias("B", "14");
      },
    };
    for (let i = 0; i < 4; i++) await tick({ ...world.controller, registry: racing, holder: `process ${i}` }, MODEL);
    const state = await step(world, 2);
    expect(verdict(state)).toBe("rollback plan_failed");
    expect(state.rollout?.status).toBe("rolled_back");
    expect(world.holders()).toEqual(["10", "14", "12", "13"]);
    await expectSound(world);
  });

  test("a hold waits, and the cycle goes on after it", async () => {
    const world = table();
    await begin(world, COMPAT);
    await hold(world.controller, MODEL, { by: "eve", reason: "a fair" });
    expect(verdict(await step(world))).toBe("hold operator_hold");
    expect((await readState(world.controller, MODEL)).rollout?.status).toBe("running");
    await resume(world.controller, MODEL, { by: "eve", reason: "over" });
    expect((await step(world)).rollout?.status).toBe("retained");
  });

  test("I14: a preview says what would happen and changes nothing", async () => {
    const world = table();
    expect((await previewStart(world.controller, { policy: COMPAT, challenger: null, by: "nobody" })).plan.effects).toEqual([]);
    await begin(world, COMPAT);
    await world.play("Production", "1/4");
    await world.play("B", "4/4");
    const { decision, plan } = await previewTick(world.controller, MODEL);
    expect(decision?.compatLabel).toBe("swap_production_b");
    expect(plan.effects.filter(({ kind }) => kind === "registry.alias").length).toBe(2);
    expect(world.holders()).toEqual(["10", "11", "12", "13"]);
  });

  test.each([
    ["nobody holds the second slot", { Production: "10" }, null, /no alias "B"/],
    ["one version holds both", { Production: "10", B: "10" }, null, /holds both Production and B/],
    ["another was named", { Production: "10", B: "11" }, "12", /version 12 was named/],
  ] as const)("it does not begin when %s", async (_, aliases, challenger, wanted) => {
    const world = table();
    world.registry.set(MODEL, { ...world.model(), aliases });
    await expect(startRollout(world.controller, { policy: policyOf(), challenger, by: "trainer" })).rejects.toThrow(wanted);
  });

  test("a policy of another kind needs its challenger named", async () => {
    const world = table();
    const { policyOf: abtest } = await import("./testing/small-world.ts");
    await expect(startRollout(world.controller, { policy: abtest(), challenger: null, by: "trainer" })).rejects.toThrow(/nobody says which version wants to serve/);
  });
});
