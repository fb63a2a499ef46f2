import { createToken, parseConfig, startServer } from "@gauntlet/server";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { newFolder } from "../testing/run-cli.ts";
import { runHere } from "../testing/run-here.ts";

// The far ends are programs of their own.
vi.setConfig({ testTimeout: 120_000 });

const BIN = join(fileURLToPath(import.meta.url), "../../../bin/gauntlet.mjs");
const folder = newFolder();
const row = (n: number, more: object = {}) => JSON.stringify({ id: `m-${n}`, players: ["a", `p${n % 3}`], winner: n % 4 === 0 ? "a" : `p${n % 3}`, board: "hex8", at: new Date(1_769_700_000_000 + n).toISOString(), origin: "lab", ...more });
const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => row(from + i)).join("\n");

/** Runs what it is given here instead of on another host; real SSH is among the real parts. */
const STAND_IN = `#!/bin/sh
while [ "$1" != "--" ]; do shift; done
[ "$2" = dead.lab ] && { echo "ssh: connect to host dead.lab port 22: Connection refused" >&2; exit 255; }
echo "$2" >> "${folder}/hosts-called"
exec sh -c "$3"
`;
const far = ["--remote-command", process.execPath, BIN];
const gauntlet = (...args: readonly string[]) => runHere(folder, args);

beforeAll(() => {
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin/ssh"), STAND_IN);
  chmodSync(join(folder, "bin/ssh"), 0o755);
  vi.stubEnv("PATH", `${join(folder, "bin")}${delimiter}${process.env["PATH"] ?? ""}`);
});

afterAll(() => vi.unstubAllEnvs());

test("two files of matches become equal; the report has the names that users know", async () => {
  writeFileSync(join(folder, "east.ndjson"), rows(0, 60));
  writeFileSync(join(folder, "west.ndjson"), `${rows(40, 100)}\n${row(5, { winner: "a" })}`);
  const sync = ["sync", "--local-db", "east.ndjson", "--host", "west.lab", "--remote-path", join(folder, "west.ndjson"), ...far, "--json"];
  const first = await gauntlet(...sync);
  expect([first.code, first.err]).toEqual([0, ""]);
  expect(first.json).toMatchObject({ remote_host: "west.lab", matches_added: 40, matches_skipped: 0, matches_conflict: 0, matches_resolved: 1, participants_added: 0, error: null, transport: "ssh", equal: true, records_received: 41, records_sent: 40 });
  const again = await gauntlet(...sync.slice(0, -1), "-v");
  expect(again.out).toMatch(/^west\.lab: 0 added, .*; equal now\n {2}nothing differed; 0 records sent, 0 received; \d+ bytes out, \d+ in; 1 round trips/);
});

test("what can't be: no host, two of them, names that are options or shells, nobody there, no data there", async () => {
  writeFileSync(join(folder, "one.ndjson"), rows(0, 3));
  const sync = (...args: readonly string[]) => gauntlet("sync", "--local-db", "one.ndjson", ...args);
  expect((await sync()).err).toContain("--host or --url");
  for (const host of ["-oProxyCommand=touch$IFS$PWD/hacked", "west;reboot", "a b"]) {
    const { code, err } = await sync(`--host=${host}`);
    expect([code, err]).toEqual([1, expect.stringContaining("no name of a host")]);
  }
  const dead = await sync("--host", "dead.lab", "--json");
  expect([dead.code, dead.json]).toMatchObject([1, { remote_host: "dead.lab", equal: null, error: "dead.lab: SSH failed: ssh: connect to host dead.lab port 22: Connection refused", matches_added: 0 }]);
  const empty = await sync("--host", "west.lab", "--remote-path", join(folder, "nowhere"), ...far, "--json");
  expect([empty.code, empty.json.error]).toEqual([1, expect.stringContaining("there is nothing at")]);
  expect((await gauntlet("sync", "--host", "west.lab")).err).toContain("there is no data in");
  expect((await sync("--url", "file:///etc/passwd")).err).toContain("no URL of a server");
});

test("a far end whose data a server holds passes messages on to it, with a token", async () => {
  writeFileSync(join(folder, "south.ndjson"), rows(0, 20));
  const dataDir = join(folder, "north");
  const server = await startServer({ ...parseConfig("listen: { port: 0 }\nratings: { node: north }", "test", {}), dataDir }, { loop: false, log: () => undefined });
  try {
    await (await server.composition.matches()).importMatches(rows(10, 40).split("\n").map((line) => JSON.parse(line) as unknown));
    const sync = ["sync", "--local-db", "south.ndjson", "--host", "north.lab", "--remote-path", dataDir, ...far, "--json"];
    expect((await gauntlet(...sync)).json.error).toContain("which needs a token");
    vi.stubEnv("GAUNTLET_TOKEN", (await createToken(server.composition.store.tokens, { name: "south", role: "ingest", now: Date.now() })).secret);
    expect((await gauntlet(...sync)).json).toMatchObject({ error: null, equal: true, matches_added: 20, records_sent: 10 });
    expect((await server.composition.matches()).configs()).toMatchObject([{ config: "hex8_2p", matches: 40 }]);
  } finally {
    await server.close();
  }
});

test("all hosts of a file, in parallel; one that is dead makes it 1, and the totals are of all", async () => {
  writeFileSync(join(folder, "hub.ndjson"), rows(0, 10));
  writeFileSync(join(folder, "spoke.ndjson"), rows(5, 30));
  writeFileSync(join(folder, "hosts.yaml"), "hosts:\n  spoke: { ssh_host: spoke.lab }\n  dead: { ssh_host: dead.lab }\n  gone: { ssh_host: gone.lab, status: terminated }\n");
  const { code, err, json } = await gauntlet("reconcile-all", "--local-db", "hub.ndjson", "--hosts-file", "hosts.yaml", "--remote-path", join(folder, "spoke.ndjson"), ...far, "--json");
  expect([code, json]).toMatchObject([1, { nodes_synced: 1, nodes_failed: 1, total_matches_added: 20, total_matches_skipped: 0, total_conflicts: 0, total_resolved: 0, drift_detected: false, max_drift: 0 }]);
  expect(json.sync_results.map(({ remote_host: host }: { remote_host: string }) => host)).toEqual(["spoke", "dead"]);
  expect(err).toContain("gone is left out: its status is terminated");
  expect(err).toMatch(/\[2\/2\] /);
  const named = await gauntlet("reconcile-all", "--local-db", "hub.ndjson", "--hosts", "dead.lab,, dead.lab");
  expect([named.code, named.out]).toEqual([1, expect.stringContaining("Failed: dead.lab")]);
  expect((await gauntlet("reconcile-all", "--local-db", "hub.ndjson")).err).toContain("nobody to reconcile with");
});
