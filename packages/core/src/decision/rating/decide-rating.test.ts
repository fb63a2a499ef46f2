import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { canonicalJson } from "../../digest/canonical-json.ts";
import type { RatingPolicy } from "../../policy/rating-policy.ts";
import { ratingObservation, ratingPolicy, type RatingSituation } from "../../testing/rating-observation.ts";
import { decide } from "../decide.ts";
import type { CheckResult, Decision } from "../decision.ts";
import type { Observation } from "../observation.ts";

function decided(situation: RatingSituation | Observation): Decision {
  const observation = "schema" in situation ? situation : ratingObservation(situation);
  return decide(observation.rollout.policy, observation);
}

function verdictOf(situation: RatingSituation | Observation): string {
  const { verdict, reason } = decided(situation);
  return `${verdict} ${reason}`;
}

function checkOf(situation: RatingSituation, id: string): CheckResult {
  const check = decided(situation).checks.find((known) => known.id === id);
  if (check === undefined) throw new Error(`no check ${id}`);
  return check;
}

const criteria = (change: Partial<RatingPolicy["criteria"]> = {}) => ({ ...ratingPolicy().criteria, ...change });
const compat = (situation: RatingSituation, policy: Partial<RatingPolicy> = {}): RatingSituation => ({ ...situation, policy: { mode: "compat", ...policy } });
/** The later reference: a hundred games, and Wilson's interval. */
const LATER = { criteria: criteria({ minGames: 100, wilson: true }) };
/** So many games of the challenger against the champion, one by one. */
const singles = (wins: number, draws: number, losses: number): NonNullable<RatingSituation["head"]> => ({ games: wins + draws + losses, singles: { wins, draws, losses }, pairs: [0, 0, 0, 0, 0] });
const paired = (...pairs: readonly [number, number, number, number, number]): NonNullable<RatingSituation["head"]> => ({ games: 2 * pairs.reduce((sum, n) => sum + n, 0), pairs });

