import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { parseWorld } from "./parse-world.ts";

test("the mail world is read in the units of the core", () => {
  const world = parseWorld(readFileSync(new URL("../../../../examples/mail/world.yaml", import.meta.url), "utf8"), "world.yaml");
  expect(world).toMatchObject({
    trafficPerDay: 54.5,
    prevalence: 0.1744,
    challenger: { recallChange: 0.148, precisionChange: 0.061 },
    values: { latency_ms: { champion: { p50: 2.3, p95: 5.8 } } },
    labels: { medianMs: 43_200_000, p95Ms: 259_200_000, coverage: 0.99 },
  });
});

test("every part may be left out, even all", () => {
  expect(parseWorld("", "w")).toEqual({});
  expect(parseWorld("labels: { coverage: 97% }\nchallenger: { recallChange: -5% }", "w")).toEqual({ labels: { coverage: 0.97 }, challenger: { recallChange: -0.05 } });
});

test("the world of a ramp has ratios and units", () => {
  const text = "trafficPerDay: 3000\nunits: { requests: 5, correlation: 0.3 }\nratios: { acceptance_rate: { champion: 72%, challenger: 0.7 }, edits_per_plan: { champion: 2.1, challenger: 2 } }";
  expect(parseWorld(text, "w")).toEqual({ trafficPerDay: 3000, units: { requests: 5, correlation: 0.3 }, ratios: { acceptance_rate: { champion: 0.72, challenger: 0.7 }, edits_per_plan: { champion: 2.1, challenger: 2 } } });
});

test.each([
  ["units: { requests: 1.5 }", "/units/requests"],
  ["units: { correlation: 1 }", "/units/correlation"],
  ["ratios: { edits: { champion: 2 } }", "/ratios/edits/challenger"],
  ["prevalance: 1%", ""],
  ["prevalence: 101%", "/prevalence"],
  ["champion: { recall: high }", "/champion/recall"],
  ["labels: { median: 3 }", "/labels/median"],
  ["values: { latency_ms: { champion: { p50: 1, p95: 2 } } }", "/values/latency_ms/challenger"],
  ["trafficPerDay: [", ""],
  ["- a list", ""],
])("%s is refused with its place", (text, pointer) => {
  expect(() => parseWorld(text, "w")).toThrow(expect.objectContaining({ code: "invalid_input", problems: expect.arrayContaining([expect.objectContaining({ pointer })]) }));
});
