import { ANALYSIS_PATHS, type ModelState } from "@gauntlet/core";
import { expect, test } from "vitest";
import { parse } from "yaml";

import { readState } from "../chain.ts";
import { request } from "../operate.ts";
import { MODEL, openRollout, smallWorld, type SmallWorld } from "../testing/small-world.ts";
import { tick } from "../tick.ts";
import { writeAnalysis } from "./write-analysis.ts";

const RUN = "run-2/";
const GOLDEN = `${RUN}${ANALYSIS_PATHS.golden}`;
const RECORD = `${RUN}failure_analysis.yaml`;

async function rolledBack(): Promise<{ readonly world: SmallWorld; readonly state: ModelState; readonly decisionId: string }> {
  const world = smallWorld();
  await openRollout(world);
  await request(world.controller, MODEL, { kind: "rollback", by: "ada", reason: "alarm" });
  await tick(world.controller, MODEL);
  const state = await readState(world.controller, MODEL);
  return { world, state, decisionId: state.decision?.id ?? "" };
}

/** How many files were written by `work`. */
async function writes({ world, work }: { readonly world: SmallWorld; readonly work: (controller: SmallWorld["controller"]) => Promise<unknown> }): Promise<number> {
  let count = 0;
  const { artifacts } = world.controller;
  const write: typeof artifacts.write = async (...args) => {
    count += 1;
    await artifacts.write(...args);
  };
  await work({ ...world.controller, artifacts: { ...artifacts, write } });
  return count;
}

test("a damaged file is recorded with its digest, and the analysis is written once it is mended", async () => {
  const { world, state, decisionId } = await rolledBack();
  world.files.set(GOLDEN, "{");
  world.files.set(`${RUN}${ANALYSIS_PATHS.loss}`, "[]");
  expect(await writeAnalysis(world.controller, state)).toEqual({ decisionId, complete: false });
  expect(world.files.get(`${RUN}failure_analysis.md`)).toMatch(/Not analysed: gauntlet\/training\/golden\.json[^]*Not analysed: gauntlet\/training\/loss\.json/);
  const { unread } = parse(world.files.get(RECORD) ?? "") as { readonly unread: Readonly<Record<string, string | null>> };
  expect([unread[ANALYSIS_PATHS.golden], unread[ANALYSIS_PATHS.holdout]]).toEqual([await world.controller.artifacts.digest("run-2", ANALYSIS_PATHS.golden), null]);
  // Nothing changed: nothing is written.
  expect(await writes({ world, work: (controller) => writeAnalysis(controller, state) })).toBe(0);
  // Damaged otherwise, it is looked into and told again.
  world.files.set(GOLDEN, '{"rows": 1}');
  expect(await writes({ world, work: (controller) => writeAnalysis(controller, state) })).toBe(2);
  world.files.set(GOLDEN, '{"rows": [{"id": "g1", "score": 1}]}');
  world.files.delete(`${RUN}${ANALYSIS_PATHS.loss}`);
  expect(await writeAnalysis(world.controller, state)).toEqual({ decisionId, complete: false });
  expect(world.files.get(`${RUN}failure_analysis.md`)).toContain("ended as rollback (manual)");
  expect(world.files.get(RECORD)).not.toContain(`${ANALYSIS_PATHS.golden}:`);
});

test("whoever dies while it is written anew leaves a record that has it written again", async () => {
  const { world, state } = await rolledBack();
  world.files.set(GOLDEN, "{");
  await writeAnalysis(world.controller, state);
  world.files.set(GOLDEN, '{"rows": []}');
  const { artifacts } = world.controller;
  for (const upTo of [0, 1, 2]) {
    let left = upTo;
    const dying = { ...artifacts, write: (...args: Parameters<typeof artifacts.write>) => (left-- > 0 ? artifacts.write(...args) : Promise.reject(new Error("died"))) };
    await expect(writeAnalysis({ ...world.controller, artifacts: dying }, state)).rejects.toThrow("died");
  }
  expect(await writes({ world, work: (controller) => writeAnalysis(controller, state) })).toBe(3);
  expect(await writes({ world, work: (controller) => writeAnalysis(controller, state) })).toBe(0);
});

test("what nobody can understand is written anew; an analysis from before files were recorded stays", async () => {
  const { world, state, decisionId } = await rolledBack();
  for (const record of ["{", "decision: 1", `decision: {id: ${decisionId}}\nprimary: undetermined`, `decision: {id: ${decisionId}}\nunread: {../x: null}`]) {
    world.files.set(RECORD, record);
    expect(await writes({ world, work: (controller) => writeAnalysis(controller, state) }), record).toBe(3);
  }
  world.files.set(RECORD, `decision: {id: ${decisionId}}\nfindings: []`);
  expect(await writeAnalysis(world.controller, state)).toEqual({ decisionId, complete: true });
  expect(world.files.get(RECORD)).toContain("findings: []");
});