describe("V1–V3, compat: the first rule that fails decides, and a point at its threshold passes", () => {
  test.each([
    ["V1", { elo: 1560, games: 80, winRate: 0.58 }, {}, "promote all_checks_passed"],
    ["V1, later", { elo: 1560, games: 80, winRate: 0.58 }, LATER, "hold insufficient_data"],
    ["V1, later, 57 whole wins of a hundred", { elo: 1560, games: 100, winRate: 0.575 }, LATER, "retain worse"],
    ["V1, later, two hundred games", { elo: 1560, games: 200, winRate: 0.58 }, LATER, "promote all_checks_passed"],
    ["V2, exactly 25", { elo: 1525, games: 100, winRate: 0.62 }, {}, "promote all_checks_passed"],
    ["V2, a little less", { elo: 1524.96, games: 100, winRate: 0.62 }, {}, "retain worse"],
    ["V3, exactly .52", { elo: 1560, games: 100, winRate: 0.52 }, {}, "promote all_checks_passed"],
    ["V3, exactly .52, later", { elo: 1560, games: 100, winRate: 0.52 }, LATER, "retain worse"],
    ["V3, .515", { elo: 1560, games: 100, winRate: 0.515 }, {}, "retain worse"],
    ["V3, a win rate that nobody knows", { elo: 1560, games: 100, winRate: null }, {}, "promote all_checks_passed"],
  ] as const)("%s", (_, challenger, policy, wanted) => {
    expect(verdictOf(compat({ challenger }, policy))).toBe(wanted);
  });

  test("V3: without a baseline its rule is skipped", () => {
    const weak = { challenger: { elo: 1400, games: 100, winRate: 0.6 } };
    expect(verdictOf(compat(weak, { baseline: { kind: "none" } }))).toBe("promote all_checks_passed");
    expect(verdictOf(compat(weak, { ...LATER, baseline: { kind: "none" } }))).toBe("promote all_checks_passed");
    expect(verdictOf(compat(weak))).toBe("retain worse");
  });

  test("V4: Wilson's lower ends, to four places", () => {
    const low = (games: number, winRate: number) => checkOf(compat({ challenger: { elo: 1560, games, winRate } }, LATER), "win-rate-wilson");
    expect(low(100, 0.575)).toMatchObject({ estimate: 0.4722, status: "fail" });
    expect(low(200, 0.58)).toMatchObject({ estimate: 0.5057, status: "pass" });
    expect(low(200, 0.5725)).toMatchObject({ estimate: 0.5007, status: "pass" });
    expect(low(100, 0.6)).toMatchObject({ estimate: 0.502, status: "pass" });
    expect(low(100, 0.52)).toMatchObject({ estimate: 0.4232, status: "fail" });
    const interval = (winRate: number, games: number) => low(games, winRate).interval;
    for (const [games, rate, wanted] of [[80, 0.575, [0.4657, 0.6774]], [50, 0.7, [0.5625, 0.809]]] as const) {
      const found = checkOf(compat({ challenger: { elo: 1560, games, winRate: rate } }, { criteria: criteria({ wilson: true }) }), "win-rate-wilson").interval;
      expect(found?.low).toBeCloseTo(wanted[0], 4);
      expect(found?.high).toBeCloseTo(wanted[1], 4);
    }
    expect(interval(0.6, 100)?.level).toBe(0.95);
  });

  test("the later reference's absolute target", () => {
    const target = { criteria: criteria({ minElo: { parts: 2000, of: 1 } }) };
    expect(verdictOf(compat({ challenger: { elo: 1999.9, games: 100, winRate: 0.6 } }, target))).toBe("retain worse");
    expect(verdictOf(compat({ challenger: { elo: 2000, games: 100, winRate: 0.6 } }, target))).toBe("promote all_checks_passed");
  });

  test("the text says the figure, not the rounded one that looks like the threshold", () => {
    expect(checkOf(compat({ challenger: { elo: 1524.96, games: 100, winRate: 0.62 } }), "elo-improvement").estimate).toBeCloseTo(24.96, 9);
  });

  test("labels are the reference's answers, in its words", () => {
    const label = (challenger: NonNullable<RatingSituation["challenger"]>) => decided(compat({ challenger })).compatLabel;
    expect(label({})).toBe("approved: Meets all criteria");
    expect(label({ games: 49 })).toBe("rejected: Insufficient games");
    expect(label({ elo: 1510 })).toBe("rejected: Insufficient Elo improvement");
    expect(label({ winRate: 0.5 })).toBe("rejected: Win rate too low");
    const outage = { available: false, code: "x", detail: "y" } as const;
    expect(decided({ ...ratingObservation(compat({ challenger: { games: 49 } })), registry: outage }).compatLabel).toBe("rejected");
    expect(decided({}).compatLabel).toBeNull();
  });
});

describe("V5: a rollback by the fall of ratings, compat", () => {
  test.each([[1460, "promote all_checks_passed"], [1470, "hold inconclusive"], [1469.9, "promote all_checks_passed"]] as const)("1500 → %d: %s", (now, wanted) => {
    expect(verdictOf(compat({ baseline: { latest: [1500, 1490, now] } }, { promotion: "rollback" }))).toBe(wanted);
  });

  test("no history, no rollback", () => {
    expect(verdictOf(compat({ baseline: { latest: [1500] } }, { promotion: "rollback" }))).toBe("hold insufficient_data");
    expect(verdictOf(compat({}, { promotion: "rollback" }))).toBe("hold insufficient_data");
  });
});

