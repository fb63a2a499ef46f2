import { paths } from "@gauntlet/contract";
import { expect, test } from "vitest";

import { parseConfig } from "../config/parse-config.ts";
import type { Services } from "../services.ts";
import { START, startTestServer } from "../testing/test-server.ts";

const row = (n: number) => ({ id: `m-${n}`, players: ["a", "b"], winner: "a", board: "hex8", at: START - 1000 + n, origin: "lab" });

test("a peer's turn comes when its last run is long enough ago, whatever was restarted; one process at a time", async () => {
  const west = await startTestServer({ config: { ratings: parseConfig("ratings: { node: west }", "test", {}).ratings }, options: { listen: true } });
  await (await west.composition.matches()).importMatches([row(1), row(2)]);
  const { ratings } = parseConfig(`ratings: { node: east, reconcileEveryMs: 60000, peers: { west: { kind: http, url: "${west.url ?? ""}", token: ${west.tokens.ingest} }, gone: { kind: http, url: "http://127.0.0.1:9" } } }`, "test", {});
  let east = await startTestServer({ config: { ratings } });
  const round = () => (east.composition as Services).reconciling.round();
  expect((await round())?.map(({ peer, equal }) => [peer, equal])).toEqual([["west", true], ["gone", null]]);
  expect(east.lines.filter(({ level }) => level === "warn").map(({ message }) => message)).toEqual([expect.stringContaining("reconciling with gone failed")]);
  expect(await round()).toEqual([]);
  await east.close();
  east = await startTestServer({ config: { ratings }, dataDir: east.dataDir });
  east.clock.at = START + 59_999;
  expect(await round()).toEqual([]);
  east.clock.at = START + 60_000;
  const lease = await east.composition.store.leases.acquire({ name: "reconcile", holder: "another", now: east.clock.at, ttlMs: 1000 });
  expect(await round()).toBe(null);
  await east.composition.store.leases.release(lease!);
  expect((await round())?.length).toBe(2);
  expect((await east.call("GET", paths.syncRuns)).json.runs).toHaveLength(4);
  await east.close();
  await west.close();
});

test("without a time for it, nothing is done", async () => {
  const alone = await startTestServer();
  expect(await (alone.composition as Services).reconciling.round()).toEqual([]);
  await alone.close();
});
