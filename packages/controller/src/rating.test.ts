import { canonicalJson, emptyState, Failure, replayEntry, verifyChain, type LedgerEntry, type ModelState, type RatingPolicy } from "@gauntlet/core";
import { describe, expect, test } from "vitest";

import { readState } from "./chain.ts";
import type { Controller } from "./controller.ts";
import type { MatchLedger } from "./matches/match-ledger.ts";
import { openMatchLedger } from "./matches/open-match-ledger.ts";
import { approve, request } from "./operate.ts";
import { previewStart, previewTick } from "./preview.ts";
import { startRollout } from "./start-rollout.ts";
import { MINUTE, MODEL, smallWorld, type SmallWorld } from "./testing/small-world.ts";
import { tick } from "./tick.ts";

function policyOf(change: Partial<RatingPolicy> = {}): RatingPolicy {
  return {
    kind: "rating",
    name: "ladder",
    model: MODEL,
    mode: "strict",
    metrics: {},
    bucketMs: MINUTE,
    approval: null,
    effects: ["registry.alias", "registry.tag", "document"],
    impact: null,
    promotion: "production",
    board: "square8",
    players: 2,
    baseline: { kind: "champion" },
    criteria: { minEloImprovement: { parts: 0, of: 1 }, minGames: 50, minWinRate: { parts: 1, of: 2 }, wilson: false, minElo: null, eloFall: { parts: -30, of: 1 }, maxGames: null },
    pairs: "tournament",
    sprt: { width: { parts: 50, of: 1 }, beta: { parts: 1, of: 20 }, scale: "logistic" },
    alpha: { parts: 1, of: 20 },
    spending: "each",
    harm: { elo: { parts: 100, of: 1 }, alpha: { parts: 1, of: 1000 } },
    tier: null,
    gate: null,
    checks: [],
    ...change,
  };
}

interface Arena extends SmallWorld {
  readonly ledger: MatchLedger;
  readonly controller: Controller;
  /** So many pairs of games; of every ten the first player wins `wins` with either seat. */
  play(players: readonly [string, string], pairs: number, wins: number): Promise<void>;
}

async function arena(anchors: ReadonlyMap<string, number> = new Map()): Promise<Arena> {
  const world = smallWorld();
  const { clock, store } = world.controller;
  const ledger = await openMatchLedger({ store: store.matches, node: "here", strategy: "last_write_wins", clock, model: { ties: "davidson", lastPlaces: "unknown", seatRidge: null, priorGames: 0, anchors } });
  let round = 0;
  return {
    ...world,
    ledger,
    controller: { ...world.controller, matches: () => Promise.resolve(ledger) },
    play: async ([a, b], pairs, wins) => {
      round++;
      const rows = Array.from({ length: pairs }, (_, i) => [0, 1].map((seat) => ({ id: `${round}-${i}-${seat}`, players: seat === 0 ? [a, b] : [b, a], winner: i % 10 < wins ? a : b, board: "square8", at: clock.now() - 1000 + i, tournament: `t${round}-${i}` })));
      const report = await ledger.importMatches(rows.flat());
      expect(report.rejectedCount).toBe(0);
      world.pass(MINUTE);
    },
  };
}

const [CHAMPION, CHALLENGER] = [`${MODEL}@1`, `${MODEL}@2`];

/** Each tick by another process. */
async function step(world: Arena, times = 2): Promise<ModelState> {
  for (let i = 0; i < times; i++) await tick({ ...world.controller, holder: `process ${i}` }, MODEL);
  return readState(world.controller, MODEL);
}

async function begin(world: Arena, policy: RatingPolicy, challenger = "2"): Promise<ModelState> {
  await startRollout(world.controller, { policy, challenger, by: "ada" });
  return step(world, 1);
}

function entriesOf(world: Arena): Promise<readonly LedgerEntry[]> {
  return world.controller.store.ledger.read(MODEL, 0, 1000);
}

async function expectSound(world: Arena): Promise<void> {
  const entries = await entriesOf(world);
  expect(verifyChain(entries, null)).toMatchObject({ broken: null, head: { seq: entries.length } });
  const replays = entries.map(replayEntry).filter((replay) => replay !== null);
  expect(replays.length).toBeGreaterThan(0);
  expect(replays.filter(({ same }) => !same)).toEqual([]);
}

const verdict = (state: ModelState): string => `${state.decision?.verdict} ${state.decision?.reason}`;

