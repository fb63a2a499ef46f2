import { activeExperiment } from "@gauntlet/controller/testing";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSqliteStore } from "../open-sqlite-store.ts";

let dataDir: string;
let database: DatabaseSync;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "gauntlet-constraints-"));
  const store = await openSqliteStore({ dataDir, mode: "exclusive", holder: "test" });
  await activeExperiment(store.experiments, [6000, 4000], { name: "planner_exp", model: "planner_model" });
  await store.close();
  database = new DatabaseSync(join(dataDir, "gauntlet.db"), { enableForeignKeyConstraints: true });
});

afterEach(() => {
  database.close();
  rmSync(dataDir, { recursive: true });
});

describe("what nobody can write past Gauntlet into SQLite", () => {
  test.each([
    ["shares that do not sum to 10,000", `UPDATE exp_variants SET basis_points = 3999, ranges = '[{"from":60000,"to":99990}]' WHERE name = 'arm_1'; UPDATE exp_experiments SET epoch = epoch + 1`, /sum to 10,000/],
    ["ranges that overlap", `UPDATE exp_variants SET ranges = '[{"from":0,"to":40000}]' WHERE name = 'arm_1'; UPDATE exp_experiments SET epoch = epoch + 1`, /partition/],
    ["ranges that are not the share", "UPDATE exp_variants SET basis_points = CASE name WHEN 'control' THEN 6001 ELSE 3999 END; UPDATE exp_experiments SET epoch = epoch + 1", /partition/],
    ["two baselines", "UPDATE exp_variants SET role = 'baseline'", /UNIQUE/],
    ["an archived variant that owns something", "UPDATE exp_variants SET archived_at = 1 WHERE name = 'arm_1'", /CHECK/],
    ["a changed config of an active experiment", "UPDATE exp_variants SET config = '{}' WHERE name = 'control'", /frozen/],
    ["an unknown status", "UPDATE exp_experiments SET status = 'done'", /CHECK/],
    ["a variant that is referred to, gone with its experiment", "DELETE FROM exp_experiments", /FOREIGN KEY/],
    ["a changed journal", "UPDATE exp_journal SET reason = 'better'", /never changed/],
    ["a deleted journal", "DELETE FROM exp_journal", /never deleted/],
  ])("%s", (_, sql, message) => {
    expect(() => database.exec(`BEGIN; ${sql}; COMMIT`)).toThrow(message);
  });
  test("the views read", () => {
    expect({ ...database.prepare("SELECT name, variant_count, total_allocation FROM exp_v_active_experiments").get() }).toEqual({ name: "planner_exp", variant_count: 2, total_allocation: 1 });
    expect(database.prepare("SELECT version, model_uri, is_default FROM exp_v_policy_versions ORDER BY version").all().map((row) => ({ ...row }))).toEqual([
      { version: 1, model_uri: "models:/planner_model/2", is_default: 1 }, { version: 2, model_uri: "models:/planner_model/3", is_default: 0 }, { version: 3, model_uri: "models:/planner_model/9", is_default: 0 },
    ]);
    expect(database.prepare("SELECT * FROM exp_v_experiment_metrics").all()).toEqual([]);
  });
});
