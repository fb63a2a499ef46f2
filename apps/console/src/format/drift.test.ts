import type { DriftHistoryView } from "@gauntlet/contract";
import { expect, test } from "vitest";

import { driftCause, driftChart, driftState, historiesOf, worstDrift } from "./drift.ts";

const history = (values: readonly number[], persistent = false): DriftHistoryView => ({
  config_key: "square8_2",
  peer: "west",
  snapshots: values.map((max, i) => ({ checked_at: new Date(i * 60_000).toISOString(), max_rating_diff: max, avg_rating_diff: max / 2, is_significant: max > 50, participants: 3 })),
  trend: "stable",
  persistent,
  avg_drift_last_hour: null,
});

test("drift is as bad as its last check, and worse when it stays", () => {
  expect([history([]), history([80, 20]), history([80]), history([80, 80, 80], true)].map(driftState)).toEqual(["none", "small", "significant", "persistent"]);
  expect(worstDrift([history([1]), history([80])], "square8_2p")).toBe("significant");
  expect(worstDrift([], "square8_2p")).toBe("none");
});

test("without a comparison of its own a configuration has that of all together", () => {
  const all = { ...history([80]), config_key: "all_all" };
  expect([worstDrift([all, history([1])], "square8_2p"), worstDrift([all], "hex8_2p"), worstDrift([history([80])], "hex8_2p")]).toEqual(["small", "significant", "none"]);
  expect(historiesOf([all, history([1]), history([])], "square8_2p").map((one) => one.config_key)).toEqual(["square8_2", "all_all"]);
});

test("equal ledgers differ by the order alone", () => {
  const root = { count: 1, digest: "d" };
  const peer = { name: "west", address: null, transport: null, lastRun: null, equalAt: null, configs: [{ config: "square8_2p", theirs: root, ours: root, equal: true }, { config: "hex8_2p", theirs: root, ours: { count: 2, digest: "e" }, equal: false }] };
  expect([driftCause(peer, "square8_2p"), driftCause(peer, "hex8_2p"), driftCause(peer, "hex8_3p"), driftCause(undefined, "hex8_2p")]).toEqual(["order", "data", "unknown", "unknown"]);
});

test("the chart holds what is significant, however small the drift", () => {
  const chart = driftChart(history([3, 4]));
  expect(chart.range[1]).toBeGreaterThan(50);
  expect(chart.lines.map((line) => line.values)).toEqual([[1.5, 2], [3, 4]]);
});
