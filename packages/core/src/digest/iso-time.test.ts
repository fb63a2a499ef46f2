import fc from "fast-check";
import { expect, test } from "vitest";

import { isoTime } from "./iso-time.ts";

test("equals the platform's ISO text for every instant of the years 0000 to 9999", () => {
  const earliest = Date.UTC(1, 0, 1) - 1970 * 31_556_952_000;
  fc.assert(
    fc.property(fc.integer({ min: Math.max(earliest, -62_135_596_800_000), max: 253_402_300_799_999 }), (at) => {
      expect(isoTime(at)).toBe(new Date(at).toISOString());
    }),
    { numRuns: 5000 },
  );
});
