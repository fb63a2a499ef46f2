import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { digestOf } from "../../digest/digest-of.ts";
import { canonicalJson } from "../../digest/canonical-json.ts";
import type { RampCheck } from "../../policy/ramp-policy.ts";
import { DAY, START } from "../../testing/observation.ts";
import { CHALLENGER, itemsOf, momentsOf, rampObservation, rampPolicy, type RampSituation } from "../../testing/ramp-observation.ts";
import { decide } from "../decide.ts";
import type { CheckResult, Decision } from "../decision.ts";
import type { Observation } from "../observation.ts";

function decided(situation: RampSituation | Observation): Decision {
  const observation = "schema" in situation ? situation : rampObservation(situation);
  return decide(observation.rollout.policy, observation);
}

function verdictOf(situation: RampSituation | Observation): string {
  const { verdict, reason } = decided(situation);
  return `${verdict} ${reason}`;
}

function labelOf(situation: RampSituation): string | null {
  return decided({ ...situation, policy: { mode: "compat", ...situation.policy } }).compatLabel;
}

function checkOf(situation: RampSituation, id: string): CheckResult {
  const check = decided(situation).checks.find((known) => known.id === id);
  if (check === undefined) throw new Error(`no check ${id}`);
  return check;
}

/** Ten times the data of the facts, so that thousandths of a rate can be had. */
const ten = (change: NonNullable<RampSituation["challenger"]>): RampSituation => ({
  champion: { live: 90_000, accepted: [72_000, 90_000], intervened: [3600, 90_000] },
  challenger: { live: 10_000, accepted: [8000, 10_000], intervened: [400, 10_000], ...change },
});

describe("vector 10, compat: a point at its threshold passes, the next one does not", () => {
  test.each([
    ["acceptance .76", { accepted: [7600, 10_000] }, "increase"],
    ["acceptance .7599", { accepted: [7599, 10_000] }, "rollback"],
    ["edits 2.2", { edits: [2.2, 1.5] }, "increase"],
    ["edits 2.21", { edits: [2.21, 1.5] }, "rollback"],
    ["validator .042", { intervened: [420, 10_000] }, "increase"],
    ["validator .0421", { intervened: [421, 10_000] }, "rollback"],
    ["p50 540", { p50: [540, 100] }, "increase"],
    ["p50 541", { p50: [541, 100] }, "rollback"],
  ] as const)("%s: %s", (_, challenger, label) => {
    expect(labelOf(ten(challenger))).toBe(label);
  });
});

describe("vector 11: what is not there", () => {
  const bad = { accepted: [99, 999] } as const;

  test("999 plans, or 2.99 days, wait, however bad they look", () => {
    expect(labelOf({ challenger: { ...bad, live: 999 } })).toBe("wait");
    expect(labelOf({ challenger: { accepted: [100, 1000] }, day: 2.99 })).toBe("wait");
    expect(verdictOf({ challenger: { live: 999 } })).toBe("hold insufficient_data");
    expect(verdictOf({ day: 2.99 })).toBe("hold min_duration");
  });

  test("nothing to compute increases as the document has it, and waits in strict mode", () => {
    const nothing = { accepted: null, edits: null, intervened: null, p50: null, p99: null, violations: null };
    expect(labelOf({ champion: nothing, challenger: nothing })).toBe("increase");
    expect(verdictOf({ champion: nothing, challenger: nothing })).toBe("hold evidence_unavailable");
  });

  test("the document counts the candidate's plans, strict mode those of either arm", () => {
    const few = { live: 999, accepted: [799, 999] as const };
    expect(labelOf({ champion: few })).toBe("increase");
    expect(verdictOf({ champion: few, policy: { srmAlpha: { parts: 1, of: 1_000_000_000_000 } } })).toMatch(/^hold (insufficient_data|sample_ratio_mismatch)$/);
  });
});

