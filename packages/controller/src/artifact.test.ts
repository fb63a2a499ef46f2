import { Failure, type ArtifactRules, type Decision, type LedgerEvent, type VersionFile } from "@gauntlet/core";
import { beforeEach, describe, expect, test } from "vitest";

import type { Controller } from "./controller.ts";
import { request } from "./operate.ts";
import { previewTick } from "./preview.ts";
import { startRollout } from "./start-rollout.ts";
import { MINUTE, MODEL, openRollout, policyOf, serve, smallWorld, type SmallWorld } from "./testing/small-world.ts";
import { tick, type TickResult } from "./tick.ts";

const SIGNED: ArtifactRules = { digest: "files", signature: { file: "model.sig", keys: ["release"] } };
const FILES: ArtifactRules = { digest: "files", signature: null };
const file = (path: string, digit: string): VersionFile => ({ path, sha256: digit.repeat(64), bytes: 10 });
const GOOD = [file("MLmodel", "a"), file("model.pkl", "b")];

/** Version 2 has files and a signature, which a test changes; `failure` is what reading them comes to. */
interface Stand extends SmallWorld {
  files2: readonly VersionFile[];
  signature: string | null;
  failure: Failure | null;
  reads: number;
  onRead: ((reads: number) => void) | null;
}

let world: Stand;

beforeEach(() => {
  const small = smallWorld();
  const versionFiles: Controller["versionFiles"] = {
    async list(_, __, beat) {
      world.reads += 1;
      world.onRead?.(world.reads);
      await beat();
      if (world.failure !== null) throw world.failure;
      return [...world.files2, ...(world.signature === null ? [] : [file("model.sig", "c")])];
    },
    text: async () => world.signature,
  };
  const modelKeys: Controller["modelKeys"] = {
    names: ["release"],
    open: (text) => (text === "good" ? { kind: "opened", key: "release", keyId: "00", signed: { files: GOOD, ignored: [] } } : { kind: "refused", why: "key", detail: 'it is not by "release".' }),
  };
  world = { ...small, controller: { ...small.controller, versionFiles, modelKeys }, files2: GOOD, signature: "good", failure: null, reads: 0, onRead: null };
});

const digestOf = (digit: string): string => `sha256:${digit.repeat(64)}`;

function restate(version: string, digest: string | null): void {
  world.registry.set(MODEL, { ...world.model(), versions: world.model().versions.map((known) => (known.version === version ? { ...known, digest } : known)) });
}

/** Everything is there for a promotion at the next tick. */
async function ready(artifact?: ArtifactRules): Promise<void> {
  const rollout = await openRollout(world, policyOf(artifact === undefined ? {} : { artifact }));
  await serve(world, rollout, "b");
  world.pass(11 * MINUTE);
}

async function eventsOf<K extends LedgerEvent["kind"]>(kind: K): Promise<readonly Extract<LedgerEvent, { kind: K }>[]> {
  const entries = await world.controller.store.ledger.read(MODEL, 0, 1000);
  return entries.flatMap(({ event }) => (event.kind === kind ? [event as Extract<LedgerEvent, { kind: K }>] : []));
}

function decisionOf(result: TickResult): Decision {
  if (result.kind === "led_elsewhere" || result.judged === undefined) throw new Error(`nothing was decided: ${result.kind}`);
  return result.judged.decision;
}

