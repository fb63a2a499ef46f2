import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { MonitorRules } from "../policy/monitor.ts";
import { adaptiveDrop } from "./adaptive-drop.ts";
import { beginWatching, checkMonitor, completeRollback, trailing, type MonitorStep } from "./check-monitor.ts";
import { compareBaseline, summariseBaselines } from "./compare-baselines.ts";
import { ratingReading, type RatingFacts } from "./rating-reading.ts";
import type { MonitorState } from "./state.ts";

const HOUR = 3_600_000;
const START = 1_767_225_600_000;

/** As the reference has them. */
function rulesOf(change: Partial<MonitorRules> = {}): MonitorRules {
  return {
    mode: "rollback",
    watchMs: null,
    everyMs: 0,
    windowMs: HOUR,
    consecutive: 3,
    minSamples: 20,
    alpha: { parts: 1, of: 100 },
    severeTimes: { parts: 2, of: 1 },
    rating: { dropMax: { parts: 30, of: 1 }, winRateMin: { parts: 2, of: 5 }, adaptive: false },
    cooldownMs: 0,
    perDayMax: null,
    escalation: false,
    ...change,
  };
}

const fresh = (): MonitorState => beginWatching({ model: "chess", watched: "chess-1", from: "v42", to: "v41", since: START });

interface Look {
  readonly regression: number;
  readonly winRate?: number;
  readonly games?: number;
  readonly board?: string;
  readonly afterMs?: number;
}

/** Looks in compat mode, each with one match more than the one before, unless it says how many. */
function look(rules: MonitorRules, looks: readonly Look[], state: MonitorState = fresh()): readonly MonitorStep[] {
  let current = state;
  let at = START;
  return looks.map(({ regression, winRate = 0.5, games, board = "square8", afterMs = 60_000 }, i) => {
    at += afterMs;
    const facts: RatingFacts = { board, service: { elo: 1500 + regression, games: games ?? 100 + i, winRate }, baselineElo: 1500, previousElo: null, since: { games: 0, against: { games: 0, points: 0 } }, difference: null };
    const step = checkMonitor(rules, current, ratingReading(facts, { rules, mode: "compat", at }));
    current = step.state;
    return step;
  });
}

const kindOf = ({ outcome }: MonitorStep) => (outcome.kind === "triggered" ? outcome.cause : outcome.kind === "skipped" ? outcome.because : "no");
const told = (steps: readonly MonitorStep[]) => steps.map(({ events }) => events.map(({ kind }) => kind));

describe("the check of the reference (V6)", () => {
  it("three regressions in a row: no, no and at risk, yes", () => {
    const steps = look(rulesOf(), [{ regression: -40 }, { regression: -40 }, { regression: -40 }]);
    expect(steps.map(kindOf)).toEqual(["no", "no", "consecutive"]);
    expect(told(steps)).toEqual([["regression"], ["regression", "at_risk"], ["regression", "rollback_triggered"]]);
    expect(steps[2]?.state.triggered?.says).toContain("-40.0 on average");
  });

  it.each([
    ["one good check in between", [-40, -10, -40, -40], ["no", "no", "no", "no"]],
    ["exactly the threshold", [-30, -30, -30], ["no", "no", "no"]],
    ["exactly twice the threshold", [-60], ["no"]],
    ["below twice the threshold", [-61], ["severe"]],
  ])("%s", (_, regressions, outcomes) => {
    expect(look(rulesOf(), regressions.map((regression) => ({ regression }))).map(kindOf)).toEqual(outcomes);
  });

  it("adapted to the board, what is severe moves and what counts in a row does not", () => {
    const rules = rulesOf({ rating: { ...rulesOf().rating, adaptive: true } });
    expect(look(rules, [{ regression: -80 }]).map(kindOf)).toEqual(["no"]);
    expect(look(rules, [{ regression: -81 }]).map(kindOf)).toEqual(["severe"]);
    expect(look(rules, [{ regression: -31 }])[0]?.outcome).toMatchObject({ isRegression: true });
  });

  it("a win rate below the floor, and exactly there", () => {
    expect(look(rulesOf(), [{ regression: 0, winRate: 0.39 }]).map(kindOf)).toEqual(["floor"]);
    expect(look(rulesOf(), [{ regression: 0, winRate: 0.4 }]).map(kindOf)).toEqual(["no"]);
  });

  it("too few games record nothing", () => {
    const [step] = look(rulesOf(), [{ regression: -100, winRate: 0.1, games: 19 }]);
    expect(step?.outcome).toEqual({ kind: "skipped", because: "too_few" });
    expect(step?.state).toEqual(fresh());
  });
});

it("the allowed drop by board and strength (V7)", () => {
  const row = (board: string) => [650, 1200, 1600].map((elo) => adaptiveDrop(board, elo));
  expect(row("hex8")).toEqual([75, 50, 35]);
  expect(row("square8")).toEqual([60, 40, 28]);
  expect(row("square19")).toEqual([30, 20, 14]);
  expect(row("hexagonal")).toEqual([37.5, 25, 17.5]);
  expect(row("elsewhere")).toEqual([45, 30, 21]);
});

