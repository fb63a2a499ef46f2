import { describe, expect, test } from "vitest";

import { sharesOf } from "../allocation/shares-of.ts";
import { decide } from "../decision/decide.ts";
import type { Observation } from "../decision/observation.ts";
import { lookOf } from "../decision/ramp/look.ts";
import type { EvidenceCell } from "../evidence/evidence.ts";
import { gatherEvidence } from "../evidence/merge.ts";
import type { LedgerEntry, LedgerEvent, ModelState } from "../ledger/entry.ts";
import { emptyState, project } from "../ledger/project.ts";
import { sealEntry } from "../ledger/seal-entry.ts";
import { planFor, planStart } from "../plan/plan-for.ts";
import type { Plan } from "../plan/plan.ts";
import type { RampPolicy } from "../policy/ramp-policy.ts";
import type { Rollout } from "../policy/rollout.ts";
import { abtestPolicy, DAY, START } from "../testing/observation.ts";
import { itemsOf, rampObservation, rampPolicy, rampRollout } from "../testing/ramp-observation.ts";
import { backtestCells } from "./backtest-cells.ts";
import { backtestRamp } from "./backtest-ramp.ts";
import { recordedRollouts, type Recorded } from "./recorded.ts";

const ACCEPTED: RampPolicy["checks"][number] = { kind: "noWorseThan", metric: "accepted", figure: { kind: "rate" }, better: "higher", margin: { parts: 1, of: 20 }, floor: { parts: 1, of: 200 } };
const NEVER: RampPolicy["checks"][number] = { kind: "never", metric: "violation" };
const THEN = rampPolicy({ checks: [ACCEPTED, NEVER] });

interface Day {
  readonly rollout: Rollout;
  readonly day: number;
  /** Acceptance of the challenger, in hundredths; the champion's is 80. */
  readonly accepted: number;
}

/** Twenty thousand outcomes, split as it is now. */
function cellsOf({ rollout, day, accepted }: Day): readonly EvidenceCell[] {
  const shares = sharesOf(rollout.allocation);
  return rollout.allocation.arms.flatMap(({ slot, version }) => {
    const live = (shares[slot] ?? 0) * 2;
    const items = itemsOf({ live, accepted: [(live * (version === "2" ? accepted : 80)) / 100, live], edits: null, intervened: null, p50: null, p99: null, violations: 0 }, version, slot);
    return items.map((item) => ({ ...item, model: rollout.model, epoch: rollout.allocation.epoch, bucketStart: START + day * DAY }));
  });
}

/** What the controller would have written, deciding once a day; the acceptance of each day is the story. */
function record(policy: RampPolicy, story: (day: number) => number): { readonly recorded: Recorded; readonly cells: readonly EvidenceCell[] } {
  const entries: LedgerEntry[] = [];
  const cells: EvidenceCell[] = [];
  let state: ModelState = emptyState(policy.model);
  const write = (at: number, event: LedgerEvent) => {
    const entry = sealEntry(entries.at(-1) ?? null, { chain: policy.model, at, event });
    entries.push(entry);
    state = project(state, entry);
  };
  const apply = (at: number, { decisionId, effects }: Plan) => {
    for (const { key } of effects) write(at, { kind: "effect.applied", decisionId, key, note: "" });
    write(at, { kind: "plan.applied", decisionId });
  };
  const first = rampRollout(policy);
  write(START, { kind: "rollout.started", rollout: first, plan: planStart(first) });
  apply(START, planStart(first));
  let last = "";
  for (let day = 0; day < 40 && state.rollout?.status === "running"; day++) {
    const { rollout } = state;
    cells.push(...cellsOf({ rollout, day, accepted: story(day) }));
    const at = START + (day + 1) * DAY;
    const own = cells.filter(({ epoch }) => epoch === rollout.allocation.epoch);
    const seen: Observation = {
      ...rampObservation({ policy }),
      at,
      rollout,
      highestEpoch: state.epoch,
      traffic: { available: true, ...rollout.allocation },
      evidence: { available: true, soFar: gatherEvidence(own), look: lookOf(rollout as Rollout<RampPolicy>, own, at), recent: [] },
    };
    const decision = decide(policy, seen);
    const news = `${decision.epoch} ${decision.verdict} ${decision.reason}`;
    if (news === last) continue;
    last = news;
    const plan = planFor(decision, seen);
    write(at, { kind: "decision", observation: seen, decision, plan });
    if (decision.verdict !== "hold") apply(at, plan);
  }
  const [recorded] = recordedRollouts(entries);
  if (recorded === undefined) throw new Error("nothing was recorded");
  return { recorded, cells };
}

const even = record(THEN, () => 80);
const WATCH = THEN.stages.map((stage) => ({ ...stage, dwellMs: stage.dwellMs ?? 3 * DAY }));

