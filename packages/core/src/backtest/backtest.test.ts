import { expect, test } from "vitest";

import { lookOf, recentWindows } from "../decision/abtest/look.ts";
import { decide } from "../decision/decide.ts";
import type { Observation } from "../decision/observation.ts";
import type { EvidenceCell } from "../evidence/evidence.ts";
import { gatherEvidence } from "../evidence/merge.ts";
import { sealEntry } from "../ledger/seal-entry.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import { planFor, planStart } from "../plan/plan-for.ts";
import type { AbtestPolicy } from "../policy/policy.ts";
import { abtestPolicy, DAY, evidenceOf, observationOf, pairedCells, rolloutOf, START } from "../testing/observation.ts";
import { rampPolicy, rampRollout } from "../testing/ramp-observation.ts";
import { backtestCells } from "./backtest-cells.ts";
import { backtestDecisions } from "./backtest-decisions.ts";
import { recordedRollouts } from "./recorded.ts";

const LABELS = { maturityMs: 5 * DAY, coverageMin: { parts: 19, of: 20 }, coverageGapMax: { parts: 1, of: 100 } };
const THEN = abtestPolicy({ labels: LABELS });

/** A day: `gained` of 100 positives are found by the challenger alone, 2 by the champion alone. */
const dayOf = (gained: number) =>
  evidenceOf({
    live: [800, 200],
    labelled: [800, 200],
    paired: pairedCells({ bothHit: 76, onlyChallenger: gained, onlyChampion: 2, bothMiss: 22 - gained, bothFalse: 4, onlyChallengerFalse: 1, onlyChampionFalse: 2, bothRight: 893 }),
    errors: [1, 0],
    latencyMs: [40, 40],
  });

const cellsOf = (gained: number, days: number): EvidenceCell[] =>
  Array.from({ length: days }, (_, day) => dayOf(gained).map((item) => ({ ...item, model: "fraud", epoch: 1, bucketStart: START + day * DAY }))).flat();

/** What the controller would have written, deciding once a day on these cells. */
function record(policy: AbtestPolicy, cells: readonly EvidenceCell[]): readonly LedgerEntry[] {
  const rollout = rolloutOf(policy);
  const base: Observation = { ...observationOf({ policy }), rollout };
  const entries = [sealEntry(null, { chain: "fraud", at: START, event: { kind: "rollout.started", rollout, plan: planStart(rollout) } })];
  let last = "";
  for (let day = 1; day <= 60; day++) {
    const at = START + day * DAY;
    const there = cells.filter((cell) => cell.bucketStart + DAY <= at);
    const observation: Observation = { ...base, at, evidence: { available: true, soFar: gatherEvidence(there), look: lookOf(rollout, there, at), recent: recentWindows(rollout, there, at) } };
    const decision = decide(policy, observation);
    if (`${decision.verdict} ${decision.reason}` === last) continue;
    last = `${decision.verdict} ${decision.reason}`;
    entries.push(sealEntry(entries.at(-1) ?? null, { chain: "fraud", at, event: { kind: "decision", observation, decision, plan: planFor(decision, observation) } }));
    if (decision.verdict !== "hold") break;
  }
  return entries;
}

const recordedOf = (gained: number, days: number) => {
  const cells = cellsOf(gained, days);
  const [recorded] = recordedRollouts(record(THEN, cells));
  if (recorded === undefined) throw new Error("nothing was recorded");
  return { recorded, cells };
};

test("the recorded policy comes to what happened, from cells and from decisions alike", () => {
  const { recorded, cells } = recordedOf(14, 19);
  for (const backtest of [backtestCells(THEN, recorded, cells), backtestDecisions(THEN, recorded)]) {
    expect(backtest.happened).toMatchObject({ verdict: "promote", reason: "all_checks_passed", day: 19, exposed: 3800 });
    expect(backtest.would).toEqual(backtest.happened);
    expect(backtest.difference).toEqual({ verdict: false, reason: false, days: 0, exposed: 0 });
    expect(backtest.turns.map(({ reason, day }) => [reason, day])).toEqual([
      ["min_duration", 1],
      ["labels_immature", 14],
      ["all_checks_passed", 19],
    ]);
  }
});

test("with a watch it ends where the test does, whatever became of the watch, and says so", () => {
  const watched = { ...THEN, watchMs: 3 * DAY };
  const cells = cellsOf(14, 19);
  const [test] = recordedRollouts(record(watched, cells));
  const end = test!.decisions.at(-1)!;
  const rollout = { ...end.observation.rollout, stage: { index: 1, since: end.decision.at, before: [] } };
  const recorded = { ...test!, decisions: [...test!.decisions, { observation: { ...end.observation, rollout }, decision: { ...end.decision, at: end.decision.at + DAY, verdict: "rollback", reason: "harm" } as const }] };
  for (const backtest of [backtestCells(watched, recorded, cells), backtestDecisions(watched, recorded)]) {
    expect(backtest).toMatchObject({ happened: { verdict: "advance", day: 19 }, would: { verdict: "advance", day: 19 }, difference: { verdict: false, days: 0 } });
    expect(backtest.notes.join(" ")).toMatch(/Of a watch nothing can be said.*up to the end of the test/);
  }
});

