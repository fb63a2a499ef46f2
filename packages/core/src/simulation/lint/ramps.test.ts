import { expect, test } from "vitest";

import { DAY } from "../../testing/observation.ts";
import { rampPolicy } from "../../testing/ramp-observation.ts";
import { lintPolicy } from "./lint-policy.ts";

const ACCEPTED = rampPolicy().checks[0]!;
const INTERVENED = rampPolicy().checks[2]!;
const rates = { accepted: { champion: 0.8, challenger: 0.8 }, intervened: { champion: 0.04, challenger: 0.04 } };
const codes = (policy: Parameters<typeof rampPolicy>[0], known: Parameters<typeof lintPolicy>[1]) => lintPolicy(rampPolicy(policy), known).map(({ code, pointer }) => `${code} ${pointer}`);

test("a margin that chance breaks is said, with the number that mends it: vector 16", () => {
  const found = lintPolicy(rampPolicy({ checks: [ACCEPTED, INTERVENED], maturityMs: 0 }), { rates });
  expect(found).toMatchObject([{ code: "margin-below-noise", severity: "warning", pointer: "/checks/1/noWorseThan" }]);
  // Of the stages, that with the fewest others to compare with has the most noise.
  expect(found[0]?.says).toMatch(/stage 50, with 1,000 outcomes/);
  const [first] = lintPolicy(rampPolicy({ checks: [INTERVENED], mode: "compat", stages: [{ name: "10", basisPoints: 1000, dwellMs: 3 * DAY }, { name: "all", basisPoints: 10_000, dwellMs: null }] }), { rates });
  expect(first?.says).toContain("38 %");
  expect(first?.fix).toMatch(/28,860/);
});

test("a margin of 0 is never shown, and never kept", () => {
  expect(codes({ checks: [{ ...ACCEPTED, margin: { parts: 0, of: 1 } } as typeof ACCEPTED] }, null)).toEqual(["margin-zero /checks/0/noWorseThan"]);
});

test("a stage that brings too few, or nothing that is mature, is said", () => {
  expect(codes({ checks: [ACCEPTED] }, { rates, trafficPerDay: 100_000 })).toEqual([]);
  expect(codes({ checks: [ACCEPTED] }, { rates, trafficPerDay: 2000 })).toEqual(["stage-too-short /stages/0/dwell"]);
  expect(codes({ checks: [ACCEPTED], maturityMs: 4 * DAY }, null)).toEqual(["stage-immature /stages/0/dwell"]);
});