test("vector 12: .04515 is 5 % above .043 exactly, which floats deny", () => {
  expect(0.04515 > 0.043 * 1.05).toBe(true);
  const situation: RampSituation = { champion: { intervened: [43_000, 1_000_000] }, challenger: { intervened: [4515, 100_000] } };
  expect(labelOf(situation)).toBe("increase");
  expect(checkOf(situation, "intervened").status).not.toBe("fail");
  expect(checkOf({ ...situation, challenger: { intervened: [4516, 100_000] } }, "intervened").status).toBe("fail");
});

describe("vector 14: acceptance against 7200 of 9000", () => {
  test.each([
    [770, "warn", "advance all_checks_passed", 0.9625, 0.92901, 0.9972],
    [730, "fail", "rollback worse", 0.9125, 0.87752, 0.94887],
    [790, "pass", "advance all_checks_passed", 0.9875, 0.95489, 1.02123],
  ])("%i of 1000: %s", (hits, status, verdict, ratio, low, high) => {
    const situation: RampSituation = { challenger: { accepted: [hits, 1000] } };
    const check = checkOf(situation, "accepted");
    expect(check.status).toBe(status);
    expect(check.estimate).toBeCloseTo(ratio, 10);
    expect(check.interval?.low).toBeCloseTo(low, 5);
    expect(check.interval?.high).toBeCloseTo(high, 5);
    expect(verdictOf(situation)).toBe(verdict);
  });
});

describe("vector 15: the split", () => {
  test("880 of 10,000 where a tenth was meant holds; 950 does not", () => {
    const split = (champion: number, challenger: number): RampSituation => ({ champion: { live: champion }, challenger: { live: challenger }, policy: { minSamples: 800 } });
    expect(checkOf(split(9120, 880), "sample-ratio").reported["chiSquare"]).toBeCloseTo(16, 6);
    expect(checkOf(split(9120, 880), "sample-ratio").pValue).toBeCloseTo(6.33e-5, 6);
    expect(verdictOf(split(9120, 880))).toBe("hold sample_ratio_mismatch");
    expect(checkOf(split(9050, 950), "sample-ratio").reported["chiSquare"]).toBeCloseTo(2.7778, 4);
    expect(checkOf(split(9050, 950), "sample-ratio").pValue).toBeCloseTo(0.0956, 4);
    expect(verdictOf(split(9050, 950))).toBe("advance all_checks_passed");
  });

  test("the document does not look at it", () => {
    expect(labelOf({ champion: { live: 19_120 } })).toBe("increase");
  });
});

describe("vector 16: a margin that is finer than the noise", () => {
  const noisy: RampSituation = { champion: { intervened: [360, 9000] }, challenger: { intervened: [40, 1000] } };

  test("of .04 at 1000 and 9000 plans, 5 % can't be told from nothing: it says how many it needs, and decides nothing", () => {
    const check = checkOf(noisy, "intervened");
    expect(check).toMatchObject({ status: "unproven", nNeeded: 28_860 });
    expect(check.says).toContain("28860 of the challenger's are needed");
    expect(verdictOf(noisy)).toBe("hold insufficient_data");
  });

  test("nor does a point beyond it end the ramp, however long it lasts", () => {
    const beyond: RampSituation = { ...noisy, challenger: { intervened: [45, 1000] } };
    expect(verdictOf(beyond)).toBe("hold insufficient_data");
    expect(verdictOf({ ...beyond, day: 100 })).toBe("hold insufficient_data");
  });

  test("what is surely worse is not noise", () => {
    expect(verdictOf({ ...noisy, challenger: { intervened: [78, 1000] } })).toBe("rollback worse");
  });

  test("80 % of 1000 and 9000 are enough for 5 %", () => {
    expect(checkOf({}, "accepted")).toMatchObject({ status: "pass", nNeeded: null });
  });
});

