import { createToken, parseConfig, startServer } from "@gauntlet/server";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";

import { newFolder } from "../testing/run-cli.ts";
import { runHere } from "../testing/run-here.ts";

// Each test starts several programs, one after the other.
vi.setConfig({ testTimeout: 120_000 });

const line = (id: string, more: object = {}) => JSON.stringify({ id, players: ["a", "b"], winner: "a", board: "hex8", at: "2026-01-30T10:00:00Z", ...more });
let folder = "";
const ratings = (...args: readonly string[]) => runHere(folder, ["ratings", ...args], { GAUNTLET_TOKEN: token });
let token = "";

beforeEach(() => {
  folder = newFolder();
  token = "";
  writeFileSync(join(folder, "one.ndjson"), [line("m-1"), line("m-2"), line("m-3", { at: "2026-01-30T10:00:00" })].join("\n"));
  writeFileSync(join(folder, "two.ndjson"), [line("m-2", { winner: "b", at: "2026-01-30T11:00:00Z" }), line("m-4"), line("m-4")].join("\n"));
  writeFileSync(join(folder, "gauntlet.yaml"), "ratings: { node: here, conflicts: skip }\n");
});

test("the ledger of a data directory: imports, conflicts, settled and purged by a person", async () => {
  mkdirSync(join(folder, ".gauntlet"));
  const one = await ratings("import", "one.ndjson", "--into", "ledger", "--json");
  expect([one.code, one.json]).toMatchObject([1, { kind: "ndjson", rows: 3, added: 2, known: 0, participantsAdded: 2, refusedCount: 1, refused: [{ row: 3, id: "m-3", problems: [{ pointer: "/at" }] }] }]);
  const two = await ratings("import", "two.ndjson", "--into", "ledger", "--json");
  expect([two.code, two.json]).toMatchObject([0, { rows: 3, added: 1, known: 1, conflicts: 1, resolved: 0, refusedCount: 0 }]);
  const { json } = await ratings("conflicts", "--json");
  expect(json).toMatchObject({ total: 1, strategy: "skip", conflicts: [{ matchId: "m-2", config: "hex8_2p", state: "unresolved", versions: [{ match: { origin: "one" } }, { match: { origin: "two" } }] }] });
  const settled = await ratings("resolve", "m-2", "--keep", json.conflicts[0].versions[1].contentId, "--reason", "the log says so", "--by", "Ada");
  expect([settled.code, settled.out]).toEqual([0, expect.stringMatching(/taken out[^]*counts[^]*Ada: the log says so/)]);
  expect((await ratings("export", "all.ndjson", "--json")).json).toEqual({ where: "all.ndjson", written: 3 });
  expect(readFileSync(join(folder, "all.ndjson"), "utf8").trim().split("\n").map((each) => JSON.parse(each).id)).toEqual(["m-1", "m-4", "m-2"]);
  expect((await ratings("export", "whole/", "--json")).json).toMatchObject({ written: 5 });
  expect((await ratings("purge", "m-1", "m-1", "--reason", "a cheat", "--json")).json).toEqual({ purged: 1, known: 0 });
});

test("a folder of segments, and back", async () => {
  const made = await ratings("import", "one.ndjson", "--into", "segments/", "--json");
  expect([made.code, made.json]).toMatchObject([1, { into: "segments/", added: 2, refusedCount: 1 }]);
  expect((await ratings("import", "two.ndjson", "--into", "segments", "--json")).json).toMatchObject({ added: 1, known: 1, conflicts: 1 });
  const copied = await ratings("import", "segments", "--into", "copy/", "--json");
  expect([copied.code, copied.json]).toMatchObject([0, { kind: "segments", rows: 4, added: 3, conflicts: 1 }]);
});

test("a running server's ledger, by its token", async () => {
  const config = { ...parseConfig("ratings: { node: here, conflicts: skip }\nlisten: { port: 0 }", "test", {}), dataDir: join(folder, ".gauntlet") };
  const server = await startServer(config, { loop: false, log: () => undefined });
  const { secret } = await createToken(server.composition.store.tokens, { name: "ada", role: "operator", now: 1 });
  token = secret;
  await (await server.composition.matches()).importMatches([{ ...JSON.parse(line("m-1")), origin: "far" }, { ...JSON.parse(line("m-2")), origin: "far" }]);
  expect((await ratings("import", "two.ndjson", "--into", "ledger", "--json")).json).toMatchObject({ added: 1, known: 1, conflicts: 1 });
  const { json } = await ratings("conflicts", "--json");
  expect((await ratings("resolve", "m-2", "--keep", json.conflicts[0].versions[0].contentId, "--reason", "the log says so", "--json")).json).toMatchObject({ state: "kept", resolvedBy: "person", tombstones: [{ reason: "ada: the log says so" }] });
  expect((await ratings("purge", "m-1", "m-4", "--reason", "a cheat", "--json")).json).toEqual({ purged: 2, known: 0 });
  expect((await ratings("export", "one.db", "--json")).json).toMatchObject({ written: 1 });
  expect((await server.composition.matches()).matches("hex8_2p").map(({ id }) => id)).toEqual(["m-2"]);
  await server.close();
});