describe("I36: a rollout begins", () => {
  const start = (artifact: ArtifactRules) => startRollout(world.controller, { policy: policyOf({ artifact }), challenger: "2", by: "ada" });

  test("with the digest of the files that were read, and without those of the signature", async () => {
    const { rollout } = await start(SIGNED);
    expect(rollout).toMatchObject({ pinned: true, challenger: { version: "2", digest: digestOf("2"), files: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string } });
    expect((await tick(world.controller, MODEL)).kind).toBe("applied");
    const [begun] = await eventsOf("rollout.started");
    expect(begun?.plan.pinned).toEqual({ version: "2", digest: digestOf("2"), files: rollout?.challenger.files, except: "model.sig" });
  });

  test.each([
    ["without a signature", () => { world.signature = null; }, /signature of version 2 of fraud does not hold: there is no file "model.sig"/],
    ["with another's signature", () => { world.signature = "bad"; }, /not by "release"/],
    ["with a file that was not signed", () => { world.files2 = [...GOOD, file("evil.py", "d")]; }, /"evil.py" is there and was not signed/],
    ["while its files can't be read", () => { world.failure = new Failure("registry_unavailable", "no answer"); }, /no answer/],
  ])("never %s", async (_, change, told) => {
    change();
    await expect(start(SIGNED)).rejects.toThrow(told);
    expect(await eventsOf("rollout.started")).toEqual([]);
  });

  test("never with a key that nobody knows, and never without a digest that is asked for", async () => {
    await expect(start({ digest: "files", signature: { file: "model.sig", keys: ["unknown"] } })).rejects.toThrow(/no such key/);
    restate("2", null);
    await expect(start({ digest: "stated", signature: null })).rejects.toThrow(/states no digest for version 2/);
  });
});

describe("I36: a promotion by a policy that asks for a signature", () => {
  test("is one when the same files are still signed, and says so", async () => {
    await ready(SIGNED);
    const decision = decisionOf(await tick(world.controller, MODEL));
    expect(decision).toMatchObject({ verdict: "promote", reason: "all_checks_passed" });
    expect(decision.checks.filter(({ metric }) => metric === "artifact").map(({ id, status }) => [id, status])).toEqual([["artifact-files", "pass"], ["artifact-signature", "pass"]]);
    expect(world.model().aliases["champion"]).toBe("2");
  });

  test.each([
    ["a signature that is gone", () => { world.signature = null; }, "signature_invalid", /there is no file "model.sig"/],
    ["a signature by another key", () => { world.signature = "bad"; }, "signature_invalid", /not by "release"/],
    ["a file that was changed", () => { world.files2 = [file("MLmodel", "a"), file("model.pkl", "e")]; }, "version_mismatch", /are sha256:[0-9a-f]{64}, and were sha256:[0-9a-f]{64} when the rollout began/],
    ["a file more", () => { world.files2 = [...GOOD, file("evil.py", "d")]; }, "version_mismatch", /when the rollout began/],
    ["files that can't be read", () => { world.failure = new Failure("registry_unavailable", "no answer within 5000 ms"); }, "artifact_unread", /no answer within 5000 ms/],
    ["more than is read", () => { world.failure = new Failure("too_large", "more than the 10 bytes that are read"); }, "artifact_unread", /more than the 10 bytes/],
  ])("is none with %s, also when a person asks for it, and goes on when it is mended", async (_, change, reason, told) => {
    await ready(SIGNED);
    const before = { files2: world.files2, signature: world.signature, failure: world.failure };
    change();
    for (const asked of [false, true]) {
      if (asked) await request(world.controller, MODEL, { kind: "promote", by: "ada", reason: "I know it" });
      const decision = decisionOf(await tick(world.controller, MODEL));
      expect(decision).toMatchObject({ verdict: "hold", reason });
      expect(decision.sentence).toMatch(told);
    }
    expect(world.model().aliases).toMatchObject({ champion: "1", challenger: "2" });
    Object.assign(world, before);
    expect(decisionOf(await tick(world.controller, MODEL))).toMatchObject({ verdict: "promote" });
  });

  test("reads the files only where a decision hangs on them, and its preview reads them too", async () => {
    const rollout = await openRollout(world, policyOf({ artifact: SIGNED }));
    const { reads } = world;
    await tick(world.controller, MODEL);
    expect(world.reads).toBe(reads);
    await serve(world, rollout, "b");
    world.pass(11 * MINUTE);
    world.signature = null;
    expect((await previewTick(world.controller, MODEL)).decision).toMatchObject({ verdict: "hold", reason: "signature_invalid" });
    expect(world.reads).toBe(reads + 1);
  });

  test("keeps its lease however long the reading takes", async () => {
    await ready(SIGNED);
    const { leaseMs } = world.controller;
    world.onRead = () => world.pass(leaseMs * 0.6);
    expect(decisionOf(await tick(world.controller, MODEL))).toMatchObject({ verdict: "promote" });
    expect(world.model().aliases["champion"]).toBe("2");
  });
});

