import { Failure, gauntlet, type GauntletClient } from "@gauntlet/client";
import type { Allocation } from "@gauntlet/core";

import { afterAll, beforeAll, expect, test } from "vitest";

import { HOUR, MINUTE, policyText, syntheticStream } from "../../../apps/server/src/testing/stream.ts";
import { playedMatches } from "../../../apps/server/src/testing/matches.ts";
import { registerVersions, startTestServer, type TestServer } from "../../../apps/server/src/testing/test-server.ts";

let server: TestServer;
let client: GauntletClient;

beforeAll(async () => {
  server = await startTestServer();
  client = gauntlet({ url: "http://127.0.0.1", token: server.tokens.operator, fetch: server.fetch });
  await registerVersions(server, "mail");
});
afterAll(() => server.close());

async function allocationOf(model: string): Promise<Allocation> {
  const { state } = await client.models.get(model);
  return (state.rollout as unknown as { readonly allocation: Allocation }).allocation;
}

test("a rollout from its preview to its promotion, by nothing but the client", async () => {
  const start = { policy: policyText("mail"), challenger: "2" };
  const before = await client.rollouts.preview("mail", start);
  expect(before).toMatchObject({ model: "mail", decision: null, moved: 0.2 });

  const started = await client.rollouts.start("mail", start, { key: "start-1" });
  expect(await client.rollouts.start("mail", start, { key: "start-1" })).toEqual(started);
  await expect(client.rollouts.start("mail", start)).rejects.toMatchObject({ name: "Failure", code: "conflict" });
  await client.events.until("mail", ({ state }) => state.epoch > 0 && state.pending === null, { timeoutMs: 80_000 });

  const { outcomes, labels } = syntheticStream(await allocationOf("mail"), { from: server.clock.at, count: 1000, hits: 10 });
  server.clock.at += HOUR;
  const recorded = await client.outcomes.record(outcomes, { key: "hour-1" });
  expect(recorded).toEqual({ accepted: 2000, duplicates: 0, rejected: [] });
  expect(await client.outcomes.record(outcomes, { key: "hour-1" })).toEqual(recorded);
  expect(await client.outcomes.label(labels)).toMatchObject({ accepted: 1000, rejected: [] });
  const wrong = await client.outcomes.record([...outcomes.slice(0, 1001), { ...outcomes[0]!, version: "999" }]);
  expect(wrong).toMatchObject({ accepted: 0, duplicates: 1001, rejected: [{ index: 1001, code: "unknown_version" }] });

  expect(await client.rollouts.preview("mail")).toMatchObject({ decision: { verdict: "hold" } });
  server.clock.at += MINUTE;
  expect((await client.rollouts.preview("mail")).decision).toMatchObject({ verdict: "promote" });
  const promoted = client.events.until("mail", ({ summary }) => summary.status === "promoted", { timeoutMs: 80_000 });
  expect(await client.rollouts.tick("mail")).toMatchObject({ verdict: "promote", challenger: "2" });
  const { aliases, summary } = await promoted;
  expect(aliases).toMatchObject({ champion: "2" });
  expect(summary.status).toBe("promoted");
});

