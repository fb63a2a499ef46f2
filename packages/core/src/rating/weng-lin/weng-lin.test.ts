import { expect, test } from "vitest";

import { BELIEF_INITIAL, wengLin } from "./weng-lin.ts";

const four = [BELIEF_INITIAL, BELIEF_INITIAL, BELIEF_INITIAL, BELIEF_INITIAL];

test("openskill's Plackett–Luce after one match of four newcomers", () => {
  for (const [i, [mu, sigma]] of ([[27.795, 8.264], [26.553, 8.18], [24.689, 8.084], [20.962, 8.084]] as const).entries()) {
    expect(wengLin(four, [1, 2, 3, 4])[i]?.mu).toBeCloseTo(mu, 3);
    expect(wengLin(four, [1, 2, 3, 4])[i]?.sigma).toBeCloseTo(sigma, 3);
  }
});

test("after a tie of all, all are believed alike, and the sum is kept", () => {
  const after = wengLin(four, [1, 1, 1, 1]);
  for (const { mu } of after) expect(mu).toBeCloseTo(25, 10);
  expect(new Set(after.map(({ sigma }) => sigma)).size).toBe(1);
});