describe("I37: an artifact that changes under its version", () => {
  test("before it gets traffic ends the rollout, which then says both digests", async () => {
    await startRollout(world.controller, { policy: policyOf(), challenger: "2", by: "ada" });
    restate("2", digestOf("f"));
    await tick(world.controller, MODEL);
    expect(world.traffic.get(MODEL)?.epoch).toBe(4);
    const decision = decisionOf(await tick(world.controller, MODEL));
    expect(decision).toMatchObject({ verdict: "rollback", reason: "plan_failed" });
    expect(decision.sentence).toContain(`was tested with the digest ${digestOf("2")}, and the registry states ${digestOf("f")} now`);
  });

  test.each([["by itself", false], ["because a person asks for it", true]])("is not promoted %s, and the ledger says both digests", async (_, asked) => {
    await ready();
    restate("2", digestOf("f"));
    if (asked) await request(world.controller, MODEL, { kind: "promote", by: "ada", reason: "I know it" });
    const decision = decisionOf(await tick(world.controller, MODEL));
    expect(decision).toMatchObject({ verdict: "hold", reason: "version_mismatch" });
    expect(decision.sentence).toContain(`Its digest was ${digestOf("2")} when the rollout began, and is ${digestOf("f")} now.`);
    expect(world.model().aliases["champion"]).toBe("1");
  });

  test.each([
    ["the registry states another digest", undefined, () => restate("2", digestOf("f")), digestOf("f")],
    ["its files are others", FILES, () => { world.files2 = GOOD.slice(1); }, "are sha256:"],
  ])("between the traffic and the alias is taken back: %s", async (_, artifact, change, told) => {
    await ready(artifact);
    // The traffic moves, and then the artifact changes, before the alias does.
    const { traffic } = world.controller;
    let moved = false;
    const meddled: Controller = { ...world.controller, traffic: { ...traffic, apply: async (allocation) => { await traffic.apply(allocation); if (!moved) change(); moved = true; } } };
    expect(decisionOf(await tick(meddled, MODEL))).toMatchObject({ verdict: "promote" });
    expect(world.model().aliases["champion"]).toBe("1");
    expect(await eventsOf("effect.failed")).toEqual([expect.objectContaining({ code: "artifact_changed", retryable: false, detail: expect.stringContaining(told) as string })]);
    expect(decisionOf(await tick(world.controller, MODEL))).toMatchObject({ verdict: "rollback", reason: "plan_failed" });
    expect(world.model().aliases["champion"]).toBe("1");
    expect(world.traffic.get(MODEL)?.arms.filter(({ ranges }) => ranges.length > 0).map(({ version }) => version)).toEqual(["1"]);
  });

  test("right after the alias moved is found when it is read back", async () => {
    await ready();
    const { registry } = world.controller;
    const meddled: Controller = { ...world.controller, registry: { ...registry, setAlias: async (...alias) => { await registry.setAlias(...alias); if (alias[1] === "champion") restate("2", digestOf("f")); } } };
    await tick(meddled, MODEL);
    expect(await eventsOf("plan.applied")).toHaveLength(1);
    expect(await eventsOf("effect.failed")).toMatchObject([{ code: "artifact_changed" }]);
    expect(decisionOf(await tick(world.controller, MODEL))).toMatchObject({ verdict: "rollback", reason: "plan_failed" });
    expect(world.model().aliases["champion"]).toBe("1");
  });

  test("once it serves is shown, and left to people", async () => {
    await ready();
    await tick(world.controller, MODEL);
    expect(world.model().aliases["champion"]).toBe("2");
    restate("2", digestOf("f"));
    world.pass(60 * MINUTE);
    const result = await tick(world.controller, MODEL);
    expect(result.kind === "led_elsewhere" ? null : result.state.drift).toBe(`the digest of fraud version 2 is ${digestOf("f")}; ${digestOf("2")} was tested`);
    restate("2", digestOf("2"));
    const after = await tick(world.controller, MODEL);
    expect(after.kind === "led_elsewhere" ? "" : after.state.drift).toBe(null);
  });
});
