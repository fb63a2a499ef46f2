import { expect, test } from "vitest";

import { runSeed } from "./run-seed.ts";
import { BROKEN } from "./variants.ts";

// A simulation that finds nothing proves little, unless it finds what is there.
test.each(BROKEN.map((variant) => [variant.name, variant] as const))(
  "the simulation notices a controller that is broken on purpose: %s",
  async (_, variant) => {
    const problems: string[] = [];
    const { fromSeed = 1 } = variant;
    for (let seed = fromSeed; seed <= fromSeed + 1000 && !problems.some((problem) => variant.noticed.test(problem)); seed++) {
      // Also a whole promotion while three calls in ten fail: what is rare elsewhere is usual there.
      for (const promotion of [false, true]) problems.push(...(await runSeed(seed, { variant, promotion })).problems);
    }
    expect(problems.filter((problem) => variant.noticed.test(problem))).not.toEqual([]);
  },
  120_000,
);
