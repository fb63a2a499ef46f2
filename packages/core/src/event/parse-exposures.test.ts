import { expect, test } from "vitest";

import { parseExposures } from "./parse-exposures.ts";

const NOW = Date.UTC(2026, 0, 20, 12);
const nanos = (ms: number) => `${ms}000123`;
const attributes = (values: Readonly<Record<string, string>>) => Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
const seen = { "feature_flag.key": "planner_exp", "feature_flag.result.variant": "candidate_v7", "feature_flag.context.id": "user-1", "feature_flag.provider.name": "ofrep", "feature_flag.result.reason": "split" };
const record = { timeUnixNano: nanos(NOW - 1000), eventName: "feature_flag.evaluation", attributes: attributes(seen) };
const exported = (...logRecords: readonly unknown[]) => ({ resourceLogs: [{ resource: { attributes: [] }, scopeLogs: [{ scope: { name: "s" }, logRecords }] }] });
const exposure = { flag: "planner_exp", variant: "candidate_v7", unit: "user-1", at: NOW - 1000 };
const reasons = (...records: readonly unknown[]) => parseExposures(exported(...records), NOW)?.reasons;

test("an evaluation is an exposure", () => {
  expect(parseExposures(exported(record), NOW)).toEqual({ exposures: [exposure], refused: 0, reasons: [] });
  const [resource] = exported(record).resourceLogs;
  expect(parseExposures({ resourceLogs: [resource, { scopeLogs: [] }, {}, resource] }, NOW)?.exposures).toEqual([exposure, exposure]);
});

test("in the names of earlier conventions, and in the names of the protocol's own fields", () => {
  const { eventName: _name, ...unnamed } = record;
  const older = { ...unnamed, attributes: attributes({ "event.name": "feature_flag", "feature_flag.key": "planner_exp", "feature_flag.variant": "candidate_v7", "feature_flag.context.id": "user-1", "feature_flag.provider_name": "ofrep" }) };
  expect(parseExposures(exported(older), NOW)?.exposures).toEqual([exposure]);
  const snake = { time_unix_nano: nanos(NOW - 1000), event_name: "feature_flag.evaluation", attributes: attributes(seen).map(({ key, value }) => ({ key, value: { string_value: value.stringValue } })) };
  expect(parseExposures({ resource_logs: [{ scope_logs: [{ log_records: [snake] }] }] }, NOW)?.exposures).toEqual([exposure]);
});

test("without a time of its own it happened when it was seen, or now", () => {
  const at = (times: object) => parseExposures(exported({ ...record, timeUnixNano: undefined, ...times }), NOW)?.exposures[0]?.at;
  expect(at({ timeUnixNano: "0", observedTimeUnixNano: nanos(NOW - 5) })).toBe(NOW - 5);
  expect(at({})).toBe(NOW);
  expect(at({ timeUnixNano: (NOW - 1000) * 1_000_000 })).toBe(NOW - 1000);
});

test("other records are refused, each reason said once, and the rest is taken", () => {
  const without = (key: keyof typeof seen) => ({ ...record, attributes: attributes(Object.fromEntries(Object.entries(seen).filter(([name]) => name !== key))) });
  const other = { ...record, eventName: "http.request" };
  expect(parseExposures(exported(other, record, other), NOW)).toEqual({ exposures: [exposure], refused: 2, reasons: ["only feature_flag.evaluation events are kept here"] });
  expect(reasons(without("feature_flag.key"))).toEqual(["feature_flag.key is missing"]);
  expect(reasons(without("feature_flag.result.variant"))).toEqual(["feature_flag.result.variant is missing"]);
  expect(reasons(without("feature_flag.context.id"))).toEqual([expect.stringContaining("feature_flag.context.id is missing")]);
  expect(reasons({ ...record, attributes: attributes({ "feature_flag.key": "x", "error.type": "flag_not_found" }) })).toEqual([expect.stringContaining("failed")]);
  expect(reasons({ ...record, timeUnixNano: nanos(NOW + 300_001) })).toEqual([expect.stringContaining("300 s after")]);
  for (const timeUnixNano of ["soon", -1, 1.5, {}]) expect(reasons({ ...record, timeUnixNano })).toEqual(["timeUnixNano is no time"]);
  expect(reasons(7, null)).toEqual(["a log record is an object, not 7", "a log record is an object, not null"]);
  expect(reasons({ ...record, attributes: "x" }, { ...record, attributes: [null, { key: 1 }, { key: "feature_flag.key" }] })).toEqual(["feature_flag.key is missing"]);
});

test.each([null, [], 7, { resourceLogs: {} }, { resourceLogs: [7] }, { resourceLogs: [{ scopeLogs: 7 }] }, { resourceLogs: [{ scopeLogs: [null] }] }, { resourceLogs: [{ scopeLogs: [{ logRecords: {} }] }] }])("%j is no export of logs", (value) => {
  expect(parseExposures(value, NOW)).toBeNull();
});

test("an empty export is taken", () => expect(parseExposures({}, NOW)).toEqual({ exposures: [], refused: 0, reasons: [] }));
