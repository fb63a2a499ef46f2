import { canonicalJson } from "@gauntlet/core";
import type { Statistic } from "@gauntlet/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseStatistic, statisticText } from "./statistic-text.ts";

const integer = fc.maxSafeInteger();
const wide = fc.record({ low: fc.integer({ min: 0, max: 2 ** 52 - 1 }), high: fc.integer({ min: -(2 ** 52), max: 2 ** 52 }) });
const statistics: fc.Arbitrary<Statistic> = fc.oneof(
  fc.record({ n: integer, kind: fc.constant("count" as const) }),
  fc.record({ n: integer, hits: integer, kind: fc.constant("rate" as const) }),
  fc.record({ sum: wide, kind: fc.constant("moments" as const), squares: wide, n: integer }),
  fc.record({ zeros: integer, n: integer, kind: fc.constant("histogram" as const), buckets: fc.array(fc.tuple(fc.integer({ min: -1_000, max: 1_000 }), integer)) }),
  fc.record({ truePositive: integer, trueNegative: integer, kind: fc.constant("confusion" as const), falsePositive: integer, falseNegative: integer }),
  fc.record({ kind: fc.constant("paired" as const), cells: fc.tuple(integer, integer, integer, integer, integer, integer, integer, integer) }),
);

test("the text of a statistic is its canonical JSON, and reads back exactly", () => {
  fc.assert(
    fc.property(statistics, (statistic) => {
      const text = statisticText(statistic);
      expect(text).toBe(canonicalJson(statistic));
      expect(parseStatistic(text)).toEqual(statistic);
    }),
  );
});
