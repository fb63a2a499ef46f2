import { openSqliteStore } from "@gauntlet/adapters";
import { paths } from "@gauntlet/contract";
import { emptyState, project, sealEntry, verifyChain, type LedgerEntry, type ModelState } from "@gauntlet/core";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { newDataDir, startTestServer, type TestServer } from "../testing/test-server.ts";

const MODEL = "fraud";
const ENTRIES = 20_000;
let server: TestServer;
let dataDir: string;

beforeAll(async () => {
  dataDir = newDataDir();
  const store = await openSqliteStore({ dataDir, mode: "exclusive", holder: "test" });
  let state: ModelState = emptyState(MODEL);
  for (let page = 0; page < ENTRIES / 1000; page++) {
    const expect = { seq: state.seq, hash: state.hash };
    const entries: LedgerEntry[] = [];
    for (let index = 0; index < 1000; index++) {
      const entry = sealEntry(state.seq === 0 ? null : state, { chain: MODEL, at: page * 1000 + index, event: { kind: "drift.seen", detail: "alias champion names version 7" } });
      entries.push(entry);
      state = project(state, entry);
    }
    await store.ledger.append({ chain: MODEL, expect, fence: null, entries, state });
  }
  await store.close();
  server = await startTestServer({ dataDir });
}, 60_000);
afterAll(() => server.close());

/** How often the server says that it is well before `work` is done. */
async function answersDuring(work: Promise<unknown>): Promise<number> {
  const ended = work.then(() => "done" as const);
  for (let answers = 0; ; answers++) {
    const turn = new Promise<"turn">((resolve) => setImmediate(resolve, "turn"));
    if ((await Promise.race([ended, turn])) === "done") return answers;
    expect((await server.call("GET", "/healthz", { token: null })).status).toBe(200);
  }
}

test("while a long ledger is verified, other requests are answered, far more often than it has pages", async () => {
  const verifying = server.call("GET", paths.verify);
  // Two hundred entries are a page: read on the request loop, at most one turn a page would be left for others.
  expect(await answersDuring(verifying)).toBeGreaterThan(ENTRIES / 200);
  const { json } = await verifying;
  expect(json).toMatchObject({ status: "verified", chains: [{ chain: MODEL, entries: ENTRIES }] });
});

test("a long ledger is exported whole and in order while others are answered; a reader may stop in between", async () => {
  const exporting = server.call("GET", paths.export);
  expect(await answersDuring(exporting)).toBeGreaterThan(0);
  const lines = (await exporting).text.trimEnd().split("\n");
  expect(lines).toHaveLength(ENTRIES);
  expect(verifyChain(lines.map((line) => JSON.parse(line) as LedgerEntry), null)).toMatchObject({ broken: null, head: { seq: ENTRIES } });
  const response = await server.fetch(new Request(`http://127.0.0.1${paths.export}`, { headers: { authorization: `Bearer ${server.tokens.viewer}` } }));
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  expect((await reader.read()).value?.length).toBeGreaterThan(0);
  await reader.cancel();
  expect((await server.call("GET", paths.verify)).json.status).toBe("verified");
});

test("a changed entry of a long ledger is found, and then nothing may be changed", async () => {
  const database = new DatabaseSync(join(dataDir, "gauntlet.db"));
  database.exec("DROP TRIGGER entries_are_never_changed");
  database.prepare("UPDATE entries SET entry = replace(entry, 'version 7', 'version 8') WHERE seq = 12345").run();
  database.close();
  const { json } = await server.call("GET", paths.verify);
  expect(json).toMatchObject({ status: "broken", breaks: [{ chain: MODEL, seq: 12_345 }] });
  const act = await server.call("POST", paths.act(MODEL, "hold"), { key: "hold", body: { reason: "why" } });
  expect([act.status, act.json.code]).toEqual([500, "ledger_corrupt"]);
});
