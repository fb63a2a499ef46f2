import { createVersion, ensureRegisteredModel, mlflowRegistry } from "@gauntlet/adapters";
import { paths, slotsProgress, type SlotsProgress } from "@gauntlet/contract";
import { afterAll, beforeAll, expect, test } from "vitest";

import { START, startTestServer, type TestServer } from "../testing/test-server.ts";

const SLOTS = ["Production", "B", "shadow1", "shadow2"] as const;
type Slot = (typeof SLOTS)[number];

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

function policyText(model: string, mode: "strict" | "compat"): string {
  return `kind: slots\nname: ${mode} slots\nmodel: ${model}\nmode: ${mode}\nslots: [${SLOTS.join(", ")}]\nwin: game_score\naccuracy: correct\n${mode === "strict" ? "minGames: 20\nmaxGames: 2000\nreorder: { minPredictions: 100, alpha: 5% }\n" : ""}`;
}

/** Four versions in the embedded registry, one for each slot. */
async function register(model: string): Promise<void> {
  const { mlflow } = server.composition;
  await ensureRegisteredModel(mlflow, model, "");
  const registry = mlflowRegistry(mlflow);
  for (const [index, slot] of SLOTS.entries()) {
    await createVersion(mlflow, { model, source: `s3://models/${model}/${index}`, runId: null, tags: { "gauntlet.digest": `sha256:${String(index + 1).repeat(64)}` }, description: null });
    await registry.setAlias(model, slot, String(index + 1));
  }
}

async function holders(model: string): Promise<readonly (string | undefined)[]> {
  const { aliases } = await mlflowRegistry(server.composition.mlflow).read(model, []);
  return SLOTS.map((slot) => aliases[slot]);
}

let batches = 0;
interface Reported {
  readonly slot: Slot;
  readonly metric: "game_score" | "correct";
  /** "hits/of" */
  readonly record: string;
}

/** What a product sends: who played from which slot, and what came of it; no epoch. */
async function report(model: string, { slot, metric, record }: Reported): Promise<void> {
  const [hits = 0, of = 0] = record.split("/").map(Number);
  const version = (await holders(model))[SLOTS.indexOf(slot)];
  const batch = ++batches;
  const outcomes = Array.from({ length: of }, (_, i) => ({ requestId: `${batch}-${i}`, at: server.clock.at, model, version, slot, mode: slot.startsWith("shadow") ? "shadow" : "live", unit: `game ${i}`, prediction: null, metrics: { [metric]: i < hits ? 1 : 0 } }));
  for (const _ of ["sent", "sent again"]) {
    const sent = await server.call("POST", paths.outcomes, { key: `batch-${batch}`, body: { outcomes } });
    expect(sent.json).toEqual({ accepted: of, duplicates: 0, rejected: [] });
  }
}

async function begin(model: string, mode: "strict" | "compat"): Promise<void> {
  server.clock.at += 60_000;
  const begun = await server.call("POST", paths.rollouts(model), { key: `start-${model}-${server.clock.at}`, body: { policy: policyText(model, mode) } });
  expect(begun.json.detail ?? begun.status).toBe(200);
}

async function decided(model: string) {
  await server.call("POST", paths.tick(model));
  return (await server.call("GET", paths.model(model))).json;
}

async function progressOf(model: string): Promise<SlotsProgress> {
  return slotsProgress.parse((await server.call("GET", paths.slots(model))).json);
}

