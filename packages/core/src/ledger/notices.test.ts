import fc from "fast-check";
import { expect, test } from "vitest";

import type { LedgerEntry, LedgerEvent } from "./entry.ts";
import { noticesOf, NOTHING_TOLD } from "./notices.ts";

interface Made {
  readonly id: string;
  readonly verdict: string;
  readonly reason?: string;
  readonly effects?: number;
  readonly rollout?: string;
  readonly evidence?: string;
}

const decision = ({ id, verdict, reason = "because", effects = 0, rollout = "fraud-1", evidence = "e1" }: Made) =>
  ({
    kind: "decision",
    decision: { id, verdict, reason, sentence: `${id} says so`, evidenceDigest: evidence },
    observation: { rollout: { id: rollout, model: "fraud", champion: { version: "1" }, challenger: { version: "2" } } },
    plan: { effects: Array.from({ length: effects }, (_, key) => ({ key })) },
  }) as unknown as LedgerEvent;

const appliedPlan = (decisionId: string): LedgerEvent => ({ kind: "plan.applied", decisionId });
const chain = (events: readonly LedgerEvent[]): readonly LedgerEntry[] => events.map((event, i) => ({ chain: "fraud", seq: i + 1, at: 1000 + i, prev: "", hash: `hash-${i + 1}`, event }));
const told = (events: readonly LedgerEvent[]) => noticesOf(NOTHING_TOLD, chain(events)).notices.map(({ kind, entry }) => `${entry.seq} ${kind}`);

const STORY: readonly LedgerEvent[] = [
  appliedPlan("start-fraud-1"),
  decision({ id: "d1", verdict: "hold" }),
  decision({ id: "d2", verdict: "hold", reason: "awaiting_approval" }),
  decision({ id: "d3", verdict: "hold", reason: "awaiting_approval", evidence: "e2" }),
  decision({ id: "d4", verdict: "promote", effects: 3 }),
  { kind: "effect.applied", decisionId: "d4", key: "d4/0", note: "" },
  appliedPlan("d4"),
  { kind: "plan.reopened", decisionId: "d4", detail: "" },
  appliedPlan("d4"),
  decision({ id: "d5", verdict: "rollback", reason: "manual", effects: 2 }),
  appliedPlan("d5"),
];

test("a rollout begins as one that holds; an approval is wanted for each evidence; a plan is told of when it is applied, once", () => {
  expect(told(STORY)).toEqual(["3 approval_wanted", "4 approval_wanted", "5 verdict_changed", "7 promoted", "10 verdict_changed", "11 rolled_back"]);
  expect(noticesOf(NOTHING_TOLD, chain(STORY)).notices[3]).toEqual({ kind: "promoted", model: "fraud", rollout: "fraud-1", decision: "d4", verdict: "promote", reason: "because", champion: "1", challenger: "2", says: "d4 says so", at: 1006, entry: { seq: 7, hash: "hash-7" } });
});

test("the same verdict again is news only when it moves something, or is of another rollout", () => {
  const promote = { verdict: "advance", effects: 1 } as const;
  expect(told([decision({ id: "a", ...promote }), appliedPlan("a"), decision({ id: "b", ...promote }), decision({ id: "c", verdict: "advance" })])).toEqual(["1 verdict_changed", "3 verdict_changed"]);
  expect(told([decision({ id: "a", verdict: "retain", effects: 1 }), decision({ id: "b", verdict: "hold", rollout: "fraud-2" }), decision({ id: "c", verdict: "hold", rollout: "fraud-2", reason: "else" })])).toEqual(["1 verdict_changed"]);
});

test("what needs no effect is promoted too, and a hold beside a plan that is being applied takes nothing from it", () => {
  expect(told([decision({ id: "a", verdict: "promote" }), decision({ id: "b", verdict: "hold" }), appliedPlan("a")])).toEqual(["1 verdict_changed", "2 verdict_changed", "3 promoted"]);
});

test("I33: pages of a chain tell what the whole chain tells, and entries that were told of are not told again", () => {
  const entries = chain(STORY);
  fc.assert(
    fc.property(fc.array(fc.nat(STORY.length)), (cuts) => {
      const ends = [...cuts, STORY.length].toSorted((a, b) => a - b);
      let mark = NOTHING_TOLD;
      const all = ends.flatMap((end) => {
        // A page may overlap with what was told of.
        const page = noticesOf(JSON.parse(JSON.stringify(mark)), entries.slice(Math.max(0, mark.seq - 2), end));
        mark = page.mark;
        return page.notices;
      });
      expect(all).toEqual(noticesOf(NOTHING_TOLD, entries).notices);
    }),
  );
});
