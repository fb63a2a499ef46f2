import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { canonicalJson } from "../digest/canonical-json.ts";
import { digestOf } from "../digest/digest-of.ts";
import { abtestPolicy, BETTER, DAY, evidenceOf, observationOf, pairedCells, START, type Counts } from "../testing/observation.ts";
import { decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import type { Observation } from "./observation.ts";

function verdictOf(observation: Observation): string {
  const decision = decide(observation.rollout.policy, observation);
  return `${decision.verdict} ${decision.reason}`;
}

function checkOf(decision: Decision, id: string) {
  const check = decision.checks.find((known) => known.id === id);
  if (check === undefined) throw new Error(`no check ${id}`);
  return check;
}

const compat = { mode: "compat" } as const;

/** 1,000 positives; `hits` of the champion, and discordant pairs. */
function recall(championHits: number, onlyChallenger: number, onlyChampion: number): Partial<Counts> {
  const bothHit = championHits - onlyChampion;
  return {
    paired: pairedCells({ bothHit, onlyChallenger, onlyChampion, bothMiss: 1000 - bothHit - onlyChallenger - onlyChampion, bothFalse: 70, onlyChallengerFalse: 10, onlyChampionFalse: 10, bothRight: 8785 }),
  };
}

describe("the look", () => {
  test("a clearly better challenger is promoted", () => {
    expect(verdictOf(observationOf())).toBe("promote all_checks_passed");
  });

  test("before the window ends, before labels are mature, and with too little data it waits", () => {
    expect(verdictOf(observationOf({ observation: { at: START + 13 * DAY } }))).toBe("hold min_duration");
    expect(verdictOf(observationOf({ observation: { at: START + 43 * DAY } }))).toBe("hold labels_immature");
    expect(verdictOf(observationOf({ counts: { live: [3000, 750], labelled: [3000, 750] } }))).toBe("hold insufficient_data");
    expect(verdictOf(observationOf({ counts: { labelled: [7000, 1975] } }))).toBe("hold labels_immature");
  });

  test("label coverage must be level between the arms, not only high", () => {
    expect(verdictOf(observationOf({ counts: { labelled: [8000, 1920] } }))).toBe("hold labels_immature");
  });

  test("no gain and no loss extends the test once, then retains the champion as unproven", () => {
    const counts = recall(800, 100, 50);
    expect(verdictOf(observationOf({ counts }))).toBe("hold inconclusive");
    expect(verdictOf(observationOf({ counts, look: 2 }))).toBe("retain unproven");
  });

  test("an interval wholly below the threshold is a loss", () => {
    expect(verdictOf(observationOf({ counts: recall(800, 30, 28) }))).toBe("retain worse");
  });

  test("a precision drop beyond the margin is a loss when it is significant, unproven otherwise", () => {
    const cells = (falseAlarms: number) => ({ paired: pairedCells({ bothHit: 780, onlyChallenger: 120, onlyChampion: 20, bothMiss: 80, bothFalse: 70, onlyChallengerFalse: falseAlarms, onlyChampionFalse: 10, bothRight: 8785 }) });
    expect(verdictOf(observationOf({ counts: cells(200) }))).toBe("retain worse");
    expect(verdictOf(observationOf({ counts: cells(30) }))).toBe("hold inconclusive");
  });

  test("strict mode divides alpha among the looks, compat mode does not", () => {
    const strict = observationOf();
    expect(checkOf(decide(strict.rollout.policy, strict), "recall-superiority").alpha).toBe(0.025);
    const loose = observationOf({ policy: compat });
    expect(checkOf(decide(loose.rollout.policy, loose), "recall-superiority").alpha).toBe(0.05);
  });

  test("a champion that breaks the cap itself holds, since nothing can be held against the challenger", () => {
    expect(verdictOf(observationOf({ counts: { latencyMs: [150, 152] } }))).toBe("hold champion_over_limit");
    expect(verdictOf(observationOf({ counts: { latencyMs: [40, 152] } }))).toBe("retain worse");
  });
});

describe("vectors of the fraud facts", () => {
  test("6, the gate run: recall +36 %, precision −7 pp: retained", () => {
    const counts = { paired: pairedCells({ bothHit: 766, onlyChallenger: 276, onlyChampion: 0, bothMiss: 0, bothFalse: 16, onlyChallengerFalse: 88, onlyChampionFalse: 0, bothRight: 143_778 }) };
    const observation = observationOf({ policy: compat, counts });
    const decision = decide(observation.rollout.policy, observation);
    expect([decision.verdict, decision.reason, decision.compatLabel]).toEqual(["retain", "worse", "RETAINED"]);
    expect(checkOf(decision, "recall-superiority").reported["relative"]).toBeCloseTo(0.360313, 6);
    expect(checkOf(decision, "recall-superiority").reported["absolute"]).toBeCloseTo(0.264875, 6);
    expect(checkOf(decision, "precision-band").estimate).toBeCloseTo(-0.07029, 6);
    const wide = observationOf({ policy: { ...compat, checks: abtestPolicy().checks.map((rule) => (rule.kind === "band" ? { ...rule, dropMax: { parts: 1, of: 10 } } : rule)) }, counts });
    expect(verdictOf(wide)).toBe("promote all_checks_passed");
  });

  test("7, the training logs: precision −.011574 fails the 1 pp band", () => {
    const counts = { paired: pairedCells({ bothHit: 762, onlyChallenger: 280, onlyChampion: 0, bothMiss: 0, bothFalse: 12, onlyChallengerFalse: 17, onlyChampionFalse: 0, bothRight: 143_853 }) };
    const observation = observationOf({ policy: compat, counts });
    const check = checkOf(decide(observation.rollout.policy, observation), "precision-band");
    expect(check.estimate).toBeCloseTo(-0.011574, 5);
    expect(check.status).toBe("fail");
  });

  test("8, .84 against .80 is exactly 5 %: the point is met", () => {
    const observation = observationOf({ policy: compat, counts: recall(800, 45, 5) });
    expect(checkOf(decide(observation.rollout.policy, observation), "recall-superiority").status).toBe("pass");
    const short = observationOf({ policy: compat, counts: recall(800, 44, 5) });
    expect(checkOf(decide(short.rollout.policy, short), "recall-superiority").status).toBe("fail");
  });

  test("8, |.92 − .91| is exactly 1 pp: inside the band", () => {
    const counts = { paired: pairedCells({ bothHit: 910, onlyChallenger: 10, onlyChampion: 0, bothMiss: 0, bothFalse: 80, onlyChallengerFalse: 0, onlyChampionFalse: 10, bothRight: 8000 }) };
    const observation = observationOf({ policy: compat, counts });
    expect(checkOf(decide(observation.rollout.policy, observation), "precision-band").status).toBe("pass");
  });

  test("5, 60 against 40: the exact test decides, mid-p is only reported", () => {
    const observation = observationOf({ policy: { ...compat, checks: [{ kind: "superiority", metric: "recall", improveBy: { parts: 1, of: 100 }, basis: "relative" }] }, counts: recall(800, 60, 40) });
    const check = checkOf(decide(observation.rollout.policy, observation), "recall-superiority");
    expect(check.pValue).toBeCloseTo(0.05688793, 8);
    expect(check.reported["midP"]).toBeCloseTo(0.04604407, 8);
    expect(check.status).toBe("unproven");
  });

  test("9b, 800 → 850 of 1000: McNemar is sure of a gain, strict mode is not yet sure of 5 %", () => {
    const strict = observationOf({ counts: recall(800, 100, 50), policy: { window: { minMs: 14 * DAY, maxMs: 14 * DAY } } });
    const one = { ...strict, evidence: { ...strict.evidence, look: { ...(strict.evidence as { look: { of: number } }).look, of: 1 } } } as Observation;
    const check = checkOf(decide(one.rollout.policy, one), "recall-superiority");
    expect(check.estimate).toBeCloseTo(1.0625, 12);
    expect(check.interval?.low).toBeCloseTo(1.03202, 4);
    expect(check.interval?.high).toBeCloseTo(1.09388, 4);
    expect(check.pValue).toBeCloseTo(5.45e-5, 7);
    expect(check.status).toBe("unproven");
    const loose = observationOf({ counts: recall(800, 100, 50), policy: compat });
    expect(checkOf(decide(loose.rollout.policy, loose), "recall-superiority").status).toBe("pass");
  });

  test("12, unpaired 640/800 against 170/200: Newcombe, never called McNemar", () => {
    const observation = observationOf({ counts: { paired: null } });
    const evidence = [
      ...evidenceOf({ ...BETTER, paired: null }),
      { version: "1", slot: "champion", mode: "live", metric: "confusion", statistic: { kind: "confusion", truePositive: 640, falsePositive: 60, falseNegative: 160, trueNegative: 7000 } },
      { version: "2", slot: "challenger", mode: "live", metric: "confusion", statistic: { kind: "confusion", truePositive: 170, falsePositive: 15, falseNegative: 30, trueNegative: 1760 } },
    ] as const;
    const view = observation.evidence.available ? { ...observation.evidence, look: { ...observation.evidence.look, of: 1, evidence } } : observation.evidence;
    const check = checkOf(decide(observation.rollout.policy, { ...observation, evidence: view }), "recall-superiority");
    expect(check.method).not.toMatch(/McNemar/);
    expect(check.estimate).toBeCloseTo(0.05, 12);
    expect(check.interval?.low).toBeCloseTo(-0.0119, 4);
    expect(check.interval?.high).toBeCloseTo(0.10182, 4);
  });

  test("18, 8200/1800 on 80/20 is a sample-ratio mismatch, 166/34 is not", () => {
    expect(verdictOf(observationOf({ counts: { live: [8200, 1800], labelled: [8200, 1800] } }))).toBe("hold sample_ratio_mismatch");
    const small = observationOf({ counts: { live: [166, 34], labelled: [166, 34] } });
    expect(checkOf(decide(small.rollout.policy, small), "sample-ratio")).toMatchObject({ status: "pass", reported: { chiSquare: expect.closeTo(1.125, 9), chiSquareP: expect.closeTo(0.2889, 3) } });
  });
});

describe("harm, at any time", () => {
  const early = { at: START + 2 * DAY };

  test("errors beyond the limit roll back before any look", () => {
    expect(verdictOf(observationOf({ observation: early, counts: { errors: [8, 200] } }))).toBe("rollback harm");
  });

  test("two errors in two requests are chance, not harm", () => {
    expect(verdictOf(observationOf({ observation: early, counts: { live: [8, 2], labelled: [0, 0], errors: [0, 2], paired: null } }))).toBe("hold min_duration");
  });

  test("a collapsed recall on pairs rolls back", () => {
    expect(verdictOf(observationOf({ observation: early, counts: recall(800, 5, 60) }))).toBe("rollback harm");
  });

  test("a latency cap broken in three windows while the champion keeps it rolls back; two windows do not", () => {
    const harm = [{ kind: "quantile", metric: "latency_ms", quantile: { parts: 19, of: 20 }, atMost: 100, windows: 3 }] as const;
    const window = (index: number, latencyMs: readonly [number, number]) => ({ from: index * DAY, to: (index + 1) * DAY, evidence: evidenceOf({ ...BETTER, latencyMs }) });
    const withWindows = (latencies: readonly (readonly [number, number])[]) => {
      const observation = observationOf({ observation: early, policy: { harm } });
      return { ...observation, evidence: { ...observation.evidence, recent: latencies.map((latency, index) => window(index, latency)) } } as Observation;
    };
    expect(verdictOf(withWindows([[40, 150], [40, 160], [40, 150]]))).toBe("rollback harm");
    expect(verdictOf(withWindows([[40, 150], [40, 60], [40, 150]]))).toBe("hold min_duration");
    expect(verdictOf(withWindows([[140, 150], [140, 160], [140, 150]]))).toBe("hold min_duration");
    expect(verdictOf(withWindows([[40, 150], [40, 150]]))).toBe("hold min_duration");
  });
});

describe("watched all the time", () => {
  const watched = { monitoring: "continuous" } as const;

  test("a clear gain is promoted by exact evidence, the fixed interval is shown beside", () => {
    const observation = observationOf({ policy: watched });
    const decision = decide(observation.rollout.policy, observation);
    expect([decision.verdict, decision.reason]).toEqual(["promote", "all_checks_passed"]);
    const check = checkOf(decision, "recall-superiority");
    expect(check).toMatchObject({ guarantee: "exact", alpha: 0.05, status: "pass" });
    const { fixedLow, fixedHigh } = check.reported as { fixedLow: number; fixedHigh: number };
    // What holds at every look together is wider than what holds at one.
    expect(check.interval!.low).toBeLessThan(fixedLow);
    expect(check.interval!.high).toBeGreaterThan(fixedHigh);
    expect(check.interval!.low).toBeGreaterThan(1.05);
  });

  test("interval and evidence say the same", () => {
    fc.assert(
      fc.property(fc.nat({ max: 200 }), fc.nat({ max: 200 }), (up, down) => {
        const observation = observationOf({ policy: watched, counts: recall(800, Math.min(up, 200), Math.min(down, 200)) });
        const check = checkOf(decide(observation.rollout.policy, observation), "recall-superiority");
        expect(check.pValue! < 0.05).toBe(check.interval!.low >= 1.05);
        expect(check.status === "pass").toBe(check.interval!.low >= 1.05);
      }),
      { numRuns: 60 },
    );
  });

  test("few pairs and rare alarms say nothing, never certainty", () => {
    const cells = pairedCells({ bothHit: 5, onlyChallenger: 1, onlyChampion: 0, bothMiss: 0, bothFalse: 0, onlyChallengerFalse: 0, onlyChampionFalse: 0, bothRight: 3000 });
    const observation = observationOf({ policy: watched, counts: { paired: cells } });
    const decision = decide(observation.rollout.policy, observation);
    expect(decision.verdict).toBe("hold");
    const precision = checkOf(decision, "precision-band");
    expect(precision.status).toBe("unproven");
    expect(precision.interval!.low).toBeLessThan(-0.5);
    expect(precision.interval!.high).toBeGreaterThan(0.3);
    expect(checkOf(decision, "recall-superiority").status).toBe("unproven");
  });
});

test("alpha spent across challengers: the k-th has 6/(π²k²) of it, and all of them together no more than alpha", () => {
  const alphaOf = (ordinal: number) => {
    const observation = observationOf({ policy: { spending: "across", monitoring: "continuous" } });
    const later = { ...observation, rollout: { ...observation.rollout, ordinal } };
    return checkOf(decide(later.rollout.policy, later), "recall-superiority").alpha!;
  };
  expect(alphaOf(1)).toBeCloseTo(0.05 * 0.6079271, 8);
  expect(alphaOf(2) / alphaOf(1)).toBeCloseTo(0.25, 12);
  const total = Array.from({ length: 200 }, (_, index) => alphaOf(index + 1)).reduce((sum, alpha) => sum + alpha, 0);
  expect(total).toBeLessThan(0.05);
});

describe("people and outages", () => {
  const unavailable = { available: false, code: "registry_unavailable", detail: "the registry does not answer" } as const;

  test("an outage holds, whatever the evidence says", () => {
    for (const part of ["registry", "traffic", "evidence"] as const) {
      expect(verdictOf(observationOf({ observation: { [part]: unavailable } }))).toBe("hold evidence_unavailable");
    }
  });

  test("a foreign alias move, another artifact, or another epoch holds", () => {
    const observation = observationOf();
    const registry = observation.registry.available ? observation.registry : null;
    expect(verdictOf({ ...observation, registry: { ...registry!, aliases: { champion: "7" } } })).toBe("hold foreign_move");
    expect(verdictOf({ ...observation, registry: { ...registry!, versions: registry!.versions.map((version) => ({ ...version, digest: "sha256:other" })) } })).toBe("hold version_mismatch");
    expect(verdictOf({ ...observation, traffic: { available: true, ...observation.rollout.allocation, epoch: 5 } })).toBe("hold split_not_realised");
  });

  test("I12: an approval counts only for the evidence it was given for, and not from whom the policy excludes", () => {
    const approval = { by: 1, notBy: ["ada"] };
    const base = observationOf({ policy: { approval } });
    expect(verdictOf(base)).toBe("hold awaiting_approval");
    const evidenceDigest = digestOf(evidenceOf(BETTER));
    const signed = (by: string, digest: string) => observationOf({ policy: { approval }, observation: { operator: { hold: null, request: null, approvals: [{ id: "a-1", by, at: START, decisionId: "d-1", evidenceDigest: digest, comment: "" }] } } });
    expect(verdictOf(signed("grace", evidenceDigest))).toBe("promote all_checks_passed");
    expect(verdictOf(signed("ada", evidenceDigest))).toBe("hold awaiting_approval");
    expect(verdictOf(signed("grace", "f".repeat(64)))).toBe("hold awaiting_approval");
  });

  test("a hold stops a promotion, and never a rollback", () => {
    const operator = { approvals: [], request: null, hold: { by: "ada", at: START, reason: "release freeze" } };
    expect(verdictOf(observationOf({ observation: { operator } }))).toBe("hold operator_hold");
    expect(verdictOf(observationOf({ observation: { operator }, counts: { errors: [8, 200] } }))).toBe("rollback harm");
  });

  test("I15: a person's rollback needs no data and no registry", () => {
    const operator = { approvals: [], hold: null, request: { id: "r-1", kind: "rollback", by: "ada", at: START, reason: "complaints" } } as const;
    expect(verdictOf(observationOf({ observation: { operator, registry: unavailable, traffic: unavailable, evidence: unavailable } }))).toBe("rollback manual");
  });

  test("a plan that can't be finished goes back; one that went back waits for a person", () => {
    const blocked = { decisionId: "d-1", effectKey: "d-1/2", code: "foreign_move", detail: "moved" };
    expect(verdictOf(observationOf({ observation: { blocked: { ...blocked, goesBack: false } } }))).toBe("rollback plan_failed");
    expect(verdictOf(observationOf({ observation: { blocked: { ...blocked, goesBack: true } } }))).toBe("hold plan_failed");
  });
});

const count = fc.nat({ max: 5000 });
const anyCounts: fc.Arbitrary<Counts> = fc.record({
  live: fc.tuple(count, count),
  labelled: fc.tuple(count, count),
  paired: fc.option(fc.tuple(count, count, count, count, count, count, count, count), { nil: null }),
  errors: fc.constant([0, 0] as const),
  latencyMs: fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 })),
}).map((counts) => ({ ...counts, labelled: [Math.min(counts.labelled[0], counts.live[0]), Math.min(counts.labelled[1], counts.live[1])] as const }));