describe("the order of strict mode", () => {
  const harmful = { accepted: [500, 1000] } as const;

  test("a neutral challenger goes on to the next stage, and from the last rung to everything", () => {
    expect([0, 1, 2].map((stage) => verdictOf({ stage, champion: { live: 1000 * [9, 3, 1][stage]! } }))).toEqual(["advance all_checks_passed", "advance all_checks_passed", "promote all_checks_passed"]);
  });

  test("a reading that is missing holds, whatever else is known", () => {
    expect(verdictOf({ challenger: harmful, observation: { evidence: { available: false, code: "evidence_unavailable", detail: "none" } } })).toBe("hold evidence_unavailable");
  });

  test("a split that is not realised holds before harm is looked at", () => {
    expect(verdictOf({ champion: { live: 90_000 }, challenger: harmful })).toBe("hold sample_ratio_mismatch");
  });

  test("one violation ends it at any time and any number", () => {
    const one = { live: 1, accepted: null, edits: null, intervened: null, p50: null, p99: null, violations: 1 };
    expect(verdictOf({ champion: { live: 9 }, challenger: one, day: 0.01 })).toBe("rollback harm");
    expect(labelOf({ challenger: { violations: 1 } })).toBe("rollback");
    expect(labelOf({ challenger: { violations: 1 }, day: 1 })).toBe("wait");
  });

  test("harm that is sure ends it before its time and before its number", () => {
    const early = { champion: { live: 2700, accepted: [2160, 2700] as const }, challenger: { live: 300, accepted: [120, 300] as const }, day: 1 };
    expect(verdictOf(early)).toBe("rollback harm");
    expect(verdictOf({ ...early, challenger: { live: 300, accepted: [225, 300] } })).toBe("hold min_duration");
  });

  test("harm is seen while a signature is awaited, beside the look that is frozen", () => {
    const observation = rampObservation({ policy: { approval: { when: "always", by: 1, notBy: [] } }, stage: 2, champion: { live: 1000 } });
    expect(verdictOf(observation)).toBe("hold awaiting_approval");
    if (!observation.evidence.available) throw new Error("unavailable");
    const now = observation.evidence.look.evidence.map((item) => (item.slot === "challenger" && item.metric === "accepted" ? { ...item, statistic: { kind: "rate" as const, n: 4000, hits: 1000 } } : item));
    const evidence = { ...observation.evidence, recent: [{ from: START, to: observation.at, evidence: now }] };
    expect(verdictOf({ ...observation, evidence })).toBe("rollback harm");
  });

  test("a breach that may be chance has as long again, and then ends the ramp", () => {
    const perhaps: RampSituation = { champion: { edits: [2, 3] }, challenger: { edits: [2.21, 3.2] }, policy: { alpha: { parts: 1, of: 100 } } };
    const broad = { ...perhaps, policy: { checks: rampPolicy().checks.map((check) => (check.metric === "edits" ? { ...check, margin: { parts: 1, of: 9 } } : check)) as RampCheck[] } };
    expect(checkOf({ challenger: { edits: [2.3, 4] }, champion: { edits: [2, 0.5] } }, "edits").status).toBe("fail");
    expect(checkOf(broad, "edits").status).toMatch(/pass|warn|unproven/);
    const unsure: RampSituation = { challenger: { live: 1000, edits: [2.21, 4.2] }, champion: { live: 9000, edits: [2, 3] } };
    expect(checkOf(unsure, "edits")).toMatchObject({ status: "unproven", nNeeded: null });
    expect(verdictOf(unsure)).toBe("hold inconclusive");
    expect(verdictOf({ ...unsure, day: 5.99 })).toBe("hold inconclusive");
    expect(verdictOf({ ...unsure, day: 6 })).toBe("rollback unproven");
  });

  test("a p99 above its cap is held against the challenger only where the champion keeps it", () => {
    expect(verdictOf({ challenger: { p99: 2200 } })).toBe("rollback worse");
    expect(verdictOf({ champion: { p99: 2500 }, challenger: { p99: 2200 } })).toBe("hold champion_over_limit");
    expect(verdictOf({ champion: { p99: 2500 } })).toBe("advance all_checks_passed");
    expect(labelOf({ champion: { p99: 2500 }, challenger: { p99: 2200 } })).toBe("rollback");
  });

  test("where the champion's figure is 0, a floor stands for the margin", () => {
    const zero = (mean: number): RampSituation => ({ champion: { edits: [0, 0] }, challenger: { edits: [mean, 0.1] }, policy: { checks: rampPolicy().checks.filter(({ metric }) => metric === "edits") } });
    expect(checkOf(zero(0.05), "edits")).toMatchObject({ status: "warn", allowed: { low: null, high: 0.05 } });
    expect(checkOf(zero(0.06), "edits").status).toBe("fail");
    expect(labelOf(zero(0.001))).toBe("rollback");
  });

  test("an operator's hold keeps it where it is, and harm still rolls back", () => {
    const operator = { approvals: [], request: null, hold: { by: "ada", at: START, reason: "wait" } };
    expect(verdictOf({ observation: { operator } })).toBe("hold operator_hold");
    expect(verdictOf({ challenger: { violations: 1 }, observation: { operator } })).toBe("rollback harm");
  });
});

