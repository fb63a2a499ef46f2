import { decide, Failure, planFor, replayEntry, sha256, type LedgerEntry } from "@gauntlet/core";
import { describe, expect, test } from "vitest";

import { readState } from "./chain.ts";
import type { Controller } from "./controller.ts";
import { observe } from "./observe.ts";
import { approve, hold, request, resume } from "./operate.ts";
import type { Registry } from "./ports/registry.ts";
import { MINUTE, MODEL, openRollout, policyOf, serve, smallWorld, type SmallWorld } from "./testing/small-world.ts";
import { tick } from "./tick.ts";

const by = { by: "grace", reason: "because" };

/** A rollout whose look is due, and says promote. */
async function dueWorld(change: Parameters<typeof policyOf>[0] = {}): Promise<SmallWorld> {
  const world = smallWorld();
  await serve(world, await openRollout(world, policyOf(change)), "first");
  world.pass(11 * MINUTE);
  return world;
}

function withRegistry(controller: Controller, change: Partial<Registry>): Controller {
  return { ...controller, registry: { ...controller.registry, ...change } };
}

function entriesOf({ memory }: SmallWorld): readonly LedgerEntry[] {
  return memory.chains.get(MODEL)?.entries ?? [];
}

function kindsOf(world: SmallWorld): readonly string[] {
  return entriesOf(world).map((entry) => entry.event.kind);
}

describe("a promotion", () => {
  test("moves traffic, aliases, tags and documents, and is applied only then", async () => {
    const world = await dueWorld();
    const result = await tick(world.controller, MODEL);
    expect(result).toMatchObject({ kind: "applied", state: { rollout: { status: "promoted" }, pending: null } });
    expect(world.model().aliases).toEqual({ champion: "2", previous: "1" });
    expect(world.traffic.get(MODEL)?.arms.map((arm) => arm.version)).toEqual(["2"]);
    expect([...world.files.keys()].toSorted()).toEqual(["run-2/decision.md", "run-2/decision.yaml", "run-2/model_lifecycle.yaml"]);
    expect(entriesOf(world).map(replayEntry).filter((replay) => replay !== null)).toMatchObject([{ same: true }]);
  });

  test("with a key, has each document signed beside it, once; what was changed before the plan settled is put back", async () => {
    const world = await dueWorld();
    const signer = { keyId: "k".repeat(64), publicKey: "", envelope: (type: string, payload: string) => JSON.stringify({ type, payload }) };
    const controller = { ...world.controller, signer };
    await tick(controller, MODEL);
    expect([...world.files.keys()].toSorted()).toEqual(["decision.md", "decision.yaml", "model_lifecycle.yaml"].flatMap((name) => [`run-2/${name}`, `run-2/${name}.dsse.json`]));
    expect(world.files.get("run-2/decision.md")).toContain(`Signed with the Ed25519 key \`${signer.keyId}\`, in \`decision.md.dsse.json\``);
    const { payload } = JSON.parse(world.files.get("run-2/decision.md.dsse.json") ?? "") as { readonly payload: string };
    expect(JSON.parse(payload)).toMatchObject({ subject: [{ name: "decision.md", digest: { sha256: sha256(world.files.get("run-2/decision.md") ?? "") } }] });
    const signed = new Map(world.files);
    world.files.set("run-2/decision.md.dsse.json", "{}");
    for (let turn = 0; turn < 2; turn++) await tick(controller, MODEL);
    expect(world.files).toEqual(signed);
    expect(entriesOf(world).map(replayEntry).filter((replay) => replay !== null)).toMatchObject([{ same: true }]);
  });

  test("without a key, has documents that say they are not signed", async () => {
    const world = await dueWorld();
    await tick(world.controller, MODEL);
    expect(world.files.get("run-2/decision.md")).toContain("Not signed");
    expect(world.files.get("run-2/model_lifecycle.yaml")).toContain("signature:\n  kind: none");
  });

  test("is left to the controller that leads", async () => {
    const world = await dueWorld();
    await world.controller.store.leases.acquire({ name: `model:${MODEL}`, holder: "another", now: world.controller.clock.now(), ttlMs: 10_000 });
    expect(await tick(world.controller, MODEL)).toEqual({ kind: "led_elsewhere" });
    world.pass(10_001);
    expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "applied" });
  });

  test("is not written by a process that slept through its lease", async () => {
    const world = await dueWorld();
    let moved = 0;
    const sleepy = withRegistry(world.controller, {
      read: async (model, versions) => {
        const view = await world.controller.registry.read(model, versions);
        world.pass(10_001);
        return view;
      },
      setAlias: async () => {
        moved += 1;
      },
    });
    await expect(tick(sleepy, MODEL)).rejects.toMatchObject({ code: "fenced" });
    expect(moved).toBe(0);
  });

  test("goes on where its predecessor died", async () => {
    const world = await dueWorld();
    const dying = withRegistry(world.controller, { setTag: () => Promise.reject(new Failure("store_unavailable", "the process is gone")) });
    await expect(tick(dying, MODEL)).rejects.toMatchObject({ code: "store_unavailable" });
    const before = kindsOf(world).length;
    expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "applied" });
    expect(kindsOf(world).filter((kind) => kind === "decision")).toHaveLength(1);
    const notes = entriesOf(world).flatMap(({ event }) => (event.kind === "effect.applied" ? [event.key] : []));
    expect(new Set(notes).size).toBe(notes.length);
    expect(kindsOf(world).length).toBeGreaterThan(before);
  });
});

