import { expect, test } from "vitest";

import { ago } from "./time.ts";

test("how long ago, in the greatest unit that fits; a clock that is ahead is now", () => {
  const at = "2026-01-01T00:00:00Z";
  const after = (seconds: number) => ago(at, Date.parse(at) + seconds * 1000);
  expect([after(-5), after(0), after(59), after(61), after(7200), after(86_400), after(864_000)]).toEqual(["now", "now", "59 seconds ago", "1 minute ago", "2 hours ago", "yesterday", "10 days ago"]);
});