describe("several baselines", () => {
  const summary = (elo: number) => summariseBaselines([1500, 1520, 1480].map((baseline) => compareBaseline(String(baseline), { value: elo - baseline, standardError: null }, -30)));

  it("V15", () => {
    expect(summary(1450)).toEqual({ summary: "regression_against_majority", averageDifference: -50 });
    expect(summary(1475).summary).toBe("regression_against_some");
    expect(summary(1495).summary).toBe("healthy");
    expect(summary(1440).summary).toBe("regression_against_all");
  });

  it("one that can't be compared counts for neither side", () => {
    const known = compareBaseline("a", { value: -40, standardError: null }, -30);
    expect(summariseBaselines([known, compareBaseline("b", null, -30)]).summary).toBe("regression_against_all");
    expect(summariseBaselines([compareBaseline("b", null, -30)])).toEqual({ summary: "unknown", averageDifference: null });
  });

  it("a difference that may be chance is none", () => {
    expect(compareBaseline("a", { value: -40, standardError: 30 }, -30).isRegression).toBe(false);
    expect(compareBaseline("a", { value: -40, standardError: 15 }, -30).isRegression).toBe(true);
  });
});

describe("what counts as a check (I19)", () => {
  it("nothing without new evidence, however often it is asked", () => {
    const rules = rulesOf();
    const steps = look(rules, [-40, -40, -40, -40, -40].map((regression) => ({ regression, games: 100 })));
    expect(steps.map(kindOf)).toEqual(["no", ...Array.from({ length: 4 }, () => "no_new_evidence")]);
    expect(steps.at(-1)?.state.trend).toHaveLength(1);
  });

  it("for any series of looks, no state changes without more evidence", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ regression: fc.integer({ min: -200, max: 100 }), games: fc.integer({ min: 0, max: 60 }), winRate: fc.double({ min: 0, max: 1, noNaN: true }) }), { maxLength: 30 }), (looks) => {
        let most = -1;
        for (const step of look(rulesOf({ mode: "notify" }), looks)) {
          if (step.outcome.kind === "skipped") expect(step.check).toBeNull();
          else {
            expect(step.check?.evidence).toBeGreaterThan(most);
            most = step.check?.evidence ?? most;
          }
        }
      }),
    );
  });

  it("checks are no closer than the policy says, and those that are too old don't count", () => {
    expect(look(rulesOf({ everyMs: 120_000 }), [{ regression: -40 }, { regression: -40 }]).map(kindOf)).toEqual(["no", "not_due"]);
    const slow = look(rulesOf(), Array.from({ length: 4 }, () => ({ regression: -40, afterMs: HOUR / 2 + 1 })));
    expect(slow.map(kindOf)).toEqual(["no", "no", "no", "no"]);
    expect(trailing(slow.at(-1)?.state.trend ?? [])).toBe(2);
  });

  it("an instant in the future, from a clock that was ahead, does not stop the checks", () => {
    const ahead: MonitorState = { ...fresh(), seen: { at: START + 400 * 24 * HOUR, evidence: 10 } };
    expect(look(rulesOf({ everyMs: HOUR }), [{ regression: -61 }], ahead).map(kindOf)).toEqual(["severe"]);
  });

  it("missing data are neither good nor bad", () => {
    const rules = rulesOf();
    const facts: RatingFacts = { board: "hex8", service: null, baselineElo: null, previousElo: null, since: { games: 500, against: { games: 400, points: 200 } }, difference: null };
    const nothing = ratingReading(facts, { rules: { ...rules, rating: { ...rules.rating, winRateMin: null } }, mode: "strict", at: START + 1 });
    expect(checkMonitor(rules, fresh(), nothing).outcome).toEqual({ kind: "skipped", because: "nothing_known" });
    // The floor is known, the trend is not: a check that leaves the trend alone.
    const share = checkMonitor(rules, fresh(), ratingReading(facts, { rules, mode: "strict", at: START + 1 }));
    expect(share.outcome).toEqual({ kind: "checked", isRegression: false, consecutive: 0, atRisk: false });
    expect(share.state.trend).toEqual([]);
  });
});