describe("a registry that", () => {
  const broken = () => Promise.reject(new Failure("registry_unavailable", "POST /alias: 500"));

  test("answers 500, or not in time, holds: an outage is no evidence (I7)", async () => {
    const world = await dueWorld();
    const result = await tick(withRegistry(world.controller, { read: broken }), MODEL);
    expect(result).toMatchObject({ kind: "decided", state: { decision: { verdict: "hold", reason: "evidence_unavailable" }, rollout: { status: "running" } } });
    expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "applied", state: { decision: { verdict: "promote" } } });
  });

  test("answers 500 in the middle of a promotion leaves it pending, says so once, and lets it go on", async () => {
    const world = await dueWorld();
    const down = withRegistry(world.controller, { setAlias: broken });
    expect(await tick(down, MODEL)).toMatchObject({ kind: "waiting", state: { rollout: { status: "running" }, pending: { failed: { code: "registry_unavailable", retryable: true } } } });
    const entries = entriesOf(world).length;
    await tick(down, MODEL);
    await tick(down, MODEL);
    expect(entriesOf(world)).toHaveLength(entries);
    expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "applied", state: { rollout: { status: "promoted" } } });
    expect(world.model().aliases["champion"]).toBe("2");
  });

  test("does what it is told and then times out is looked at, not told again", async () => {
    const world = await dueWorld();
    let writes = 0;
    const setAlias: Registry["setAlias"] = async (...args) => {
      writes += 1;
      await world.controller.registry.setAlias(...args);
      throw new Failure("registry_unavailable", "timed out");
    };
    for (let ticks = 0; ticks < 4; ticks++) await tick(withRegistry(world.controller, { setAlias }), MODEL);
    expect((await readState(world.controller, MODEL)).rollout?.status).toBe("promoted");
    expect(writes).toBe(3);
  });

  test("lies in read-back is not believed: nothing is applied that does not show", async () => {
    const world = await dueWorld();
    const liar = withRegistry(world.controller, { setAlias: async () => {} });
    const result = await tick(liar, MODEL);
    expect(result).toMatchObject({ kind: "waiting", state: { pending: { applied: [], failed: { code: "read_back_mismatch", retryable: true } }, rollout: { status: "running" } } });
    expect(kindsOf(world)).not.toContain("plan.reopened");
    expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "applied" });
  });

  test("refuses for good has the promotion taken back, never left half done", async () => {
    const world = await dueWorld();
    const refusing = withRegistry(world.controller, { setAlias: async (model, alias, version) => (alias === "champion" && version === "2" ? Promise.reject(new Failure("registry_refused", "403")) : world.controller.registry.setAlias(model, alias, version)) });
    await tick(refusing, MODEL);
    expect(world.traffic.get(MODEL)?.arms.map((arm) => arm.version)).toEqual(["2"]);
    expect(await tick(refusing, MODEL)).toMatchObject({ kind: "applied", state: { decision: { verdict: "rollback", reason: "plan_failed" }, rollout: { status: "rolled_back" } } });
    expect(world.model().aliases).toEqual({ champion: "1", previous: "0" });
    expect(world.traffic.get(MODEL)).toMatchObject({ seed: "before", arms: [{ version: "1" }] });
  });

  test("has lost the challenger still lets a rollback through", async () => {
    const world = await dueWorld();
    await tick(world.controller, MODEL);
    world.moveAlias("champion", "1");
    world.registry.set(MODEL, { ...world.model(), versions: world.model().versions.filter((row) => row.version !== "2") });
    await request(world.controller, MODEL, { ...by, kind: "rollback" });
    expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "applied", state: { rollout: { status: "rolled_back" }, pending: null } });
    expect(world.traffic.get(MODEL)?.arms.map((arm) => arm.version)).toEqual(["1"]);
  });
});