describe("what the reference gets wrong: as it is in compat, and mended in strict", () => {
  test("a participant without matches: 1500 there; here nothing is decided on it", () => {
    expect(checkOf(compat({ baseline: null, challenger: { elo: 1540 } }), "elo-improvement")).toMatchObject({ champion: 1500, estimate: 40, status: "pass" });
    expect(verdictOf(compat({ baseline: null, challenger: { elo: 1540 } }))).toBe("promote all_checks_passed");
    expect(verdictOf({ baseline: null })).toBe("hold unrated");
    expect(verdictOf({ challenger: null })).toBe("hold unrated");
    expect(verdictOf(compat({ challenger: null }))).toBe("hold insufficient_data");
  });

  test("a win rate against anybody: enough there; here it is that against the baseline", () => {
    const beginner = { challenger: { elo: 1560, games: 80, winRate: 0.9 }, head: singles(20, 0, 40) };
    expect(verdictOf(compat(beginner))).toBe("promote all_checks_passed");
    expect(verdictOf(beginner)).not.toMatch(/^promote/);
  });

  test("25 points after 50 games, which chance brings: enough there; here they leave it open", () => {
    const lucky = { challenger: { elo: 1526, games: 50, winRate: 0.56 }, head: singles(28, 0, 22), view: { difference: { kind: "comparable", difference: 42, standardError: 50, superiority: 0.8 } as const } };
    expect(verdictOf(compat(lucky))).toBe("promote all_checks_passed");
    expect(verdictOf(lucky)).toBe("hold inconclusive");
  });

  test("value-MSE and confidence: shown there and never read; asked for here", () => {
    const worse = { policy: { checks: [{ kind: "offline", metric: "value_mse", atLeast: null, atMost: null, against: { better: "lower", ask: "noWorseThan", margin: { parts: 5, of: 100 }, basis: "absolute" } }] }, scores: [{ value_mse: 0.2 }, { value_mse: 0.26 }] } as const satisfies RatingSituation;
    expect(verdictOf({ ...worse, policy: { ...worse.policy, mode: "compat" } })).toBe("promote all_checks_passed");
    expect(checkOf({ ...worse, policy: { ...worse.policy, mode: "compat" } }, "value_mse-offline-change").status).toBe("fail");
    expect(verdictOf(worse)).toBe("retain worse");
    expect(verdictOf({ ...worse, scores: [{ value_mse: 0.2 }, { value_mse: 0.25 }] })).toBe("promote all_checks_passed");
    expect(verdictOf({ ...worse, scores: [{ value_mse: 0.2 }, {}] })).toBe("hold evidence_unavailable");
  });

  test("a tier: too few games are said to be what they are", () => {
    const tier = { target: "D2", minGames: 100, ladder: [{ name: "D1", elo: { parts: 1000, of: 1 } }, { name: "D2", elo: { parts: 1200, of: 1 } }] };
    const policy = { promotion: "tier", tier } as const;
    expect(verdictOf(compat({ challenger: { elo: 1200, games: 100 } }, policy))).toBe("promote all_checks_passed");
    expect(verdictOf(compat({ challenger: { elo: 1199.9, games: 100 } }, policy))).toBe("retain worse");
    const few = compat({ challenger: { elo: 1250, games: 99 } }, policy);
    expect(verdictOf(few)).toBe("retain worse");
    expect(decided(few).sentence).toMatch(/99 games/);
    expect(verdictOf({ challenger: { elo: 1250, games: 99 }, policy, view: {} })).toBe("hold unanchored");
  });

  test("the staging gate of a champion: Elo is asked for and passed on; without one it holds, as theirs always does", () => {
    const policy = { promotion: "champion", gate: { minGames: 50, minElo: { parts: 1400, of: 1 }, accuracy: { metric: "policy_accuracy", atLeast: { parts: 3, of: 10 } } } } as const;
    const scored = (accuracy: number | null) => [{}, accuracy === null ? {} : { policy_accuracy: accuracy }] as const;
    expect(verdictOf({ ...compat({ challenger: { elo: 1400, games: 50 } }, policy), scores: scored(0.3) })).toBe("promote all_checks_passed");
    expect(verdictOf({ ...compat({ challenger: { elo: 1399, games: 50 } }, policy), scores: scored(0.3) })).toBe("retain worse");
    expect(verdictOf({ ...compat({ challenger: { elo: 1400, games: 50 } }, policy), scores: scored(0.29) })).toBe("retain worse");
    expect(verdictOf({ ...compat({ challenger: { elo: 1400, games: 49 } }, policy), scores: scored(0.3) })).toBe("hold insufficient_data");
    expect(verdictOf({ ...compat({ challenger: { elo: 1400, games: 50 } }, policy), scores: scored(null) })).toBe("promote all_checks_passed");
    expect(verdictOf(compat({ challenger: null }, policy))).toBe("hold insufficient_data");
    expect(verdictOf({ policy, scores: scored(null) })).toBe("hold evidence_unavailable");
    expect(verdictOf({ policy, scores: scored(0.29) })).toBe("retain worse");
    // Without the gate's manager the reference falls back to its standard rules.
    expect(verdictOf(compat({ challenger: { elo: 1520, games: 50 } }, { promotion: "champion" }))).toBe("retain worse");
  });
});