describe("a promotion by matches", () => {
  test("waits for matches, then for proof, and promotes; nobody needs traffic for it", async () => {
    const world = await arena();
    world.traffic.delete(MODEL);
    await world.play([CHAMPION, "old"], 20, 6);
    expect(verdict(await begin(world, policyOf()))).toBe("undefined undefined");
    expect(world.model().aliases).toMatchObject({ champion: "1", challenger: "2" });
    expect(verdict(await step(world, 1))).toBe("hold unrated");
    await world.play([CHALLENGER, CHAMPION], 10, 6);
    expect(verdict(await step(world, 1))).toBe("hold insufficient_data");
    await world.play([CHALLENGER, CHAMPION], 20, 6);
    expect(verdict(await step(world, 1))).toBe("hold inconclusive");
    await world.play([CHALLENGER, CHAMPION], 150, 7);
    const state = await step(world);
    expect(verdict(state)).toBe("promote all_checks_passed");
    expect(state.rollout?.status).toBe("promoted");
    expect(world.model().aliases).toEqual({ champion: "2", previous: "1" });
    expect(world.model().versions.find(({ version }) => version === "2")?.tags).toMatchObject({ "gauntlet.lifecycle": "champion" });
    expect(world.files.get("run-2/decision.md")).toMatch(/better by more than/);
    expect(world.traffic.size).toBe(0);
    expect(state.epochs).toEqual([]);
    await expectSound(world);
  });

  test("a record of what was seen that is changed afterwards is no replay", async () => {
    const world = await arena();
    await world.play([CHALLENGER, CHAMPION], 20, 6);
    await begin(world, policyOf());
    await step(world, 1);
    const entry = (await entriesOf(world)).findLast(({ event }) => event.kind === "decision");
    const text = JSON.stringify(entry).replace(`"games":40`, `"games":41`);
    expect(replayEntry(JSON.parse(text) as LedgerEntry)).toMatchObject({ same: false });
  });

  test("while no match comes, ticks add nothing to the ledger", async () => {
    const world = await arena();
    await world.play([CHALLENGER, CHAMPION], 30, 6);
    await begin(world, policyOf());
    await step(world, 1);
    const before = await entriesOf(world);
    world.pass(MINUTE);
    await step(world, 5);
    expect(await entriesOf(world)).toEqual(before);
  });

  test("a weaker one is put away, for harm at once", async () => {
    const world = await arena();
    await world.play([CHALLENGER, CHAMPION], 90, 2);
    await begin(world, policyOf());
    const state = await step(world);
    expect(verdict(state)).toBe("rollback harm");
    expect(state.rollout?.status).toBe("rolled_back");
    expect(world.model().aliases).toEqual({ champion: "1", previous: "0" });
    await expectSound(world);
  });

  test("a person's rollback puts back what was there before the promotion", async () => {
    const world = await arena();
    await world.play([CHALLENGER, CHAMPION], 150, 7);
    await begin(world, policyOf());
    await step(world);
    expect(world.model().aliases).toEqual({ champion: "2", previous: "1" });
    await request(world.controller, MODEL, { kind: "rollback", by: "eve", reason: "it loops" });
    const state = await step(world);
    expect(state.rollout?.status).toBe("rolled_back");
    expect(world.model().aliases).toEqual({ champion: "1", previous: "0" });
    await expectSound(world);
  });

  test("with traffic among its effects a promotion moves it, and a rollback moves it back", async () => {
    const world = await arena();
    const serving = () => world.traffic.get(MODEL)?.arms.filter(({ ranges }) => ranges.length > 0).map(({ slot, version }) => `${slot}=${version}`);
    await world.play([CHALLENGER, CHAMPION], 150, 7);
    await begin(world, policyOf({ effects: ["registry.alias", "traffic"] }));
    expect(serving()).toEqual(["champion=1"]);
    await step(world);
    expect(serving()).toEqual(["champion=2"]);
    await request(world.controller, MODEL, { kind: "rollback", by: "eve", reason: "it loops" });
    await step(world);
    expect(serving()).toEqual(["champion=1"]);
  });

  test("a signature holds for the matches it was given for, though others come", async () => {
    const world = await arena();
    await world.play([CHALLENGER, CHAMPION], 150, 7);
    await begin(world, policyOf({ approval: { by: 1, notBy: [] } }));
    const waiting = await step(world, 1);
    expect(verdict(waiting)).toBe("hold awaiting_approval");
    await world.play([CHALLENGER, CHAMPION], 5, 0);
    const still = await step(world, 1);
    expect(still.decision?.evidenceDigest).toBe(waiting.decision?.evidenceDigest);
    await approve(world.controller, MODEL, { by: "bob", decisionId: waiting.decision?.id ?? "", evidenceDigest: waiting.decision?.evidenceDigest ?? "", comment: "" });
    expect((await step(world)).rollout?.status).toBe("promoted");
    await expectSound(world);
  });
});