test.each(["strict", "compat"] as const)("contradiction 15, %s: five percent less decides, not the ten that page somebody", (mode) => {
  const { verdict } = decided({ challenger: { accepted: [752, 1000] }, policy: { mode } });
  expect(verdict).toBe("rollback");
  expect(decided({ challenger: { accepted: [760, 1000] }, policy: { mode } }).verdict).toBe("advance");
});

test("of several challengers each has its part of alpha: what is surely worse for the first is not for the sixth", () => {
  const observation = (ordinal: number) => {
    const base = rampObservation({ challenger: { accepted: [759, 1000] }, policy: { spending: "across" } });
    return { ...base, rollout: { ...base.rollout, ordinal } };
  };
  const checks = [1, 6].map((ordinal) => decided(observation(ordinal)).checks.find(({ id }) => id === "accepted"));
  expect(checks.map((check) => check?.status)).toEqual(["fail", "unproven"]);
  expect((checks[1]?.alpha ?? 0) * 36).toBeCloseTo(checks[0]?.alpha ?? Number.NaN, 12);
});

describe("the promotion", () => {
  const last = { stage: 2, champion: { live: 1000 } } as const;
  const warned: RampSituation = { stage: 2, champion: { live: 9000 }, challenger: { live: 9000, accepted: [7000, 9000], edits: [2, 1.5] } };

  test("a warning is signed for by name, and only before everything", () => {
    const approval = { when: "warn", by: 1, notBy: ["eve"] } as const;
    expect(checkOf(warned, "accepted").status).toBe("warn");
    expect(verdictOf({ ...last, policy: { approval } })).toBe("promote all_checks_passed");
    expect(verdictOf({ ...warned, policy: { approval } })).toBe("hold awaiting_approval");
    expect(verdictOf({ challenger: { accepted: [770, 1000] }, policy: { approval } })).toBe("advance all_checks_passed");
  });

  test("I12: a signature is for its evidence, by somebody who may", () => {
    const approval = { when: "warn", by: 1, notBy: ["eve"] } as const;
    const observation = rampObservation({ ...warned, policy: { approval } });
    const digest = observation.evidence.available ? observation.evidence.look.digest : "";
    const signed = (by: string, evidenceDigest: string) => ({ ...observation, operator: { ...observation.operator, approvals: [{ id: "a", by, at: START, decisionId: "d", evidenceDigest, comment: "" }] } });
    expect(verdictOf(signed("ada", digest))).toBe("promote all_checks_passed");
    expect(verdictOf(signed("eve", digest))).toBe("hold awaiting_approval");
    expect(verdictOf(signed("ada", digestOf("other")))).toBe("hold awaiting_approval");
  });

  test("an improvement that is asked for must be shown before the promotion, in twice the time", () => {
    const improve: RampCheck = { kind: "improveBy", metric: "accepted", figure: { kind: "rate" }, better: "higher", margin: { parts: 0, of: 1 } };
    const policy = { checks: [...rampPolicy().checks, improve] };
    expect(verdictOf({ policy })).toBe("advance all_checks_passed");
    expect(verdictOf({ ...last, policy })).toBe("hold inconclusive");
    expect(verdictOf({ ...last, policy, day: 14 })).toBe("retain unproven");
    expect(verdictOf({ ...last, policy, challenger: { live: 9000, accepted: [8000, 9000] }, champion: { live: 9000 } })).toBe("promote all_checks_passed");
  });
});

