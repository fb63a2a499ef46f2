import fc from "fast-check";
import { expect, test } from "vitest";

import type { Outcome } from "./outcome.ts";
import { parseInstant } from "./parse-instant.ts";
import { parseLabel } from "./parse-label.ts";
import { parseOutcome } from "./parse-outcome.ts";

const NOW = Date.UTC(2026, 0, 31, 12);
const OUTCOME: Outcome = { requestId: "r-1", at: NOW, model: "fraud", version: "3", slot: "champion", mode: "live", epoch: 2, unit: "card 7", prediction: null, metrics: { latency_ms: 3.5, error: 0 } };
const LABEL = { requestId: "r-1", model: "fraud", revision: 1, truth: false, source: "analyst", labelledAt: NOW };

test("a good outcome and a good label are taken as they are", () => {
  expect(parseOutcome(OUTCOME, { now: NOW })).toEqual(OUTCOME);
  expect(parseOutcome({ ...OUTCOME, mode: "shadow", prediction: true }, { now: NOW })).toEqual({ ...OUTCOME, mode: "shadow", prediction: true });
  expect(parseLabel(LABEL, { now: NOW, model: "fraud" })).toEqual(LABEL);
});

test("the model may be left to the call, the metrics when there are none", () => {
  const { model, metrics, ...rest } = OUTCOME;
  expect(parseOutcome(rest, { now: NOW, model })).toEqual({ ...rest, model, metrics: {} });
  expect(metrics).not.toEqual({});
  expect(parseOutcome(rest, { now: NOW })).toEqual([{ pointer: "/model", detail: "must be text, not nothing (it is missing)" }]);
});

test.each<[object, string, RegExp]>([
  [{ requestId: "" }, "/requestId", /1–256 characters/],
  [{ requestId: "x".repeat(257) }, "/requestId", /1–256 characters/],
  [{ requestId: "a\nb" }, "/requestId", /control characters/],
  [{ requestId: "a\u0085" }, "/requestId", /control characters/],
  [{ requestId: "\ud800" }, "/requestId", /lone surrogates/],
  [{ unit: 7 }, "/unit", /must be text, not 7/],
  [{ at: 1.5 }, "/at", /whole milliseconds/],
  [{ at: -1 }, "/at", /whole milliseconds/],
  [{ at: "2026-01-31T12:00:00" }, "/at", /with a zone/],
  [{ at: "2026-02-30T12:00:00Z" }, "/at", /ISO-8601/],
  [{ at: NOW + 300_001 }, "/at", /lies 301 s after the controller's clock.*at most 300 s/],
  [{ model: "spam" }, "/model", /must be "fraud"/],
  [{ mode: "mirror" }, "/mode", /"live" or "shadow", not "mirror"/],
  [{ epoch: -1 }, "/epoch", /from 0 up/],
  [{ prediction: 1 }, "/prediction", /true, false, or null/],
  [{ prediction: undefined }, "/prediction", /missing/],
  [{ metrics: [1] }, "/metrics", /not a list/],
  [{ metrics: { latency_ms: "3" } }, "/metrics/latency_ms", /finite number, not "3"/],
  [{ metrics: { "a/b~": null } }, "/metrics/a~1b~0", /not null/],
  [{ metrics: { x: Number.NaN } }, "/metrics/x", /not NaN/],
  [{ metrics: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`m${i}`, 1])) }, "/metrics", /more than 64/],
  [{ request_id: "r" }, "/request_id", /did you mean "requestId"/],
  [{ colour: "red" }, "/colour", /known are requestId, at/],
  [JSON.parse('{"__proto__": 1}') as object, "/__proto__", /not known/],
])("%o is refused at its place", (more, pointer, detail) => {
  const input = Object.defineProperties({ ...OUTCOME }, Object.getOwnPropertyDescriptors(more));
  expect(parseOutcome(input, { now: NOW, model: "fraud" })).toEqual([{ pointer, detail: expect.stringMatching(detail) }]);
});

