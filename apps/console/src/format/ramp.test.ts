import { expect, test } from "vitest";

import { armsOf, dwellDone, guardrailChart, intendedBlocks, observedBlocks, othersWords, stageWords } from "./ramp.ts";

const DAY = 86_400_000;
const champion = { slot: "champion", version: "6" };
const challenger = { slot: "challenger", version: "7" };
const intended = [
  { at: 0, epoch: 2, why: "started", arms: [{ ...champion, share: 0.9 }, { ...challenger, share: 0.1 }] },
  { at: 3 * DAY, epoch: 3, why: "advance", arms: [{ ...champion, share: 0.75 }, { ...challenger, share: 0.25 }] },
];
const observed = [
  { at: 0, arms: [{ ...champion, count: 95 }, { ...challenger, count: 5 }] },
  { at: DAY, arms: [{ ...champion, count: 0 }, { ...challenger, count: 0 }] },
];

test("a split holds until the next, the newest until now; arms are stacked as they came", () => {
  expect(armsOf({ intended, observed })).toEqual(["champion, version 6", "challenger, version 7"]);
  expect(intendedBlocks({ intended, observed, now: 4 * DAY })).toEqual([
    { arm: "champion, version 6", from: 0, to: 3 * DAY, low: 0, high: 0.9 },
    { arm: "challenger, version 7", from: 0, to: 3 * DAY, low: 0.9, high: 1 },
    { arm: "champion, version 6", from: 3 * DAY, to: 4 * DAY, low: 0, high: 0.75 },
    { arm: "challenger, version 7", from: 3 * DAY, to: 4 * DAY, low: 0.75, high: 1 },
  ]);
});

test("a rollout that is over long since ends with its picture", () => {
  const over = [...intended, { at: 10 * DAY, epoch: 4, why: "promote", arms: [{ ...challenger, share: 1 }] }];
  expect(intendedBlocks({ intended: over, observed, now: 500 * DAY }).at(-1)).toEqual({ arm: "challenger, version 7", from: 10 * DAY, to: 11 * DAY, low: 0, high: 1 });
});

test("observed shares are parts of the bucket; a bucket without outcomes shows nothing", () => {
  expect(observedBlocks({ intended, observed, bucketMs: DAY })).toEqual([
    { arm: "champion, version 6", from: 0, to: DAY, low: 0, high: 0.95 },
    { arm: "challenger, version 7", from: 0, to: DAY, low: 0.95, high: 1 },
  ]);
});

const stage = { name: "a tenth", basisPoints: 1000, dwellMs: 3 * DAY, state: "current", epoch: 2, since: 0, until: null, dwellEndsAt: 3 * DAY } as const;

test("what a stage waits for, in words and as a part of its dwell", () => {
  expect(stageWords(stage, DAY)).toBe("2 d of at least 3 d left");
  expect(dwellDone(stage, DAY)).toBeCloseTo(1 / 3, 12);
  expect(stageWords(stage, 4 * DAY)).toBe("dwell over by 1 d: judged now");
  expect(dwellDone(stage, 4 * DAY)).toBe(1);
  expect(stageWords({ ...stage, state: "passed", until: 3.5 * DAY }, 9 * DAY)).toBe("lasted 3 d 12 h");
  expect(stageWords({ ...stage, state: "ended", until: 0.5 * DAY }, 9 * DAY)).toBe("lasted 12 h");
  expect(stageWords({ ...stage, state: "ahead", since: null, dwellEndsAt: null }, 0)).toBe("at least 3 d");
  expect(dwellDone({ since: null, dwellMs: DAY }, DAY)).toBeNull();
});

test("the last stage is the promotion, or is watched before it", () => {
  const watch = { ...stage, name: "everybody", basisPoints: 10_000 };
  expect(stageWords(watch, DAY)).toBe("watched for 2 d more; harm takes it back");
  expect(stageWords(watch, 4 * DAY)).toBe("watched long enough: judged now");
  expect(stageWords({ ...watch, state: "ahead", since: null, dwellEndsAt: null }, 0)).toBe("watched for 3 d, then promoted");
  expect(stageWords({ ...watch, state: "ahead", since: null, dwellMs: null, dwellEndsAt: null }, 0)).toBe("the promotion");
  expect(stageWords({ ...watch, dwellEndsAt: null }, 9 * DAY)).toBe("serves everybody");
});

test("a guardrail with an interval is a ribbon against its limit; one without shows both versions", () => {
  const point = { at: DAY, champion: 0.8, challenger: 0.77, estimate: 0.9625, low: 0.929, high: 0.997 };
  const base = { id: "acceptance-rate", metric: "acceptance", unit: "ratio", sideUnit: "share", allowed: { low: 0.95, high: null }, status: "warn", says: "", points: [point], others: [] } as const;
  const chart = guardrailChart({ ...base, allowed: { ...base.allowed }, points: [point], others: [] }, "Acceptance");
  expect(chart.lines.map((line) => line.values)).toEqual([[0.9625]]);
  expect(chart.levels.map((level) => level.at)).toEqual([1, 0.95]);
  expect(chart.range[0]).toBeLessThan(0.929);
  const bare = guardrailChart({ ...base, points: [{ ...point, estimate: null, low: null, high: null }], allowed: { low: null, high: null }, others: [] }, "Acceptance");
  expect(bare.lines.map((line) => [line.name, line.values])).toEqual([["champion", [0.8]], ["challenger", [0.77]]]);
  expect(bare.ribbons).toEqual([]);
  expect(othersWords({ sideUnit: "share", others: [{ slot: "arm_1", version: "3", value: 0.81, n: 1200 }] })).toMatch(/^Other arms: arm_1, version 3, 81\s% of 1,200\.$/);
});