describe("what it does", () => {
  it("once it asked for a rollback, it asks for no second, until something else is watched", () => {
    const steps = look(rulesOf(), [{ regression: -61 }, { regression: -90 }]);
    expect(steps.map(kindOf)).toEqual(["severe", "already_triggered"]);
    const done = completeRollback(steps[1]?.state as MonitorState, START + HOUR);
    expect(done.events.map(({ kind }) => kind)).toEqual(["rollback_completed"]);
    expect(completeRollback(done.state, START + HOUR).events).toEqual([]);
    expect(done.state.history).toEqual([{ watched: "chess-1", from: "v42", to: "v41", at: steps[0]?.state.triggered?.at, completedAt: START + HOUR, says: steps[0]?.state.triggered?.says }]);
    const next = beginWatching({ model: "chess", watched: "chess-2", from: "v43", to: "v41", since: START + 2 * HOUR }, done.state);
    expect(next).toMatchObject({ triggered: null, trend: [], responses: done.state.responses, history: done.state.history });
  });

  it("says that it is at risk once", () => {
    const steps = look(rulesOf({ mode: "notify", consecutive: 2 }), [-40, 0, -40, 0, -40].map((regression) => ({ regression })));
    expect(told(steps).flat().filter((kind) => kind === "at_risk")).toHaveLength(1);
  });

  it("in mode notify it tells once, and goes on looking", () => {
    const steps = look(rulesOf({ mode: "notify" }), [{ regression: -61 }, { regression: -62 }, { regression: 0 }]);
    expect(steps.map(kindOf)).toEqual(["severe", "severe", "no"]);
    expect(told(steps)).toEqual([["regression", "rollback_triggered"], ["regression", "at_risk"], []]);
    expect(steps.at(-1)?.state.responses).toEqual([]);
  });

  it("the cooldown and the daily cap withhold it, and say so", () => {
    const minutesAgo = (minutes: number) => START - minutes * 60_000;
    const after = (responses: readonly number[]) => ({ ...fresh(), responses });
    const outcome = (change: Partial<MonitorRules>, responses: readonly number[]) => look(rulesOf(change), [{ regression: -61 }], after(responses))[0];
    expect(outcome({ cooldownMs: HOUR }, [minutesAgo(30)])?.outcome).toMatchObject({ kind: "triggered", withheld: "cooldown" });
    expect(outcome({ cooldownMs: HOUR }, [minutesAgo(60)])?.outcome).toMatchObject({ withheld: null });
    const capped = outcome({ perDayMax: 3 }, [minutesAgo(600), minutesAgo(500), minutesAgo(400)]);
    expect(capped?.outcome).toMatchObject({ withheld: "daily_cap" });
    expect(capped?.state.triggered).toBeNull();
    expect(told([capped as MonitorStep])).toEqual([["regression"]]);
    expect(outcome({ perDayMax: 3 }, [minutesAgo(1440), minutesAgo(500), minutesAgo(400)])?.outcome).toMatchObject({ withheld: null });
  });

  it("with escalation every rung is reached, and the last one calls for a person", () => {
    const ago = (count: number) => Array.from({ length: count }, (_, i) => START - 20 * HOUR + i);
    const at = (count: number) => look(rulesOf({ escalation: true, cooldownMs: HOUR, perDayMax: 3 }), [{ regression: -61 }], { ...fresh(), responses: ago(count) })[0]?.outcome;
    expect([0, 1, 2, 3, 4, 5].map((count) => (at(count) as { response: string }).response)).toEqual(["notify", "slow_down", "investigate", "investigate", "pause_training", "pause_training"]);
    expect([0, 5].map((count) => (at(count) as { withheld: string | null }).withheld)).toEqual([null, null]);
    expect(at(6)).toMatchObject({ withheld: "person_needed", response: "escalate_human" });
    const slow = look(rulesOf({ escalation: true, cooldownMs: HOUR }), [{ regression: -61 }], { ...fresh(), responses: [START - 2 * HOUR, START - 1.5 * HOUR] })[0];
    expect(slow?.outcome).toMatchObject({ withheld: "cooldown" });
  });
});

describe("strict", () => {
  const rules = rulesOf();
  const facts = (value: number, standardError: number, games: number): RatingFacts => ({ board: "square8", service: { elo: 1200, games, winRate: 0.5 }, baselineElo: 1500, previousElo: 1500, since: { games: 50, against: { games: 50, points: 25 } }, difference: { value, standardError, games, before: 200 } });
  const status = (value: number, standardError: number, games: number) => ratingReading(facts(value, standardError, games), { rules, mode: "strict", at: START }).figures[0]?.status;

  it("a drop must be beyond the margin and more than chance", () => {
    expect(status(-40, 30, 400)).toBe("healthy");
    expect(status(-40, 8, 2000)).toBe("regressed");
    expect(status(-29, 1, 100_000)).toBe("healthy");
    expect(status(-61, 16, 600)).toBe("regressed");
    expect(status(-100, 8, 2000)).toBe("severe");
  });

  it("counts matches since the promotion, not those of a lifetime", () => {
    const reading = ratingReading({ ...facts(-100, 8, 2000), since: { games: 12, against: { games: 12, points: 2 } } }, { rules, mode: "strict", at: START });
    expect(reading.samples).toBe(12);
    expect(checkMonitor(rules, fresh(), reading).outcome).toEqual({ kind: "skipped", because: "too_few" });
  });

  it("a share of points below the floor must be more than chance too", () => {
    const floor = (games: number, points: number) => ratingReading({ ...facts(0, 10, 400), since: { games, against: { games, points } } }, { rules, mode: "strict", at: START }).figures[1]?.status;
    expect(floor(20, 7)).toBe("healthy");
    expect(floor(200, 40.5)).toBe("severe");
    expect(floor(2000, 800)).toBe("healthy");
    expect(floor(0, 0)).toBe("unknown");
  });
});
