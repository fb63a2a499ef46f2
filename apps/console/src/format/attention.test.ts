import type { ModelSummary } from "@gauntlet/contract";
import { expect, test } from "vitest";

import { attentionOf, byUrgency } from "./attention.ts";

const QUIET: ModelSummary = {
  model: "m",
  rolloutId: "m-1",
  policy: "p",
  kind: "abtest",
  mode: "strict",
  status: "running",
  verdict: "hold",
  reason: "min_duration",
  sentence: "",
  champion: "1",
  challenger: "2",
  challengerShare: 2000,
  startedAt: 0,
  nextLookAt: 1,
  evidence: "healthy",
  decidedAt: 0,
  confirmedAt: 0,
  applying: false,
  failure: null,
};

test("waiting for time is nobody's business; an outage, an approval, a failing effect are", () => {
  expect(attentionOf(QUIET)).toBeNull();
  expect(attentionOf({ ...QUIET, reason: "evidence_unavailable" })).toBe("blocked");
  expect(attentionOf({ ...QUIET, reason: "awaiting_approval" })).toBe("approval");
  expect(attentionOf({ ...QUIET, verdict: "rollback", reason: "harm" })).toBe("harm");
  expect(attentionOf({ ...QUIET, verdict: "promote", applying: true, failure: "registry: 503" })).toBe("failing");
  expect(attentionOf({ ...QUIET, verdict: "promote", failure: "somebody moved the alias" })).toBe("drift");
});

test("the most urgent comes first, finished rollouts last, equals by name", () => {
  const rows = [
    { ...QUIET, model: "done", status: "promoted" as const },
    { ...QUIET, model: "just done", status: "rolled_back" as const, decidedAt: 5 },
    { ...QUIET, model: "b" },
    { ...QUIET, model: "a" },
    { ...QUIET, model: "sign", reason: "awaiting_approval" },
    { ...QUIET, model: "burning", applying: true, failure: "x" },
  ];
  expect(rows.toSorted(byUrgency).map((row) => row.model)).toEqual(["burning", "sign", "a", "b", "just done", "done"]);
});
