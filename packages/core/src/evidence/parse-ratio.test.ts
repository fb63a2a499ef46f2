import { expect, test } from "vitest";

import type { RatioMetric } from "./evidence.ts";
import { parseRatio, ratioText } from "./parse-ratio.ts";

test("fields are added on both sides of one stroke", () => {
  expect(parseRatio(" edits+ swaps /accepted", { once: true })).toEqual({ kind: "ratio", numerator: ["edits", "swaps"], denominator: ["accepted"], once: true });
});

test("its text is read as the same ratio", () => {
  const ratio = parseRatio("edits+swaps/accepted+shown", { once: true }) as RatioMetric;
  expect(ratioText(ratio)).toBe("edits + swaps / accepted + shown");
  expect(parseRatio(ratioText(ratio), ratio)).toEqual(ratio);
});

test.each([
  ["edits", /one "\/", not 0/],
  ["a / b / c", /one "\/", not 2/],
  ["/ accepted", /numerator of a ratio misses/],
  ["edits + / accepted", /numerator of a ratio misses/],
  ["edits /", /denominator of a ratio misses/],
  ["edits / 3", /"3" in the denominator is not the name/],
  ["Edits - swaps / accepted", /"Edits - swaps" in the numerator/],
  ["edits + edits / accepted", /numerator adds "edits" twice/],
  [`${Array.from({ length: 17 }, (_, i) => `a${i}`).join("+")} / b`, /adds 17 fields; at most 16/],
])("%s is refused", (text, detail) => {
  expect(parseRatio(text, { once: false })).toEqual(expect.arrayContaining([{ pointer: "", detail: expect.stringMatching(detail) }]));
});