test("each arm is counted in its slot: the cohort of control is what the challenger is compared with", () => {
  const observation = rampObservation({ policy: { control: "equal" } });
  const rest = itemsOf({ ...CHALLENGER, live: 8000, accepted: [8000, 8000] }, "1", "champion");
  const evidence = [...rest, ...itemsOf(CHALLENGER, "1", "control"), ...itemsOf({ ...CHALLENGER, accepted: [795, 1000] }, "2", "challenger")];
  if (!observation.evidence.available) throw new Error("unavailable");
  const { look } = observation.evidence;
  const decision = decided({ ...observation, evidence: { ...observation.evidence, soFar: evidence, look: { ...look, evidence, digest: digestOf(evidence) } } });
  const accepted = decision.checks.find(({ id }) => id === "accepted");
  expect(accepted).toMatchObject({ champion: 0.8, challenger: 0.795, n: { champion: 1000, challenger: 1000 } });
  expect(decision.checks.find(({ id }) => id === "sample-ratio")).toMatchObject({ status: "pass", n: { champion: 9000, challenger: 1000 } });
});

test("the split is tested by units where they are counted: a few that are busy are no broken split", () => {
  const observation = rampObservation({ champion: { live: 90_000 }, challenger: { live: 12_000 } });
  expect(verdictOf(observation)).toBe("hold sample_ratio_mismatch");
  const { evidence } = observation;
  if (!evidence.available) throw new Error("unavailable");
  const zero = { high: 0, low: 0 };
  const units = (version: string, slot: string, n: number) => ({ version, slot, mode: "live" as const, metric: "edits_per_plan", statistic: { kind: "ratio" as const, n, requests: 1, numerator: zero, denominator: zero, numeratorSquares: zero, denominatorSquares: zero, products: zero } });
  const judge = (champions: number, challengers: number) => {
    const soFar = [...evidence.soFar, units("1", "champion", champions), units("2", "challenger", challengers)];
    return decided({ ...observation, evidence: { ...evidence, soFar } }).checks.find(({ id }) => id === "sample-ratio");
  };
  expect(judge(9050, 950)).toMatchObject({ status: "pass", n: { champion: 9050, challenger: 950 }, says: expect.stringContaining("of the units") });
  expect(judge(9120, 880)?.status).toBe("fail");
});

test("a ratio is clustered by unit: units that agree with themselves count less", () => {
  const units = 500;
  const ratio = (perUnit: number, mean: number, spread: number) => {
    const y = perUnit;
    const sums = momentsOf(units, [mean * y, spread * y]);
    const whole = { high: 0, low: 0 };
    return {
      kind: "ratio" as const,
      n: units,
      requests: units * perUnit,
      numerator: sums.sum,
      numeratorSquares: sums.squares,
      denominator: { ...whole, low: units * y * 1000 },
      denominatorSquares: { ...whole, low: units * y * y * 1e6 },
      products: { ...whole, low: Math.round(units * mean * y * y * 1e6) },
    };
  };
  const judge = (spread: number) => {
    const observation = rampObservation({ policy: { metrics: { edits: { kind: "ratio", numerator: ["edits"], denominator: ["accepted"], once: false } }, checks: [{ kind: "noWorseThan", metric: "edits", figure: { kind: "ratio" }, better: "lower", margin: { parts: 1, of: 10 }, floor: { parts: 1, of: 20 } }] } });
    if (!observation.evidence.available) throw new Error("unavailable");
    const others = observation.evidence.soFar.filter(({ metric }) => metric === "scored");
    const evidence = [...others, { version: "1", slot: "champion", mode: "live" as const, metric: "edits", statistic: ratio(4, 2, spread) }, { version: "2", slot: "challenger", mode: "live" as const, metric: "edits", statistic: ratio(4, 2.3, spread) }];
    const decision = decided({ ...observation, evidence: { ...observation.evidence, soFar: evidence, look: { ...observation.evidence.look, evidence } } });
    return decision.checks.find(({ id }) => id === "edits");
  };
  expect(judge(1)).toMatchObject({ status: "fail", n: { champion: 500, challenger: 500 } });
  expect(judge(1)?.estimate).toBeCloseTo(1.15, 10);
  expect(judge(20)?.status).toBe("unproven");
  expect(judge(20)?.nNeeded).toBeGreaterThan(500);
});