describe("what a version becomes", () => {
  test("staging: its alias, and the champion stays", async () => {
    const world = await arena();
    await world.play([CHALLENGER, CHAMPION], 150, 7);
    await begin(world, policyOf({ promotion: "staging" }));
    await step(world);
    expect(world.model().aliases).toEqual({ champion: "1", previous: "0", staging: "2" });
    await request(world.controller, MODEL, { kind: "rollback", by: "eve", reason: "too early" });
    await step(world);
    expect(world.model().aliases).toEqual({ champion: "1", previous: "0" });
  });

  test("in compat mode its stage, too", async () => {
    const world = await arena();
    await world.play([CHALLENGER, CHAMPION], 60, 7);
    await begin(world, policyOf({ mode: "compat", promotion: "staging", effects: ["registry.stage"] }));
    const state = await step(world);
    expect(state.rollout?.status).toBe("promoted");
    expect(world.model().versions.find(({ version }) => version === "2")?.stage).toBe("Staging");
    expect(world.model().aliases).toEqual({ champion: "1", previous: "0" });
  });

  test("a tier: on the scale of an anchor, for the champion too", async () => {
    const world = await arena(new Map([["anchor", 1000]]));
    const tier = { target: "D2", minGames: 100, ladder: [{ name: "D1", elo: { parts: 1000, of: 1 } }, { name: "D2", elo: { parts: 1050, of: 1 } }] };
    await world.play([CHAMPION, "anchor"], 300, 7);
    await begin(world, policyOf({ promotion: "tier", tier, baseline: { kind: "none" } }), "1");
    const state = await step(world);
    expect(verdict(state)).toBe("promote all_checks_passed");
    expect(world.model().aliases).toEqual({ champion: "1", previous: "0", "tier-D2": "1" });
    await expectSound(world);
  });

  test("a tier without an anchor holds, and says so", async () => {
    const world = await arena();
    const tier = { target: "D2", minGames: 100, ladder: [{ name: "D2", elo: { parts: 1050, of: 1 } }] };
    await world.play([CHAMPION, "anchor"], 300, 7);
    await begin(world, policyOf({ promotion: "tier", tier, baseline: { kind: "none" } }), "1");
    expect(verdict(await step(world, 1))).toBe("hold unanchored");
  });

  test("rollback: the former version gets its place back, and nobody returns to the one that was sent away", async () => {
    const world = await arena();
    const former = `${MODEL}@0`;
    await world.play([former, CHAMPION], 150, 7);
    await begin(world, policyOf({ promotion: "rollback" }), "0");
    expect(world.model().aliases).toEqual({ champion: "1", previous: "0" });
    await step(world);
    expect(world.model().aliases).toEqual({ champion: "0" });
    expect(world.model().versions.find(({ version }) => version === "1")?.tags["gauntlet.lifecycle"]).toBe("rolled_back");
  });

  test("rollback in compat mode goes by the champion's latest ratings", async () => {
    const world = await arena();
    await world.play([CHAMPION, "old"], 20, 10);
    await begin(world, policyOf({ mode: "compat", promotion: "rollback" }), "0");
    expect(verdict(await step(world, 1))).toBe("hold inconclusive");
    await world.play([CHAMPION, "old"], 6, 0);
    expect((await step(world)).rollout?.status).toBe("promoted");
    expect(world.model().aliases).toEqual({ champion: "0" });
    await expectSound(world);
  });
});

describe("who plays", () => {
  test("a version plays under its tag `participant`", async () => {
    const world = await arena();
    const named = { ...world.model(), versions: world.model().versions.map((known) => (known.version === "2" ? { ...known, tags: { participant: "deep" } } : known)) };
    world.registry.set(MODEL, named);
    await world.play(["deep", CHAMPION], 150, 7);
    await begin(world, policyOf());
    expect((await step(world)).rollout?.status).toBe("promoted");
  });

  test("a baseline without matches can't begin in strict mode; in compat mode it counts as new", async () => {
    const world = await arena();
    await world.play([CHALLENGER, "square8_v41"], 60, 9);
    const mistyped = { baseline: { kind: "participant", participant: "square8_v4l" } } as const;
    const refused = await startRollout(world.controller, { policy: policyOf(mistyped), challenger: "2", by: "ada" }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Failure);
    expect(refused).toMatchObject({ code: "not_found", fix: expect.stringContaining(`did you mean "square8_v41"?`) as string });
    await expect(startRollout(world.controller, { policy: policyOf(), challenger: "2", by: "ada" })).rejects.toThrow(/no match of "fraud@1" on square8_2p/);
    await begin(world, policyOf({ ...mistyped, mode: "compat" }));
    expect((await step(world)).rollout?.status).toBe("promoted");
  });

  test("without a match ledger nothing begins", async () => {
    const world = smallWorld();
    await expect(startRollout(world.controller, { policy: policyOf(), challenger: "2", by: "ada" })).rejects.toThrow(/no match ledger/);
  });

  test("who can't be looked up in the registry is not guessed", async () => {
    const world = await arena();
    await world.play([CHALLENGER, CHAMPION], 150, 7);
    await begin(world, policyOf());
    const broken: Controller = { ...world.controller, registry: { ...world.controller.registry, read: () => Promise.reject(new Failure("registry_unavailable", "nobody answers")) } };
    await tick(broken, MODEL);
    expect(verdict(await readState(world.controller, MODEL))).toBe("hold evidence_unavailable");
    expect((await step(world)).rollout?.status).toBe("promoted");
  });
});