describe("a foreign move", () => {
  test("of the champion holds a rollout, and is undone only by a rollback that a person asks for", async () => {
    const world = await dueWorld();
    world.moveAlias("champion", "9");
    expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "decided", state: { decision: { verdict: "hold", reason: "foreign_move" } } });
    expect(world.model().aliases["champion"]).toBe("9");
    await request(world.controller, MODEL, { ...by, kind: "rollback" });
    expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "applied", state: { decision: { reason: "manual" } } });
    expect(world.model().aliases["champion"]).toBe("1");
  });

  test("that a promotion meets is looked at twice, and then the promotion is taken back", async () => {
    const world = await dueWorld();
    let stale = 1;
    const racing = withRegistry(world.controller, {
      read: async (model, versions) => {
        const view = await world.controller.registry.read(model, versions);
        const moving = world.traffic.get(MODEL)?.arms.length === 1;
        return moving && versions.length === 0 && stale-- > 0 ? { ...view, aliases: { ...view.aliases, champion: "9" } } : view;
      },
    });
    // One reading from a while ago stops nothing for good.
    expect(await tick(racing, MODEL)).toMatchObject({ kind: "waiting", state: { pending: { failed: { code: "foreign_move", retryable: true } } } });
    expect(await tick(racing, MODEL)).toMatchObject({ kind: "applied", state: { rollout: { status: "promoted" } } });

    const other = await dueWorld();
    const moved = withRegistry(other.controller, {
      setAlias: async (model, alias, version) => {
        await other.controller.registry.setAlias(model, alias, version);
        if (alias === "previous" && version === "1") other.moveAlias("champion", "9");
      },
    });
    expect(await tick(moved, MODEL)).toMatchObject({ kind: "waiting", state: { pending: { failed: { code: "foreign_move", retryable: true } } } });
    await tick(moved, MODEL);
    expect(await tick(moved, MODEL)).toMatchObject({ kind: "applied", state: { decision: { verdict: "rollback", reason: "plan_failed" }, rollout: { status: "rolled_back" } } });
    expect(other.model().aliases["champion"]).toBe("9");
    expect(other.traffic.get(MODEL)?.arms.map((arm) => arm.version)).toEqual(["1"]);
  });

  test("after a promotion is shown, left alone, and forgotten when it is gone", async () => {
    const world = await dueWorld();
    await tick(world.controller, MODEL);
    world.pass(60 * MINUTE);
    world.moveAlias("champion", "1");
    expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "idle", state: { drift: expect.stringContaining('alias "champion" of fraud is 1; 2 was set') } });
    await tick(world.controller, MODEL);
    expect(kindsOf(world).filter((kind) => kind === "drift.seen")).toHaveLength(1);
    expect(world.model().aliases["champion"]).toBe("1");
    world.moveAlias("champion", "2");
    expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "idle", state: { drift: null } });
  });

  test("right after a promotion is told from a late write of our own by its value", async () => {
    const world = await dueWorld();
    await tick(world.controller, MODEL);
    world.moveAlias("champion", "9");
    expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "idle", state: { drift: expect.stringContaining("champion") } });
    expect(world.model().aliases["champion"]).toBe("9");
    // Version 1 is what the alias was before: as if the write had been lost, or an older one had come after it.
    world.moveAlias("champion", "1");
    await tick(world.controller, MODEL);
    expect(world.model().aliases["champion"]).toBe("2");
    expect(kindsOf(world)).toContain("plan.reopened");
  });
});