const arm = fc.record({
  live: fc.integer({ min: 0, max: 20_000 }),
  accepted: fc.option(fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 5000, max: 20_000 })), { nil: null }),
  edits: fc.option(fc.tuple(fc.double({ min: 0, max: 5, noNaN: true }), fc.double({ min: 0, max: 5, noNaN: true })), { nil: null }),
  intervened: fc.option(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 500, max: 20_000 })), { nil: null }),
  p50: fc.option(fc.tuple(fc.double({ min: 1, max: 900, noNaN: true }), fc.double({ min: 0, max: 100, noNaN: true })), { nil: null }),
  p99: fc.option(fc.integer({ min: 1, max: 9000 }), { nil: null }),
  violations: fc.option(fc.constantFrom(0, 0, 0, 1), { nil: null }),
});

const situations: fc.Arbitrary<RampSituation> = fc.record({
  champion: arm,
  challenger: arm,
  stage: fc.integer({ min: 0, max: 2 }),
  day: fc.double({ min: 0, max: 20, noNaN: true }),
  policy: fc.record({ mode: fc.constantFrom("strict" as const, "compat" as const), control: fc.constant("rest" as const) }),
});

test("I1: the same observation gives the same bytes, also after a round through JSON", () => {
  fc.assert(
    fc.property(situations, (situation) => {
      const observation = rampObservation(situation);
      const again = JSON.parse(JSON.stringify(observation)) as Observation;
      expect(canonicalJson(decided(again))).toBe(canonicalJson(decided(observation)));
    }),
    { numRuns: 60 },
  );
});

test("I7: in strict mode nothing goes on without every figure, and nothing goes back but by one that is there", () => {
  fc.assert(
    fc.property(situations, (situation) => {
      const { verdict, checks } = decided({ ...situation, policy: { mode: "strict" } });
      const stage = checks.filter(({ purpose }) => purpose === "promotion");
      if (verdict === "advance" || verdict === "promote") expect(stage.every(({ status }) => status === "pass" || status === "warn")).toBe(true);
      if (verdict === "rollback") expect(checks.some(({ status, n }) => (status === "fail" || status === "unproven") && n.challenger > 0)).toBe(true);
      const nothing = { live: 0, accepted: null, edits: null, intervened: null, p50: null, p99: null, violations: null };
      expect(decided({ ...situation, challenger: nothing, policy: { mode: "strict" } }).verdict).toBe("hold");
    }),
    { numRuns: 60 },
  );
});

test("I15: a person's rollback needs no data, no time, and no reading", () => {
  fc.assert(
    fc.property(situations, fc.boolean(), (situation, readable) => {
      const observation = rampObservation(situation);
      const outage = { available: false, code: "evidence_unavailable", detail: "" } as const;
      const request = { id: "r", kind: "rollback", by: "ada", at: START, reason: "now" } as const;
      expect(verdictOf({ ...observation, ...(readable ? {} : { evidence: outage, registry: outage, traffic: outage }), operator: { ...observation.operator, request } })).toBe("rollback manual");
    }),
    { numRuns: 40 },
  );
});

test("a stage that lasts is judged no earlier than its dwell, whatever its evidence", () => {
  expect(DAY * 3).toBe(rampPolicy().stages[0]?.dwellMs);
  fc.assert(
    fc.property(situations, (situation) => {
      const day = Math.min(situation.day ?? 0, 2.99);
      expect(["hold", "rollback"]).toContain(decided({ ...situation, day }).verdict);
    }),
    { numRuns: 40 },
  );
});
