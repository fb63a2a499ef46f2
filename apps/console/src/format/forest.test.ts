import type { CheckResult } from "@gauntlet/core";
import { expect, test } from "vitest";

import { forestRows } from "./forest.ts";

const CHECK: CheckResult = {
  id: "recall-superiority",
  purpose: "promotion",
  metric: "recall",
  status: "unproven",
  champion: 0.8,
  challenger: 0.85,
  estimate: 1.0625,
  unit: "ratio",
  interval: { low: 1.03, high: 1.09, level: 0.95 },
  allowed: { low: 1.05, high: null },
  pValue: null,
  alpha: null,
  n: { champion: 1, challenger: 1 },
  nNeeded: null,
  method: "",
  guarantee: "exact",
  reported: {},
  says: "",
  wouldChange: null,
};

test("limit, equality, estimate and interval keep their order on the row's own scale", () => {
  const [row] = forestRows([CHECK]);
  const threshold = row?.bounds[0]?.at ?? Number.NaN;
  expect(row?.equal).toBeLessThan(row?.interval?.low ?? 0);
  expect(row?.interval?.low).toBeLessThan(threshold);
  expect(threshold).toBeLessThan(row?.estimate ?? 0);
  expect(row?.allowed).toEqual({ low: threshold, high: 1 });
});

test("an absurd interval is cut with an arrow, and the limit stays in sight", () => {
  const [row] = forestRows([{ ...CHECK, interval: { low: 1e-9, high: 1e12, level: 0.95 } }]);
  expect(row?.interval).toMatchObject({ high: 1, cutHigh: true });
  const at = row?.bounds[0]?.at ?? Number.NaN;
  expect(at).toBeGreaterThan(0.05);
  expect(at).toBeLessThan(0.95);
});

test("a limit of zero with an estimate of zero still has a scale", () => {
  const [row] = forestRows([{ ...CHECK, unit: "share", champion: 0, challenger: 0, estimate: 0, interval: null, allowed: { low: null, high: 0 } }]);
  expect(Number.isFinite(row?.estimate)).toBe(true);
  expect(Number.isFinite(row?.allowed?.high)).toBe(true);
});

test("without an estimate or a limit there is nothing to draw", () => {
  expect(forestRows([{ ...CHECK, estimate: null }, { ...CHECK, unit: "ms", allowed: { low: null, high: null } }])).toEqual([]);
  expect(forestRows([{ ...CHECK, allowed: { low: null, high: null } }])).toMatchObject([{ allowed: null, bounds: [] }]);
});