describe("people", () => {
  test("I15: a rollback needs no data, and works the moment a rollout has begun", async () => {
    const world = smallWorld();
    await openRollout(world);
    await request(world.controller, MODEL, { ...by, kind: "rollback" });
    expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "applied", state: { decision: { verdict: "rollback", reason: "manual" }, rollout: { status: "rolled_back" } } });
    expect(world.traffic.get(MODEL)).toMatchObject({ epoch: 6, seed: "before", arms: [{ version: "1" }] });
    expect(world.model().aliases).toEqual({ champion: "1", previous: "0" });
  });

  test("I15: a rollback works while registry, evidence and traffic can't be read, as soon as they can be written", async () => {
    const world = await dueWorld();
    await tick(world.controller, MODEL);
    await request(world.controller, MODEL, { ...by, kind: "rollback" });
    const down = withRegistry(world.controller, { read: () => Promise.reject(new Failure("registry_unavailable", "500")) });
    expect(await tick(down, MODEL)).toMatchObject({ kind: "waiting", state: { decision: { verdict: "rollback" } } });
    // Traffic goes first, so the predecessor serves although the registry is out.
    expect(world.traffic.get(MODEL)?.arms.map((arm) => arm.version)).toEqual(["1"]);
    expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "applied", state: { rollout: { status: "rolled_back" } } });
  });

  test("can't reject or promote what is being applied: only a rollback is then allowed", async () => {
    const world = await dueWorld();
    await tick(withRegistry(world.controller, { setTag: () => Promise.reject(new Failure("registry_unavailable", "500")) }), MODEL);
    expect(world.model().aliases["champion"]).toBe("2");
    await expect(request(world.controller, MODEL, { ...by, kind: "reject" })).rejects.toMatchObject({ code: "conflict" });
    await request(world.controller, MODEL, { ...by, kind: "rollback" });
    await tick(world.controller, MODEL);
    expect(world.model().aliases).toEqual({ champion: "1", previous: "0" });
  });

  test("hold a promotion back until they let it go", async () => {
    const world = await dueWorld();
    await hold(world.controller, MODEL, by);
    expect(await tick(world.controller, MODEL)).toMatchObject({ state: { decision: { verdict: "hold", reason: "operator_hold" } } });
    await resume(world.controller, MODEL, by);
    expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "applied", state: { decision: { verdict: "promote" } } });
  });

  test("I12: a signature is for the evidence that was seen, and void when that changes", async () => {
    const world = await dueWorld({ approval: { by: 1, notBy: ["ada"] } });
    const sign = async (who: string) => {
      const { decision } = await readState(world.controller, MODEL);
      return approve(world.controller, MODEL, { by: who, decisionId: decision?.id ?? "", evidenceDigest: decision?.evidenceDigest ?? "", comment: "looks right" });
    };
    expect(await tick(world.controller, MODEL)).toMatchObject({ state: { decision: { verdict: "hold", reason: "awaiting_approval" } } });
    const seen = await readState(world.controller, MODEL);
    await expect(sign("ada")).rejects.toMatchObject({ code: "forbidden" });
    await sign("grace");
    // More outcomes of the look arrive before the tick: nobody has seen these.
    const rollout = seen.rollout;
    if (rollout === null) throw new Error("no rollout");
    await serve(world, rollout, "late");
    expect(await tick(world.controller, MODEL)).toMatchObject({ state: { decision: { verdict: "hold", reason: "awaiting_approval" } } });
    await expect(approve(world.controller, MODEL, { by: "grace", decisionId: seen.decision?.id ?? "", evidenceDigest: seen.decision?.evidenceDigest ?? "", comment: "" })).rejects.toMatchObject({ code: "conflict" });
    await sign("grace");
    expect(await tick(world.controller, MODEL)).toMatchObject({ kind: "applied", state: { decision: { verdict: "promote" } } });
  });
});

test("I6: evidence of one epoch never enters another's decision, be it ever so late", async () => {
  const world = smallWorld();
  const first = await openRollout(world);
  await request(world.controller, MODEL, { ...by, kind: "reject" });
  await tick(world.controller, MODEL);
  world.pass(MINUTE);
  const second = await openRollout(world);
  expect(second.allocation.epoch).toBeGreaterThan(first.allocation.epoch);
  // Outcomes of the first rollout's split, served while it lasted, at instants of the second's look.
  await serve(world, { ...first, startedAt: second.startedAt }, "late");
  world.pass(11 * MINUTE);
  expect((await observe(world.controller, await readState(world.controller, MODEL))).evidence).toMatchObject({ available: true, soFar: [] });
  expect(await tick(world.controller, MODEL)).toMatchObject({ state: { decision: { verdict: "retain", reason: "unproven" } } });
  expect(world.memory.evidence.get(MODEL)?.cells.size).toBeGreaterThan(0);
});

test("I14: observing, deciding and planning writes nothing, anywhere", async () => {
  const world = await dueWorld();
  const before = structuredClone([world.memory, world.registry, world.traffic, world.files]);
  const observation = await observe(world.controller, await readState(world.controller, MODEL));
  const plan = planFor(decide(observation.rollout.policy, observation), observation);
  expect(plan.becomes).toBe("promoted");
  expect([world.memory, world.registry, world.traffic, world.files]).toEqual(before);
});
