import { randomStream, replayEntry, type MonitorRules, type RatingPolicy } from "@gauntlet/core";
import { describe, expect, test } from "vitest";

import { readState } from "../chain.ts";
import { openMatchLedger } from "../matches/open-match-ledger.ts";
import { request } from "../operate.ts";
import { startRollout } from "../start-rollout.ts";
import { MINUTE, MODEL, smallWorld } from "../testing/small-world.ts";
import { tick } from "../tick.ts";
import { watchPromoted } from "./watch-promoted.ts";

const RULES: MonitorRules = {
  mode: "rollback",
  watchMs: null,
  everyMs: MINUTE,
  windowMs: 60 * MINUTE,
  consecutive: 3,
  minSamples: 20,
  alpha: { parts: 1, of: 100 },
  severeTimes: { parts: 3, of: 1 },
  rating: { dropMax: { parts: 30, of: 1 }, winRateMin: { parts: 1, of: 10 }, adaptive: false },
  cooldownMs: 60 * MINUTE,
  perDayMax: 3,
  escalation: false,
};

function policyOf(mode: RatingPolicy["mode"]): RatingPolicy {
  return {
    kind: "rating",
    name: "ladder",
    model: MODEL,
    mode,
    metrics: {},
    bucketMs: MINUTE,
    approval: null,
    effects: ["registry.alias", "registry.tag", "document"],
    impact: null,
    monitor: RULES,
    promotion: "production",
    board: "square8",
    players: 2,
    baseline: { kind: "champion" },
    criteria: { minEloImprovement: { parts: 0, of: 1 }, minGames: 50, minWinRate: { parts: 1, of: 2 }, wilson: false, minElo: null, eloFall: { parts: -30, of: 1 }, maxGames: null },
    pairs: "none",
    sprt: { width: { parts: 50, of: 1 }, beta: { parts: 1, of: 20 }, scale: "logistic" },
    alpha: { parts: 1, of: 20 },
    spending: "each",
    harm: null,
    tier: null,
    gate: null,
    checks: [],
  };
}

/** Version 2 promoted by a person's word, after games that say nothing; then it plays at this chance. */
async function promoted(mode: RatingPolicy["mode"]) {
  const world = smallWorld();
  const { clock, store } = world.controller;
  const ledger = await openMatchLedger({ store: store.matches, node: "here", strategy: "last_write_wins", clock });
  const controller = { ...world.controller, matches: () => Promise.resolve(ledger) };
  const random = randomStream(7, 1);
  let games = 0;
  const play = async (count: number, chance: number): Promise<void> => {
    world.pass(2 * MINUTE);
    const pair = [`${MODEL}@2`, `${MODEL}@1`];
    const rows = Array.from({ length: count }, (_, i) => ({ id: `g${games++}`, players: i % 2 === 0 ? pair : pair.toReversed(), winner: random() < chance ? pair[0] : pair[1], board: "square8", at: clock.now() - 1000 + i }));
    expect((await ledger.importMatches(rows)).rejectedCount).toBe(0);
  };
  await play(60, 0.5);
  await startRollout(controller, { policy: policyOf(mode), challenger: "2", by: "ada" });
  await tick(controller, MODEL);
  await request(controller, MODEL, { kind: "promote", by: "ada", reason: "a hunch" });
  await tick(controller, MODEL);
  expect((await readState(controller, MODEL)).rollout?.status).toBe("promoted");
  const look = async (): Promise<string> => {
    const result = await watchPromoted({ controller, hooks: [] }, MODEL);
    if (result.kind !== "looked") return result.kind;
    const { outcome } = result;
    return outcome.kind === "skipped" ? outcome.because : outcome.kind === "triggered" ? outcome.cause : outcome.isRegression ? "regression" : "healthy";
  };
  return { ...world, controller, ledger, play, look };
}

describe.each(["strict", "compat"] as const)("a version that was promoted by its rating, %s", (mode) => {
  test("holds while it plays as well, and goes back when it plays worse: only matches since then count", async () => {
    const world = await promoted(mode);
    expect(await world.look()).toBe(mode === "strict" ? "too_few" : "healthy");
    await world.play(100, 0.5);
    expect(await world.look()).not.toBe("severe");
    expect(await world.look()).toBe("not_due");
    const seen: string[] = [];
    for (let i = 0; i < 12 && !seen.some((one) => ["consecutive", "severe", "floor"].includes(one)); i++) {
      await world.play(150, 0.25);
      seen.push(await world.look());
    }
    expect(seen.at(-1)).toMatch(/consecutive|severe/);
    await tick(world.controller, MODEL);
    expect(await readState(world.controller, MODEL)).toMatchObject({ rollout: { status: "rolled_back" }, decision: { reason: "regression" } });
    expect(world.model().aliases["champion"]).toBe("1");
    const entries = world.memory.chains.get(MODEL)?.entries ?? [];
    expect(entries.map(replayEntry).filter((replay) => replay !== null).every(({ same }) => same)).toBe(true);
  });
});

test("where no matches are kept, nothing is judged", async () => {
  const world = await promoted("strict");
  const { matches: _, ...without } = world.controller;
  expect(await watchPromoted({ controller: without, hooks: [] }, MODEL)).toMatchObject({ kind: "unavailable", code: "evidence_unavailable" });
});
