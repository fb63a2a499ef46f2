import { allocate, type ExperimentView, type PolicyVersion, type Variant } from "@gauntlet/core";
import { expect, test } from "vitest";

import { experimentFlag, modelFlag } from "./flag.ts";

const ID = "550e8400-e29b-41d4-a716-446655440000";
const VERSION: PolicyVersion = { id: "a", policyId: "p", policyName: "planner", version: 4, mlflowModelName: "planner_model", mlflowModelVersion: "6", configDefaults: {}, status: "active", isDefault: true, createdAt: 0 };
const variant = (name: string, from: number, to: number, some: Partial<Variant> = {}): Variant => ({
  id: `id of ${name}`, experimentId: ID, name, description: null, role: from === 0 ? "baseline" : "arm", position: from, basisPoints: (to - from) / 10, ranges: [{ from, to }],
  config: { execution_strategy: "mlflow_model", mlflow_model: { policy_version_id: "a" }, params: {} }, configError: null, archivedAt: null, createdAt: 0, ...some,
});
const view = (variants: readonly Variant[], status: ExperimentView["experiment"]["status"] = "active"): ExperimentView => ({
  experiment: { id: ID, name: "plan_exp", description: null, status, unitType: "user", model: "planner_model", epoch: 7, startAt: null, endAt: null, createdAt: 0, updatedAt: 0 },
  variants,
});

test("a variant with an invalid config is named with what is wrong; the other variant is served", () => {
  const flag = experimentFlag(view([variant("control", 0, 50_000), variant("B", 50_000, 100_000, { config: null, configError: "is in neither form" })]), [VERSION]);
  // user-42 is in basis point 4540, user-123 in 6467.
  expect(JSON.parse(flag.variantOf("user-42").evaluation)).toMatchObject({ variant: "control", metadata: { version: "6", model: "planner_model", epoch: 7 } });
  expect(JSON.parse(flag.variantOf("user-123").evaluation)).toEqual({
    key: "plan_exp",
    errorCode: "PARSE_ERROR",
    errorDetails: 'variant "B": is in neither form',
    metadata: { experimentId: ID, variantId: "id of B", unitType: "user", epoch: 7, version: "variant:B", model: "planner_model", hash: "sha256" },
  });
});

test("what is unsound is a flag with a problem and gives nothing", () => {
  expect(experimentFlag(view([variant("control", 0, 100_000)]), []).problem).toMatch(/policy version a, which does not exist/);
  expect(experimentFlag(view([variant("control", 0, 90_000)]), [VERSION]).problem).toMatch(/nobody owns the buckets \[90000, 100000\)/);
  const hole = allocate({ model: "mail", epoch: 1, seed: "s", shares: [{ slot: "champion", version: "1", basisPoints: 10_000 }], shadow: false });
  expect(modelFlag({ ...hole, arms: [] }).problem).toMatch(/there is no arm/);
});

test("a draft is never compiled: it may not be whole yet", () => {
  expect(experimentFlag(view([], "draft"), [])).toMatchObject({ state: "off", problem: null });
});

test("an archived variant is given to nobody, and with one arm left the reason is STATIC", () => {
  const flag = experimentFlag(view([variant("control", 0, 100_000), variant("old", 0, 0, { ranges: [], archivedAt: 5 })]), [VERSION]);
  expect(JSON.parse(flag.variantOf("anybody").evaluation)).toMatchObject({ reason: "STATIC", variant: "control" });
});