describe("strict", () => {
  test("promotes what is proven, and says by which test", () => {
    expect(verdictOf({})).toBe("promote all_checks_passed");
    expect(checkOf({}, "elo-sprt")).toMatchObject({ status: "pass", guarantee: "asymptotic", alpha: 0.05, reported: { pairs: 200, singles: 0 } });
    expect(checkOf({}, "elo-sprt").method).toMatch(/pentanomial/);
    expect(checkOf({}, "win-rate").guarantee).toBe("exact");
    expect(checkOf({}, "elo-improvement").guarantee).toBe("asymptotic");
  });

  test("a test that fails retains: worse where all matches say so, else not shown", () => {
    const weak = { head: paired(60, 75, 60, 20, 5), policy: { harm: null } };
    expect(verdictOf(weak)).toBe("retain unproven");
    expect(verdictOf({ ...weak, view: { difference: { kind: "comparable", difference: -60, standardError: 12, superiority: 0.001 } } })).toBe("retain worse");
  });

  test("a challenger that is surely much weaker ends it at once, before the games that are asked for", () => {
    const harm = { elo: { parts: 100, of: 1 }, alpha: { parts: 1, of: 1000 } };
    expect(verdictOf({ head: singles(0, 0, 27), policy: { harm } })).toBe("hold insufficient_data");
    expect(verdictOf({ head: singles(0, 0, 29), policy: { harm } })).toBe("rollback harm");
    expect(verdictOf({ head: singles(0, 0, 29), policy: { harm: null } })).toBe("hold insufficient_data");
  });

  test("games go on until something is shown, or as long as is allowed", () => {
    const open = { head: paired(11, 42, 88, 66, 23), view: { difference: { kind: "comparable", difference: 30, standardError: 15, superiority: 0.97 } as const } };
    expect(verdictOf(open)).toBe("hold inconclusive");
    expect(verdictOf({ ...open, policy: { criteria: criteria({ maxGames: 460 }) } })).toBe("retain unproven");
    expect(verdictOf({ ...open, policy: { criteria: criteria({ maxGames: 461 }) } })).toBe("hold inconclusive");
    expect(verdictOf({ head: paired(0, 0, 0, 2, 22) })).toBe("hold insufficient_data");
  });

  test("draws alone tell nobody apart; wins alone do", () => {
    expect(verdictOf({ head: singles(0, 5000, 0) })).toBe("hold inconclusive");
    const unbeaten = { head: singles(120, 0, 0), view: { difference: { kind: "incomparable" } as const } };
    expect(verdictOf(unbeaten)).toBe("promote all_checks_passed");
    expect(checkOf(unbeaten, "elo-improvement").guarantee).toBe("exact");
  });

  test("versions that nothing links are not compared", () => {
    const apart = { head: singles(0, 0, 0), view: { difference: { kind: "incomparable" } as const } };
    expect(verdictOf(apart)).toBe("hold incomparable");
    expect(checkOf(apart, "elo-improvement").status).toBe("unavailable");
  });

  test("other criteria are asked when the test accepts, and one that fails refuses", () => {
    const below = { view: { difference: { kind: "comparable", difference: 2, standardError: 5, superiority: 0.6 } as const } };
    expect(verdictOf(below)).toBe("retain worse");
    expect(verdictOf({ view: { difference: { kind: "comparable", difference: 20, standardError: 12, superiority: 0.95 } } })).toBe("hold inconclusive");
    expect(verdictOf({ policy: { criteria: criteria({ minWinRate: { parts: 70, of: 100 } }) } })).toBe("hold inconclusive");
  });

  test("a tier needs an anchored scale, and a lower bound above its threshold", () => {
    const tier = { target: "D2", minGames: 100, ladder: [{ name: "D2", elo: { parts: 1200, of: 1 } }] };
    const at = (elo: number, standardError: number, games = 400): RatingSituation => {
      const challenger = { participant: "x", service: { elo, games, winRate: 0.5 }, fitted: { elo, standardError, anchored: true } };
      return { policy: { promotion: "tier", tier, baseline: { kind: "none" } }, view: { challenger } };
    };
    expect(verdictOf(at(1260, 15))).toBe("promote all_checks_passed");
    expect(verdictOf(at(1205, 15))).toBe("hold inconclusive");
    expect(verdictOf(at(1140, 15))).toBe("retain worse");
    expect(verdictOf(at(1260, 15, 99))).toBe("hold insufficient_data");
    const alone = { ...at(1260, 15), view: { challenger: { participant: "x", service: { elo: 1260, games: 400, winRate: 1 }, fitted: null } } };
    expect(verdictOf(alone)).toBe("hold incomparable");
  });

  test("spent across challengers, the third has less", () => {
    const third = ratingObservation({ policy: { spending: "across" } });
    const alphaOf = (ordinal: number) => decided({ ...third, rollout: { ...third.rollout, ordinal } }).checks.find(({ id }) => id === "elo-sprt")?.alpha;
    expect(alphaOf(3)).toBeLessThan((alphaOf(1) ?? 0) / 8);
  });

  test("an approval is for the matches it was given for (I12)", () => {
    const approval = { by: 1, notBy: ["eve"] };
    const first = ratingObservation({ policy: { approval } });
    const digest = decided(first).evidenceDigest;
    expect(verdictOf(first)).toBe("hold awaiting_approval");
    const signed = (evidenceDigest: string, by = "ada") => ({ ...first, operator: { ...first.operator, approvals: [{ id: "a", by, at: 0, decisionId: "d", evidenceDigest, comment: "" }] } });
    expect(verdictOf(signed(digest))).toBe("promote all_checks_passed");
    expect(verdictOf(signed(digest, "eve"))).toBe("hold awaiting_approval");
    const later = ratingObservation({ policy: { approval }, head: paired(5, 20, 60, 75, 41) });
    expect(verdictOf({ ...later, operator: signed(digest).operator })).toBe("hold awaiting_approval");
  });
});

