import { expect, test } from "vitest";

import { allocate } from "./allocate.ts";
import { reallocate } from "./reallocate.ts";
import { shareChanges } from "./share-changes.ts";

const before = allocate({ model: "planner", epoch: 1, seed: "s", shares: [{ slot: "champion", version: "1", basisPoints: 10_000 }], shadow: false });

test("an arm that comes, one that shrinks and one that goes", () => {
  const split = [
    { slot: "champion", version: "1", basisPoints: 9000 },
    { slot: "challenger", version: "2", basisPoints: 1000 },
  ];
  const during = reallocate(before, split, 2);
  expect(shareChanges(before, during)).toEqual([
    { slot: "champion", version: "1", before: 10_000, after: 9000 },
    { slot: "challenger", version: "2", before: 0, after: 1000 },
  ]);
  const after = reallocate(during, [{ slot: "champion", version: "2", basisPoints: 10_000 }], 3);
  expect(shareChanges(during, after)).toEqual([
    { slot: "champion", version: "2", before: 0, after: 10_000 },
    { slot: "champion", version: "1", before: 9000, after: 0 },
    { slot: "challenger", version: "2", before: 1000, after: 0 },
  ]);
});

test("without an allocation before, everything is new", () => {
  expect(shareChanges(null, before)).toEqual([{ slot: "champion", version: "1", before: 0, after: 10_000 }]);
});