test("I1: the same observation gives the same bytes, also after a round through JSON", () => {
  fc.assert(
    fc.property(anyCounts, fc.constantFrom("strict", "compat"), fc.constantFrom(1, 2), (counts, mode, look) => {
      const observation = observationOf({ counts, policy: { mode }, look });
      const again = JSON.parse(canonicalJson(observation)) as Observation;
      expect(canonicalJson(decide(again.rollout.policy, again))).toBe(canonicalJson(decide(observation.rollout.policy, observation)));
    }),
  );
});

test("I7: without evidence of one of the versions nothing is promoted and nothing is rolled back", () => {
  fc.assert(
    fc.property(anyCounts, fc.constantFrom("strict", "compat"), fc.constantFrom(0, 1), (counts, mode, absent) => {
      const gone = counts.live.map((n, arm) => (arm === absent ? 0 : n)) as unknown as Counts["live"];
      const { verdict } = decide(abtestPolicy({ mode }), observationOf({ counts: { ...counts, live: gone, paired: null }, policy: { mode } }));
      expect(["hold", "retain"]).toContain(verdict);
    }),
  );
});

test("strict mode never promotes what compat mode would refuse at the same look for its point alone", () => {
  fc.assert(
    fc.property(anyCounts, (counts) => {
      const strict = observationOf({ counts });
      const loose = observationOf({ counts, policy: compat });
      const recallOf = (observation: Observation) => checkOf(decide(observation.rollout.policy, observation), "recall-superiority").status;
      if (recallOf(strict) === "pass") expect(recallOf(loose)).toBe("pass");
    }),
  );
});