test("compat: a cycle that swaps, and one that keeps the champion and puts the challengers in order", async () => {
  const model = "rps_bot_compat";
  await register(model);
  await begin(model, "compat");
  expect((await decided(model)).decision).toMatchObject({ verdict: "hold", compatLabel: "insufficient_data" });
  await report(model, { slot: "Production", metric: "game_score", record: "5/10" });
  await report(model, { slot: "B", metric: "game_score", record: "8/10" });
  await begin(model, "compat");
  const swapped = await decided(model);
  expect(swapped.decision).toMatchObject({ verdict: "promote", compatLabel: "swap_production_b", slots: { swap: true, reorderApplied: false, tickers: { championGames: 0, challengerGames: 0, cycles: 0 } } });
  expect(swapped.summary).toMatchObject({ status: "promoted", applying: false });
  expect(await holders(model)).toEqual(["2", "1", "3", "4"]);

  for (const [slot, record] of [["Production", "60/100"], ["B", "30/100"], ["shadow1", "40/100"], ["shadow2", "45/100"]] as const) await report(model, { slot, metric: "correct", record });
  await report(model, { slot: "Production", metric: "game_score", record: "9/10" });
  await report(model, { slot: "B", metric: "game_score", record: "2/10" });
  await begin(model, "compat");
  const kept = await decided(model);
  expect(kept.decision).toMatchObject({ verdict: "retain", compatLabel: "retain_production", slots: { swap: false, reorderApplied: true, tickers: { championGames: 10, challengerGames: 10, cycles: 1 } } });
  expect(await holders(model)).toEqual(["2", "4", "3", "1"]);
  const progress = await progressOf(model);
  expect(progress).toMatchObject({ status: "retained", mode: "compat", swap: false, reorderApplied: true, counts: { champion: { games: 20, wins: 14 }, challenger: { games: 20, wins: 10 } } });
  expect(progress.slots.map(({ slot, role, version, accuracy }) => [slot, role, version, accuracy])).toEqual([
    ["Production", "champion", "2", 0.6],
    ["B", "challenger", "1", 0.3],
    ["shadow1", "shadow", "3", 0.4],
    ["shadow2", "shadow", "4", 0.45],
  ]);
});

test("strict: a swap by proof, then a champion that is kept while a shadow takes the challenger's slot", async () => {
  const model = "rps_bot_strict";
  await register(model);
  await begin(model, "strict");
  expect((await decided(model)).decision).toMatchObject({ verdict: "hold", reason: "insufficient_data", compatLabel: null });
  await report(model, { slot: "Production", metric: "game_score", record: "70/200" });
  await report(model, { slot: "B", metric: "game_score", record: "130/200" });
  expect((await decided(model)).decision).toMatchObject({ verdict: "promote", reason: "all_checks_passed" });
  expect(await holders(model)).toEqual(["2", "1", "3", "4"]);

  await begin(model, "strict");
  expect((await decided(model)).decision).toMatchObject({ verdict: "hold", reason: "insufficient_data" });
  for (const [slot, record] of [["B", "300/1000"], ["shadow1", "500/1000"]] as const) await report(model, { slot, metric: "correct", record });
  // What came since the newest decision is seen while the cycle runs.
  expect(await progressOf(model)).toMatchObject({ status: "running", verdict: "hold", test: { id: "win", status: "unproven" }, rankings: [{ slot: "B", accuracy: 0.3 }, { slot: "shadow1", accuracy: 0.5 }, { slot: "shadow2", accuracy: null }] });
  await report(model, { slot: "Production", metric: "game_score", record: "140/200" });
  await report(model, { slot: "B", metric: "game_score", record: "70/200" });
  const kept = await decided(model);
  expect(kept.decision).toMatchObject({ verdict: "retain", reason: "worse", slots: { swap: false, reorderApplied: true } });
  expect(await holders(model)).toEqual(["2", "3", "1", "4"]);

  const verified = await server.call("GET", paths.verify);
  expect(verified.json).toMatchObject({ status: "verified" });
});

test("a preview of a cycle says that nothing moves yet", async () => {
  server.clock.at += 120_000;
  const preview = await server.call("POST", paths.preview("rps_bot_strict"), { body: { policy: policyText("rps_bot_strict", "strict") } });
  expect(preview.json).toMatchObject({ decision: null, effects: [], moved: 0 });
});

test("the other views of a model have nothing against slots", async () => {
  for (const path of [paths.evidence("rps_bot_strict"), paths.models, paths.health, "/metrics"]) expect([path, (await server.call("GET", path)).status]).toEqual([path, 200]);
  const { json } = await server.call("GET", paths.model("rps_bot_strict"));
  expect(json.split.map(({ slot, count }: { slot: string; count: number }) => [slot, count])).toEqual([["Production", 200], ["B", 200]]);
});

test("without a cycle of slots there is none to look at", async () => {
  expect((await server.call("GET", paths.slots("nobody"))).json.code).toBe("not_found");
});

test("outcomes of no cycle are refused, and so is an epoch that is left out of another kind's", async () => {
  const outcome = { requestId: "r", at: START, model: "nobody", version: "1", slot: "B", mode: "live", unit: "u", prediction: null };
  const sent = await server.call("POST", paths.outcomes, { key: "nobody", body: { outcomes: [outcome] } });
  expect(sent.json.rejected[0].detail).toMatch(/\/epoch/);
});