describe("the recorded policy comes to what happened", () => {
  test.each([
    ["promoted", even, { verdict: "promote", reason: "all_checks_passed", day: 15, exposed: 2000 * 3 + 5000 * 5 + 10_000 * 7 }],
    ["rolled back at its second stage", record(THEN, (day) => (day < 4 ? 80 : 40)), { verdict: "rollback", reason: "harm", day: 5, exposed: 2000 * 3 + 5000 * 2 }],
  ])("%s: from cells and from the ledger alike", (_, { recorded, cells }, happened) => {
    for (const backtest of [backtestRamp(THEN, recorded, cells), backtestRamp(THEN, recorded, null)]) {
      expect(backtest.happened).toMatchObject(happened);
      expect(backtest.would).toEqual(backtest.happened);
      expect(backtest.difference).toEqual({ verdict: false, reason: false, days: 0, exposed: 0 });
    }
  });

  test("with a watch at its end", () => {
    const watched = { ...THEN, stages: WATCH };
    const { recorded, cells } = record(watched, (day) => (day < 16 ? 80 : 30));
    const backtest = backtestRamp(watched, recorded, cells);
    expect(backtest.happened).toMatchObject({ verdict: "rollback", reason: "harm", day: 17 });
    expect(backtest.would).toEqual(backtest.happened);
    // Without one it would have been promoted two days before.
    expect(backtestRamp(THEN, recorded, cells).would).toMatchObject({ verdict: "promote", day: 15 });
  });
});

test("shorter stages go on sooner: each is judged from its own beginning, and the days add up", () => {
  const shorter = { ...THEN, name: "hasty", stages: THEN.stages.map((stage) => ({ ...stage, dwellMs: stage.dwellMs === null ? null : 2 * DAY })) };
  const { would, turns, difference, notes } = backtestRamp(shorter, even.recorded, even.cells);
  expect(would).toMatchObject({ verdict: "promote", day: 6, exposed: 2 * (2000 + 5000 + 10_000) });
  expect(difference).toMatchObject({ verdict: false, days: -9 });
  expect(turns.map(({ verdict, day }) => [verdict, day])).toEqual([["hold", 1], ["advance", 2], ["hold", 3], ["advance", 4], ["hold", 5], ["promote", 6]]);
  expect(notes[0]).toContain("it would have met other traffic");
});

test("longer stages outlast what was recorded, and say so", () => {
  const longer = { ...THEN, stages: THEN.stages.map((stage) => ({ ...stage, dwellMs: stage.dwellMs === null ? null : 4 * DAY })) };
  const { would, notes } = backtestRamp(longer, even.recorded, even.cells);
  expect(would).toMatchObject({ verdict: "hold", reason: "min_duration", day: 3 });
  expect(notes).toContain("The recorded evidence ends before the policy decides.");
});

test("a share that was never served is the end of what can be said", () => {
  const other = { ...THEN, stages: [THEN.stages[0]!, { name: "third", basisPoints: 3000, dwellMs: DAY }, THEN.stages[3]!] };
  const { would, notes } = backtestRamp(other, even.recorded, even.cells);
  expect(would).toMatchObject({ verdict: "advance", day: 3 });
  expect(notes.join(" ")).toContain("Nothing was recorded at 30 %, so what would have come of stage third is not known.");
  expect(() => backtestRamp({ ...other, stages: other.stages.slice(1) }, even.recorded, even.cells)).toThrow(/no instant/);
});

test("wider margins keep what was rolled back, and compat mode judges by points", () => {
  const { recorded, cells } = record(THEN, () => 75);
  expect(backtestRamp(THEN, recorded, cells).happened).toMatchObject({ verdict: "rollback" });
  const wide = { ...THEN, checks: [{ ...ACCEPTED, margin: { parts: 1, of: 5 } } as const, NEVER] };
  expect(backtestRamp(wide, recorded, cells).would).toMatchObject({ verdict: "hold", reason: "min_duration" });
  expect(backtestRamp({ ...THEN, mode: "compat" }, even.recorded, even.cells).would).toMatchObject({ verdict: "promote", day: 15 });
});

test("what can't be compared is refused, what was not recorded is said", () => {
  const { recorded, cells } = even;
  expect(() => backtestRamp({ ...THEN, bucketMs: DAY / 2 }, recorded, cells)).toThrow(/buckets/);
  expect(() => backtestRamp({ ...THEN, maturityMs: DAY }, recorded, null)).toThrow(expect.objectContaining({ code: "invalid_input", fix: expect.stringContaining("data directory") }));
  expect(backtestRamp({ ...THEN, maturityMs: DAY }, recorded, cells).would.verdict).toBe("promote");
  const ab = { ...recorded, rollout: { ...recorded.rollout, policy: abtestPolicy() } };
  expect(() => backtestRamp(THEN, ab, cells)).toThrow(/of kind abtest/);
  expect(() => backtestCells(abtestPolicy(), recorded, cells)).toThrow(/of kind ramp/);
  const unknown = backtestRamp({ ...THEN, approval: { when: "always", by: 1, notBy: [] }, checks: [...THEN.checks, { ...ACCEPTED, metric: "liked" }] }, recorded, cells);
  expect(unknown.would).toMatchObject({ verdict: "hold", reason: "evidence_unavailable" });
  expect(unknown.notes.join(" ")).toMatch(/metric liked was not recorded.*signature/);
});