test("a stricter policy needs more than was recorded, and says so", () => {
  const { recorded, cells } = recordedOf(14, 19);
  const stricter = { ...THEN, name: "stricter", checks: [{ kind: "superiority", metric: "recall", improveBy: { parts: 3, of: 20 }, basis: "relative" }] as const };
  const backtest = backtestCells(stricter, recorded, cells);
  expect(backtest).toMatchObject({ would: { verdict: "hold", reason: "inconclusive" }, difference: { verdict: true, days: 0 } });
  expect(backtest.notes).toContain("The recorded evidence ends before the policy decides.");
});

test("a shorter window decides earlier, with fewer exposed; the ledger alone can't tell", () => {
  const { recorded, cells } = recordedOf(14, 19);
  const shorter = { ...THEN, name: "shorter", window: { minMs: 7 * DAY, maxMs: 7 * DAY } };
  expect(backtestCells(shorter, recorded, cells)).toMatchObject({ would: { verdict: "promote", day: 12, exposed: 2400 }, difference: { verdict: false, days: -7, exposed: -1400 } });
  const fromLedger = backtestDecisions(shorter, recorded);
  expect(fromLedger.would).toMatchObject({ verdict: "hold", day: 1 });
  expect(fromLedger.notes.join(" ")).toMatch(/recorded decisions only.*keeps no evidence up to the end of a look/);
});

test("a policy without harm rules would have gone on where the recorded one rolled back", () => {
  const worse = cellsOf(0, 40).map((cell) => (cell.metric === "paired" ? { ...cell, statistic: { kind: "paired", cells: pairedCells({ bothHit: 60, onlyChallenger: 0, onlyChampion: 10, bothMiss: 30, bothFalse: 4, onlyChallengerFalse: 0, onlyChampionFalse: 0, bothRight: 896 }) } as const } : cell));
  const [recorded] = recordedRollouts(record(THEN, worse));
  const untilThen = worse.filter((cell) => cell.bucketStart < (recorded?.decisions.at(-1)?.decision.at ?? 0));
  const backtest = backtestCells({ ...THEN, harm: [] }, recorded!, untilThen);
  expect(backtest).toMatchObject({ happened: { verdict: "rollback", reason: "harm", day: 2 }, would: { verdict: "hold", reason: "min_duration", day: 2 } });
});

test("without a shadow the pairs that were recorded are not seen", () => {
  const { recorded, cells } = recordedOf(14, 19);
  const blind = backtestCells({ ...THEN, shadow: false, checks: [THEN.checks[0]!] }, recorded, cells);
  expect(blind.would.verdict).toBe("hold");
  expect(blind.would.sentence).not.toContain("both answered");
});

test("wider buckets are gathered from the recorded ones; others are refused", () => {
  const { recorded, cells } = recordedOf(14, 19);
  expect(backtestCells({ ...THEN, bucketMs: 2 * DAY }, recorded, cells).would.verdict).toBe("promote");
  for (const bucketMs of [DAY / 2, 1.5 * DAY]) {
    expect(() => backtestCells({ ...THEN, bucketMs }, recorded, cells)).toThrow(expect.objectContaining({ code: "invalid_input", problems: [expect.objectContaining({ pointer: "/bucket" })] }));
    expect(() => backtestDecisions({ ...THEN, bucketMs }, recorded)).toThrow(/buckets/);
  }
});

test("what could not be judged is said", () => {
  const { recorded, cells } = recordedOf(14, 19);
  const other = { ...THEN, split: { champion: 5000, challenger: 5000 }, approval: { by: 1, notBy: [] }, checks: [...THEN.checks, { kind: "rate", metric: "timeout", increaseMax: { parts: 0, of: 1 } }] as const };
  const { notes, would } = backtestCells(other, recorded, cells);
  expect(would.verdict).toBe("hold");
  expect(notes.join("\n")).toMatch(/metric timeout was not recorded[^]*split of 20 %[^]*signature/);
  expect(backtestCells({ ...THEN, approval: { by: 2, notBy: [] } }, recorded, cells).would.verdict).toBe("promote");
});

test("a rollout without decisions, and other models' rollouts, are left out", () => {
  const rollout = rolloutOf(THEN);
  expect(recordedRollouts([sealEntry(null, { chain: "fraud", at: START, event: { kind: "rollout.started", rollout, plan: planStart(rollout) } })])).toEqual([]);
});

test("what a ramp recorded is no evidence for another policy", () => {
  const { recorded, cells } = recordedOf(14, 19);
  const ramp = { ...recorded, rollout: rampRollout(rampPolicy({ bucketMs: THEN.bucketMs })) };
  expect(() => backtestCells(THEN, ramp, cells)).toThrow(/of kind ramp, and can't be taken as the evidence for another yet/);
});