test("what was decided can be read: entry, document, chain, verification", async () => {
  const { state } = await client.models.get("mail");
  const { entry, decision } = await client.decisions.get(state.decision!.id);
  expect(decision).toMatchObject({ model: "mail", verdict: "promote" });
  expect(await client.decisions.document(decision.id)).toMatch(/^# /);
  expect(await client.decisions.document(decision.id, "yaml")).toMatch(/verdict: /);
  const chain: number[] = [];
  for await (const each of client.decisions.ledger("mail")) chain.push(each.seq);
  expect(chain).toEqual(Array.from({ length: state.seq }, (_, index) => index + (chain[0] ?? 0)));
  expect(chain).toContain(entry.seq);
  expect(await client.decisions.verify()).toMatchObject({ status: "verified" });
  expect((await client.models.list()).models.map(({ model }) => model)).toEqual(["mail"]);
  expect(await client.models.health()).toMatchObject({ rollouts: [] });
  expect(await client.models.sources()).toMatchObject({ sources: [] });
  expect((await client.models.evidence("mail")).points.length).toBeGreaterThan(0);
  expect(await client.models.ramp("mail")).toMatchObject({ model: "mail", stages: [] });
});

test("a person's words: hold, resume, approve, rollback, each an entry of the ledger", async () => {
  const { seq } = await client.rollouts.rollback("mail", "the smoke test of tonight");
  expect((await client.models.get("mail")).summary.status).toBe("rolled_back");
  expect((await client.models.get("mail")).aliases).toMatchObject({ champion: "1" });

  await registerVersions(server, "signed");
  await client.rollouts.start("signed", { policy: policyText("signed", "approval: { by: 1 }\n"), challenger: "2" });
  await client.rollouts.hold("signed", "a holiday");
  expect((await client.models.get("signed")).state.hold).toMatchObject({ reason: "a holiday" });
  await client.rollouts.resume("signed", "it is over");
  await client.rollouts.tick("signed");
  await expect(client.rollouts.approve("signed", { decisionId: "d-0" })).rejects.toMatchObject({ code: "conflict" });
  expect((await client.rollouts.approve("signed", { comment: "read" })).seq).toBeGreaterThan(0);
  await client.rollouts.reject("signed", "not this year");
  expect((await client.models.get("signed")).summary.status).toBe("retained");
  expect(seq).toBeGreaterThan(0);
});

const prompt = (digit: string) => ({ execution_strategy: "prompt_template", prompt_config: { prompt_version_id: `00000000-0000-4000-8000-00000000000${digit}`, model_provider: "ours", model_name: "menus" } });

test("experiments, and what a unit is given", async () => {
  const made = await client.experiments.create({ name: "menu_exp", unitType: "user", variants: [{ name: "control", role: "baseline", basisPoints: 5000, config: prompt("1") }, { name: "short", role: "arm", basisPoints: 5000, config: prompt("2") }] });
  const active = await client.experiments.act("menu_exp", { verb: "activate", expectedEpoch: made.experiment.epoch, reason: "begin" });
  expect(active.experiment.status).toBe("active");
  await expect(client.experiments.act("menu_exp", { verb: "pause", expectedEpoch: made.experiment.epoch, reason: "an old epoch" })).rejects.toMatchObject({ code: "epoch_conflict" });
  const given = await client.assignments.evaluate("menu_exp", "user-1");
  expect(["control", "short"]).toContain(given.variant);
  const { assignments, skipped_experiments } = await client.assignments.assign({ unit_type: "user", unit_id: "user-1", requested_experiments: ["menu_exp", "nobody_exp"] });
  expect(assignments[0]).toMatchObject({ experiment_name: "menu_exp", variant_name: given.variant });
  expect(skipped_experiments).toEqual([{ experiment_name: "nobody_exp", reason: "not_found" }]);
  await expect(client.assignments.evaluate("nobody_exp", "user-1")).rejects.toMatchObject({ code: "not_found" });
  expect((await client.experiments.journal("menu_exp")).changes.map(({ op }) => op)).toHaveLength(2);
  expect(await client.experiments.metrics("menu_exp", { bucket: "daily" })).toEqual({ aggregates: [] });
  expect((await client.experiments.list()).map(({ experiment }) => experiment.name)).toEqual(["menu_exp"]);
});

test("policy versions, replays, simulations, tokens", async () => {
  const version = await client.policyVersions.create({ policyName: "planner", mlflowModelName: "mail", mlflowModelVersion: "1" });
  expect(await client.policyVersions.makeDefault(version.id)).toMatchObject({ isDefault: true });
  expect((await client.policyVersions.list({ model: "mail" })).map(({ id }) => id)).toContain(version.id);
  const score = { plan_alignment: 0.9, constraint_respect: 1, edit_distance: 0.9, diversity: 0.8, leftovers: 0.7 };
  const replay = await client.policyVersions.replay({ mlflowModelName: "mail", mlflowModelVersion: "2", dataset: { version: "d1" }, trainingWindow: null, baselineModelVersion: "1", cases: [{ candidate: score, baseline: score }] });
  expect(replay.rules.length).toBeGreaterThan(0);
  expect((await client.policyVersions.replays({ model: "mail" })).replays.map(({ id }) => id)).toContain(replay.replay.id);
  expect(await client.simulations.run({ policy: policyText("mail"), runs: 20, effects: [0] })).toMatchObject({ policy: "test policy", runs: 20 });
  const { token, secret } = await client.tokens.create({ name: "from the client", role: "viewer" });
  const viewer = gauntlet({ url: "http://127.0.0.1", token: secret, fetch: server.fetch });
  await expect(viewer.rollouts.tick("mail")).rejects.toMatchObject({ code: "forbidden" });
  expect((await client.tokens.list()).map(({ name }) => name)).toContain("from the client");
  expect(await client.tokens.revoke(token.id)).toMatchObject({ id: token.id });
  await expect(viewer.tokens.list()).rejects.toMatchObject({ code: "unauthorized" });
});

test("what the server refuses comes as it was told, places and remedy included", async () => {
  const refused = await client.rollouts.start("mail", { policy: "kind: abtest\nmodel: mail\nsplit: 3\n", challenger: "2" }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Failure);
  expect(refused).toMatchObject({ code: "policy_invalid", status: 422 });
  expect((refused as Failure).problems.length).toBeGreaterThan(0);
  expect((refused as Failure).fix).not.toBeNull();
  await expect(client.models.get("nobody")).rejects.toMatchObject({ code: "not_found" });
  await expect(client.models.predict("mail", { unit: "u", payload: {} })).rejects.toBeInstanceOf(Failure);
});

test("waiting ends with the time it was given, or with the signal; a stream is closed with it", async () => {
  await expect(client.events.until("mail", () => false, { timeoutMs: 100 })).rejects.toMatchObject({ code: "answer_timeout" });
  const enough = AbortSignal.abort(new Error("enough"));
  await expect(client.events.until("mail", () => false, { signal: enough })).rejects.toThrow("enough");
});

test("matches, ratings of them, conflicts and purges", async () => {
  const at = server.clock.at - 86_400_000;
  const sent = playedMatches({ board: "square8", players: ["v1", "v2", "v3"], count: 60, from: at });
  const bad = { id: "bad", players: ["v1", "v1"], board: "square8", at };
  const imported = await client.matches.import([...sent, bad], { key: "day-1" });
  expect(imported).toMatchObject({ added: 60, skipped: 0, rejected: 1, participantsAdded: 3, rejectedRows: [{ index: 60 }] });
  expect(await client.matches.import([...sent, bad], { key: "day-1" })).toEqual(imported);
  expect(await client.matches.import(sent)).toMatchObject({ added: 0, skipped: 60 });

  expect((await client.ratings.configs()).configs).toMatchObject([{ config: "square8_2p", matches: 60 }]);
  const page = await client.ratings.ladder("square8_2p", { limit: 2 });
  expect(page).toMatchObject({ participants: 3, nextOffset: 2 });
  const whole = await client.ratings.wholeLadder("square8_2p");
  expect(whole.slice(0, 2)).toEqual(page.rows);
  expect(whole).toHaveLength(3);
  expect((await client.ratings.matrix("square8_2p", { participants: ["v1", "v3"] })).participants.toSorted()).toEqual(["v1", "v3"]);
  expect((await client.ratings.trajectories("square8_2p", { participants: ["v1", "v2"], against: "v3", cuts: 3 })).trajectories).toHaveLength(2);
  await expect(client.ratings.ladder("hex8_2p")).rejects.toMatchObject({ code: "not_found" });
  const listed: string[] = [];
  for await (const { id } of client.matches.list("square8_2p")) listed.push(id);
  expect(listed.toSorted()).toEqual(sent.map(({ id }) => id).toSorted());

  const [first, second] = sent as [(typeof sent)[number], (typeof sent)[number]];
  await client.matches.import([{ ...first, places: first.places.toReversed(), at: first.at + 1000, origin: "west" }]);
  const { conflicts } = await client.matches.conflicts({ config: "square8_2p" });
  expect(conflicts.map(({ matchId }) => matchId)).toEqual([first.id]);
  const settled = await client.matches.resolve(first.id, { keep: conflicts[0]!.versions[0]!.contentId, reason: "the referee's sheet" });
  expect(settled).toMatchObject({ state: "kept", resolvedBy: "person" });
  expect(await client.matches.purge(second.id, "a bug of the board")).toMatchObject({ state: "purged" });
  expect(await client.matches.get(second.id)).toMatchObject({ state: "purged" });
});

test("sessions with other nodes, and how far their ratings are apart", async () => {
  expect((await client.sync.peers()).peers).toEqual([]);
  expect(await client.sync.runs({ limit: 5 })).toEqual([]);
  await expect(client.sync.reconcile()).rejects.toMatchObject({ code: "not_found" });
  const check = await client.sync.checkDrift({ target: "a spreadsheet", ratings: [{ participant: "v1", board: "square8", numPlayers: 2, rating: 2000 }], boardType: "square8", numPlayers: 2 });
  expect(check).toMatchObject({ target: "a spreadsheet", participants_in_both: 1, is_significant: true });
  expect(await client.sync.drift()).toMatchObject([{ config_key: "square8_2", peer: "a spreadsheet" }]);
});

test("a promotion by matches, what is watched after it, and questions about participants", async () => {
  await registerVersions(server, "player");
  const policy = `kind: rating\nname: stronger\nmodel: player\npromotion: production\nboard: hex8\nplayers: 2\nbaseline: champion\ncriteria: { minEloImprovement: 0, minGames: 50, minWinRate: 50%, confidence: 95% }\nsprt: { width: 25, beta: 5% }\nmonitor: { every: 1m }\n`;
  await expect(client.rollouts.start("player", { policy, challenger: "2" })).rejects.toMatchObject({ name: "Failure" });
  const at = server.clock.at - 86_400_000;
  const games = Array.from({ length: 600 }, (_, i) => ({ id: `g${i}`, players: i % 2 === 0 ? ["player@1", "player@2"] : ["player@2", "player@1"], winner: i % 4 === 3 ? "player@1" : "player@2", board: "hex8", at: at + i * 60_000 }));
  expect(await client.matches.import(games.slice(0, 20))).toMatchObject({ added: 20, rejected: 0 });
  await client.rollouts.start("player", { policy, challenger: "2" });
  expect(await client.rollouts.tick("player")).toMatchObject({ verdict: "hold", reason: "insufficient_data" });
  expect(await client.matches.import(games)).toMatchObject({ added: 580, skipped: 20, rejected: 0 });
  expect(await client.models.rating("player")).toMatchObject({ games: 600, challenger: { participant: "player@2" } });
  await client.rollouts.tick("player");
  const { summary, aliases } = await client.events.until("player", (detail) => detail.summary.status !== "running", { timeoutMs: 80_000 });
  expect([summary.status, aliases?.["champion"]]).toEqual(["promoted", "2"]);

  const late = { participant: "player@2", board: "hex8", numPlayers: 2, previous: "player@1" } as const;
  expect(await client.monitor.check(late)).toMatchObject({ should_rollback: false, status: { model_id: "player@2", checks: 1 } });
  expect(await client.monitor.check(late)).toMatchObject({ new_evidence: false });
  expect(await client.monitor.compare({ participant: "player@1", board: "hex8", baselines: ["player@2"] })).toMatchObject({ summary: "regression_against_all" });
  server.clock.at += MINUTE;
  const { monitors } = await client.monitor.list();
  expect(monitors.map(({ subject }) => subject)).toContain("participant:hex8_2p:player@2");
  expect((await client.monitor.subject("participant:hex8_2p:player@2")).checks).toHaveLength(1);
  await expect(client.monitor.model("nobody")).rejects.toMatchObject({ code: "not_found" });
});