test("a dry run leaves no trace (I14)", async () => {
  const world = await arena();
  await world.play([CHALLENGER, CHAMPION], 150, 7);
  const trace = async () => canonicalJson([world.model(), [...world.files], [...world.traffic], await entriesOf(world), await readState(world.controller, MODEL)]);
  const before = await trace();
  const { plan, rollout } = await previewStart(world.controller, { policy: policyOf(), challenger: "2", by: "ada" });
  expect(plan.effects.map(({ kind }) => kind)).toEqual(["registry.alias", "registry.tag"]);
  expect(await trace()).toBe(before);
  expect(await readState(world.controller, MODEL)).toEqual(emptyState(MODEL));
  expect(rollout.policy.kind).toBe("rating");

  await begin(world, policyOf());
  const running = await trace();
  const preview = await previewTick(world.controller, MODEL);
  expect(preview.decision).toMatchObject({ verdict: "promote" });
  expect(preview.traffic).toBeNull();
  expect(await trace()).toBe(running);
});

test("nodes that hold the same matches see the same, in whatever order they came (I13)", async () => {
  const [one, other] = [await arena(), await arena()];
  await one.play([CHALLENGER, CHAMPION], 60, 6);
  await one.play([CHAMPION, "old"], 20, 7);
  await one.play([CHALLENGER, "old"], 20, 8);
  const rows = one.ledger.matches("square8_2p");
  for (let part = 0; part < 7; part++) {
    const taken = rows.filter((_, index) => index % 7 === (part * 3) % 7).toReversed();
    await other.ledger.importMatches([...taken, ...taken.slice(0, 5)], { origin: "here" });
  }
  other.pass(3 * MINUTE);
  const views = await Promise.all([one, other].map(async (world) => {
    await begin(world, policyOf());
    await step(world, 1);
    const entry = (await entriesOf(world)).findLast(({ event }) => event.kind === "decision");
    return entry?.event.kind === "decision" && entry.event.observation.evidence.available ? entry.event.observation.evidence.rating : null;
  }));
  expect(views[0]?.head?.games).toBe(120);
  expect(canonicalJson(views[1] ?? null)).toBe(canonicalJson(views[0] ?? null));
});

test("whichever write to the registry fails, before it or after it, the next tick goes on to the same end (I8)", async () => {
  for (let fails = 0; fails < 14; fails++) {
    const world = await arena();
    let writes = 0;
    const flaky = <A extends readonly unknown[], R>(write: (...args: A) => Promise<R>) => async (...args: A): Promise<R> => {
      const turn = writes++;
      if (turn === fails && fails % 2 === 0) throw new Failure("registry_unavailable", "nobody answers");
      const answer = await write(...args);
      if (turn === fails) throw new Failure("registry_unavailable", "the answer was lost");
      return answer;
    };
    const { registry } = world.controller;
    const broken: Controller = { ...world.controller, registry: { read: registry.read, setAlias: flaky(registry.setAlias), setTag: flaky(registry.setTag), setStage: flaky(registry.setStage) } };
    await world.play([CHALLENGER, CHAMPION], 150, 7);
    await startRollout(broken, { policy: policyOf({ effects: ["registry.alias", "registry.tag"] }), challenger: "2", by: "ada" });
    for (let i = 0; i < 8; i++) {
      await tick({ ...broken, holder: `process ${i}` }, MODEL);
      world.pass(MINUTE);
    }
    const state = await readState(world.controller, MODEL);
    expect([fails, state.rollout?.status, state.pending, world.model().aliases]).toEqual([fails, "promoted", null, { champion: "2", previous: "1" }]);
  }
});
