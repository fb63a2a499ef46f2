import { expect, test } from "vitest";

import { changeWords, configWords, liveVariants, pieces, type Variant } from "./experiment.ts";

const base: Variant = { id: "v", experimentId: "e", name: "control", description: null, role: "baseline", position: 0, basisPoints: 9000, ranges: [{ from: 0, to: 90_000 }], config: { execution_strategy: "mlflow_model" }, configError: null, archivedAt: null, createdAt: 0 };

test("archived variants own nothing and are not among the live ones", () => {
  const candidate: Variant = { ...base, id: "c", name: "candidate_v7", role: "candidate", position: 1, basisPoints: 1000, ranges: [{ from: 90_000, to: 100_000 }] };
  const gone: Variant = { ...base, id: "g", name: "old", position: 2, basisPoints: 0, ranges: [], archivedAt: 5 };
  expect(liveVariants({ variants: [gone, candidate, base] }).map((variant) => variant.name)).toEqual(["control", "candidate_v7"]);
  expect(pieces(candidate)).toEqual([{ left: 0.9, width: 0.1 }]);
});

test("a change says which shares moved, and from where to where", () => {
  const record = { variantId: "v", role: "baseline" as const, ranges: [] };
  const before = [{ ...record, name: "control", basisPoints: 10_000 }];
  const after = [{ ...record, name: "control", basisPoints: 9000 }, { ...record, name: "candidate_v7", basisPoints: 1000 }];
  expect(changeWords({ before, after })).toMatch(/^control 100\s%? ?→ 90.*, candidate_v7 0.* → 10/);
  expect(changeWords({ before, after: before })).toBe("no share moved");
});

test("a configuration that is not valid says why", () => {
  expect(configWords(base)).toBe("mlflow model");
  expect(configWords({ config: null, configError: "no policy_version_id" })).toBe("invalid: no policy_version_id");
});
