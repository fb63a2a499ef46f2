import { describe, expect, test } from "vitest";

import { archivedName, candidateName, nameProblem } from "./variant-name.ts";
import { normaliseConfig, readConfig } from "./normalise-config.ts";

const ID = "550E8400-E29B-41D4-A716-446655440000";

describe("a variant's config", () => {
  test("the legacy form becomes the unified one, UUIDs in lower case", () => {
    const unified = { execution_strategy: "mlflow_model", mlflow_model: { policy_version_id: ID.toLowerCase() }, params: { temperature: 0 } };
    expect(normaliseConfig({ policy_version_id: ID, params: { temperature: 0 } })).toEqual(unified);
    expect(normaliseConfig({ ...unified, mlflow_model: { policy_version_id: ID } })).toEqual(unified);
    expect(normaliseConfig(unified)).toEqual(unified);
  });
  test("prompts and hybrids keep what they need", () => {
    const prompt_config = { prompt_version_id: ID.toLowerCase(), model_provider: "local", model_name: "small" };
    const prompt = { execution_strategy: "prompt_template", prompt_config, flow_config: { flow_id: "f", initial_state: "s" }, params: {} };
    expect(normaliseConfig({ ...prompt, params: undefined })).toEqual(prompt);
    const hybrid = { execution_strategy: "hybrid", mlflow_model: { policy_version_id: ID.toLowerCase(), model_name: "planner_model" }, prompt_config, params: {} };
    expect(normaliseConfig(hybrid)).toEqual(hybrid);
  });
  test.each<[string, unknown, string]>([
    ["a feature flag of the source", { feature_enabled: true }, ""],
    ["nothing", null, ""],
    ["a list", [], ""],
    ["no UUID", { policy_version_id: "7" }, "/policy_version_id"],
    ["an unknown strategy", { execution_strategy: "magic" }, "/execution_strategy"],
    ["a missing part", { execution_strategy: "mlflow_model" }, "/mlflow_model"],
    ["a hybrid without prompt", { execution_strategy: "hybrid", mlflow_model: { policy_version_id: ID } }, "/prompt_config"],
    ["params that are no object", { policy_version_id: ID, params: [] }, "/params"],
    ["an unknown field", { policy_version_id: ID, parms: {} }, "/parms"],
    ["an empty provider", { execution_strategy: "prompt_template", prompt_config: { prompt_version_id: ID, model_provider: "", model_name: "m" } }, "/prompt_config/model_provider"],
  ])("%s is refused when written, and reads as null with the reason", (_, config, pointer) => {
    expect(() => normaliseConfig(config)).toThrow(expect.objectContaining({ code: "invalid_input", problems: expect.arrayContaining([expect.objectContaining({ pointer })]) as unknown }));
    expect(readConfig(config)).toEqual({ config: null, configError: expect.stringContaining("invalid") as unknown });
  });
});

describe("names", () => {
  test("a candidate is called by its policy version", () => {
    expect(candidateName(7)).toBe("candidate_v7");
  });
  test("an archived one keeps its name and says when, once, within 255", () => {
    const at = 1_767_225_600_123;
    expect(archivedName("candidate_v7", at)).toBe("candidate_v7_archived_20260101T000000Z");
    expect(archivedName(archivedName("candidate_v7", at), at + 1e9)).toBe("candidate_v7_archived_20260101T000000Z");
    const long = archivedName("x".repeat(255), at);
    expect(long).toHaveLength(255);
    expect(long.endsWith("x_archived_20260101T000000Z")).toBe(true);
  });
  test("a name can stand in a path, a flag and a metric", () => {
    expect(nameProblem("planner_exp")).toBeNull();
    for (const bad of ["", "a:b", "a/b", "ä", "-a", "x".repeat(256)]) expect(nameProblem(bad)).not.toBeNull();
  });
});
