import { expect, test } from "vitest";

import type { Json } from "../../digest/json.ts";
import oracles from "./oracles.json" with { type: "json" };
import { runStatistic } from "./statistics.ts";

interface Oracle {
  readonly input: Json;
  /** By path, such as interval.low. */
  readonly expected: Readonly<Record<string, number>>;
}

/** What scripts/statistics-oracles.py computes with mpmath is held to 1e-12, and what other packages say to 1e-9. */
const COMPUTED_HERE = new Set(["erf", "student-t", "student-t-quantile", "f", "chi-square-quantile", "hypergeometric", "kolmogorov", "two-proportion-z", "binomial-test", "mcnemar"]);

const TABLE = oracles as unknown as Readonly<Record<string, readonly Oracle[]>>;

test.each(Object.keys(TABLE))("%s agrees with its table", (name) => {
  const rows = TABLE[name] as readonly Oracle[];
  expect(rows.length).toBeGreaterThanOrEqual(30);
  for (const { input, expected } of rows) {
    const result = runStatistic(name, input, () => () => 0.5);
    for (const [path, exact] of Object.entries(expected)) {
      const value = at(result, path);
      // In far tails the exponential of a large logarithm may cost two digits; what rounds away against 1 is no error.
      const relative = COMPUTED_HERE.has(name) ? (Math.abs(exact) > 1e-43 ? 1e-12 : 1e-10) : 1e-9;
      expect(Math.abs(value - exact), `${name} ${JSON.stringify(input)}: ${path} is ${value} and should be ${exact}`).toBeLessThanOrEqual(relative * Math.abs(exact) + floorOf(name));
    }
  }
});

/** Where a figure is a difference of larger ones, its own size is no measure. */
function floorOf(name: string): number {
  if (name === "kolmogorov-exact") return 1e-13;
  return ["newcombe", "agresti-caffo", "wald", "welch"].includes(name) ? 1e-12 : 5e-324;
}

function at(result: Json, path: string): number {
  let inner: Json = result;
  for (const step of path.split(".")) inner = (inner as Readonly<Record<string, Json>>)[step] as Json;
  return inner as number;
}

test("the table reaches into far tails and to 1e15 observations", () => {
  const all = Object.values(TABLE).flat();
  expect(all.filter(({ expected }) => Object.values(expected).some((value) => value !== 0 && Math.abs(value) < 1e-40)).length).toBeGreaterThan(10);
  expect(all.filter(({ input }) => JSON.stringify(input).includes("1000000000000000")).length).toBeGreaterThan(5);
});