test("every problem is reported, and a flood of unknown keys is not echoed", () => {
  const problems = parseOutcome({ requestId: 1, epoch: "x" }, { now: NOW }) as readonly { pointer: string }[];
  expect(problems.map((problem) => problem.pointer)).toEqual(["/requestId", "/at", "/model", "/version", "/slot", "/epoch", "/unit", "/prediction", "/mode"]);
  const flood = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`unknown${i}`, 1]));
  expect((parseOutcome({ ...OUTCOME, ...flood }, { now: NOW }) as readonly unknown[]).length).toBe(8);
});

test.each<[object, string]>([
  [{ truth: 1 }, "/truth"],
  [{ revision: 0 }, "/revision"],
  [{ source: "" }, "/source"],
  [{ labelledAt: NOW + 400_000 }, "/labelledAt"],
  [{ label: true }, "/label"],
])("the label with %o is refused at its place", (more, pointer) => {
  expect(parseLabel({ ...LABEL, ...more }, { now: NOW })).toEqual([{ pointer, detail: expect.any(String) }]);
});

test.each([null, 3, "x", [OUTCOME], undefined])("%j is no record", (value) => {
  expect(parseOutcome(value, { now: NOW })).toEqual([{ pointer: "", detail: expect.stringMatching(/JSON object/) }]);
  expect(parseLabel(value, { now: NOW })).toEqual([{ pointer: "", detail: expect.stringMatching(/JSON object/) }]);
});

test("nothing that JSON can say throws, and what is accepted is complete", () => {
  const value = fc.oneof(fc.jsonValue(), fc.record({ requestId: fc.string(), at: fc.nat(), model: fc.string(), version: fc.string(), slot: fc.string(), mode: fc.constantFrom("live", "x"), epoch: fc.nat(), unit: fc.string(), prediction: fc.boolean(), metrics: fc.dictionary(fc.string(), fc.double()) }));
  fc.assert(
    fc.property(value, (value) => {
      const outcome = parseOutcome(value, { now: NOW });
      if ("requestId" in outcome) expect(Object.keys(outcome).length).toBe(10);
      else expect(outcome.length).toBeGreaterThan(0);
    }),
  );
});

test("ISO text with a zone is read as the platform reads it", () => {
  fc.assert(
    fc.property(fc.date({ min: new Date("0000-01-01T00:00:00Z"), max: new Date("9999-12-30T00:00:00Z"), noInvalidDate: true }), fc.integer({ min: -1439, max: 1439 }), (date, zone) => {
      const text = date.toISOString();
      expect(parseInstant(text)).toBe(date.getTime());
      const offset = `${zone < 0 ? "-" : "+"}${String(Math.floor(Math.abs(zone) / 60)).padStart(2, "0")}:${String(Math.abs(zone) % 60).padStart(2, "0")}`;
      expect(parseInstant(text.replace("Z", offset))).toBe(date.getTime() - zone * 60_000);
    }),
  );
});

test.each<[string, number | null]>([
  ["2026-01-31T12:00Z", NOW],
  ["2026-01-31T13:00:00+0100", NOW],
  ["2026-01-31T13:00:00+01", NOW],
  ["2026-01-31T12:00:00.123456789Z", NOW + 123],
  ["2024-02-29T00:00:00Z", Date.UTC(2024, 1, 29)],
  ["2023-02-29T00:00:00Z", null],
  ["2026-13-01T00:00:00Z", null],
  ["2026-01-31 12:00:00Z", null],
  ["2026-01-31", null],
  ["2026-01-31T24:00:00Z", null],
  ["2026-01-31T12:00:60Z", null],
  ["2026-01-31T12:00:00+99:00", null],
  ["soon", null],
])("%s is %s", (text, expected) => {
  expect(parseInstant(text)).toBe(expected);
});