describe("readings and people come first", () => {
  const first = ratingObservation();

  test("what can't be read holds (I7)", () => {
    const outage = { available: false, code: "registry_unavailable", detail: "nobody answers" } as const;
    expect(verdictOf({ ...first, registry: outage })).toBe("hold evidence_unavailable");
    expect(verdictOf({ ...first, evidence: outage })).toBe("hold evidence_unavailable");
    expect(verdictOf({ ...first, traffic: outage })).toBe("promote all_checks_passed");
    const moving = ratingObservation({ policy: { effects: ["registry.alias", "traffic"] } });
    expect(verdictOf({ ...moving, traffic: outage })).toBe("hold evidence_unavailable");
    expect(verdictOf({ ...moving, traffic: { ...outage, code: "not_found" } })).toBe("promote all_checks_passed");
    expect(verdictOf({ ...moving, traffic: { available: true, ...moving.rollout.allocation, epoch: 7 } })).toBe("hold split_not_realised");
  });

  test("another champion, or another artifact, holds", () => {
    if (!first.registry.available) throw new Error("a registry is given");
    expect(verdictOf({ ...first, registry: { ...first.registry, aliases: { champion: "9" } } })).toBe("hold foreign_move");
    expect(verdictOf({ ...first, registry: { ...first.registry, versions: first.registry.versions.map((known) => ({ ...known, digest: "sha256:other" })) } })).toBe("hold version_mismatch");
  });

  test("a rollback needs no matches (I15)", () => {
    const request = { id: "r-1", kind: "rollback", by: "ada", at: 0, reason: "because" } as const;
    expect(verdictOf({ ...first, evidence: { available: false, code: "x", detail: "y" }, operator: { ...first.operator, request } })).toBe("rollback manual");
  });
});

test("the same inputs give the same bytes, and inputs are not changed (I1)", () => {
  fc.assert(
    fc.property(fc.tuple(fc.nat(60), fc.nat(60), fc.nat(60), fc.nat(60), fc.nat(60)), fc.constantFrom("strict", "compat"), (pairs, mode) => {
      const observation = ratingObservation({ policy: { mode }, head: paired(...pairs) });
      const before = canonicalJson(observation);
      const twin = JSON.parse(before) as Observation;
      expect(canonicalJson(decided(observation))).toBe(canonicalJson(decided(twin)));
      expect(canonicalJson(observation)).toBe(before);
    }),
    { numRuns: 60 },
  );
});
