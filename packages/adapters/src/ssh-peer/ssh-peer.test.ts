import { openMatchLedger, sessionShelf, syncWith, type MatchLedger } from "@gauntlet/controller";
import { openMemoryStore } from "@gauntlet/controller/testing";
import { recordOfMatch, type LedgerRecord } from "@gauntlet/core";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, expect, test } from "vitest";

import { frameOf, frameReader, GREETING } from "../peer-wire/frames.ts";
import { serveStdio } from "../peer-wire/serve-stdio.ts";
import { programLine } from "./program-line.ts";
import { sshArguments, type SshTarget } from "./ssh-arguments.ts";

const TARGET: SshTarget = { host: "west.example", user: null, port: null, identityFile: null, knownHostsFile: null, connectTimeoutMs: 1500, command: ["gauntlet", "ratings", "serve", "--stdio"] };
const NOW = Date.UTC(2026, 0, 31, 12);
const folder = mkdtempSync(join(tmpdir(), "gauntlet-peer-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the arguments: no password, no new host keys, nothing forwarded, and a name is never an option", () => {
  const args = sshArguments({ ...TARGET, user: "ann", port: 2222, identityFile: "/keys/id", knownHostsFile: "/keys/known hosts" });
  for (const option of ["BatchMode=yes", "StrictHostKeyChecking=yes", 'UserKnownHostsFile="/keys/known hosts"', "ConnectTimeout=2"]) expect(args).toContain(option);
  expect(args.slice(args.indexOf("-p"))).toEqual(["-p", "2222", "-o", "IdentitiesOnly=yes", "-i", "/keys/id", "-l", "ann", "--", "west.example", "gauntlet ratings serve --stdio"]);
  expect(sshArguments({ ...TARGET, command: ["/opt/my node/g", "--data", "it's; rm -rf $HOME"] }).at(-1)).toBe(String.raw`'/opt/my node/g' --data 'it'\''s; rm -rf $HOME'`);
});

test.each(["-oProxyCommand=touch /tmp/x", "west;reboot", "west example", "$(reboot)", "`reboot`", "", "west\nexample", "ann@west", "west&", "|", "../west", "west'", "*", "a".repeat(300)])("the host %j is refused", (host) => {
  expect(() => sshArguments({ ...TARGET, host })).toThrow(/no name of a host/);
});

test.each(["-l", "an n", "ann;", "$USER", "", "ann@west", "ann\n"])("the user %j is refused", (user) => {
  expect(() => sshArguments({ ...TARGET, user })).toThrow(/no name of a user/);
});

test("ports, paths and commands that can't be are refused", () => {
  for (const port of [0, 70_000, 1.5]) expect(() => sshArguments({ ...TARGET, port })).toThrow(/no port/);
  for (const identityFile of ["-w", 'a"b', "a\nb"]) expect(() => sshArguments({ ...TARGET, identityFile })).toThrow(/as a path/);
  for (const command of [[], [""], ["a", "b\nc"]]) expect(() => sshArguments({ ...TARGET, command })).toThrow(/a list of words/);
});

/** A far end that is a program of its own, as one behind ssh is. */
function line(script: string, more: { greetingTimeoutMs?: number; messageTimeoutMs?: number; program?: string; signal?: AbortSignal } = {}) {
  const file = join(folder, `far-${Math.random().toString(36).slice(2)}.mjs`);
  writeFileSync(file, `import { frameOf, GREETING } from ${JSON.stringify(join(import.meta.dirname, "../peer-wire/frames.ts"))};\nconst { stdin, stdout, stderr } = process;\n${script}`);
  return programLine({ name: "west", program: more.program ?? process.execPath, args: [file], signal: more.signal ?? new AbortController().signal, greetingTimeoutMs: more.greetingTimeoutMs ?? 20_000, messageTimeoutMs: more.messageTimeoutMs ?? 20_000, explain: (code) => ({ what: `ended with ${code}`, fix: "try by hand" }) });
}

const MESSAGE = { kind: "go_on", session: "s", seq: 0 } as const;

test.concurrent("one message after another, in pieces, and a clean end", async () => {
  const far = await line(`stdout.write(GREETING.slice(0, 5)); setTimeout(() => stdout.write(GREETING.slice(5)), 5);
    let n = 0; stdin.on("data", () => { const frame = frameOf({ n: n++ }); stdout.write(frame.subarray(0, 3)); setTimeout(() => stdout.write(frame.subarray(3)), 5); });`);
  expect([await far.exchange(MESSAGE), await far.exchange(MESSAGE)]).toEqual([{ n: 0 }, { n: 1 }]);
  expect(far.bytes()).toEqual({ sent: 2 * frameOf(MESSAGE).length, received: GREETING.length + 2 * frameOf({ n: 0 }).length });
  await far.close();
  await far.close();
});

test.concurrent.each<[string, string, RegExp]>([
  ["says something else first", `stdout.write("Welcome to west\\n\\u001b[31mhave fun");`, /begins with "Welcome to west have fun"|begins with "Welcome to west \[31mhave fun"/],
  ["ends before it greets", `stderr.write("Host key verification failed.\\n" + "x".repeat(500)); process.exitCode = 255;`, /^west: ended with 255: Host key verification failed\. x{170}…$/],
  ["ends at once", "", /^west: ended with 0$/],
])("a far end that %s", async (_, script, message) => {
  await expect(line(script)).rejects.toMatchObject({ code: "peer_unavailable", message: expect.stringMatching(message) });
});

test.concurrent.each<[string, string, string, RegExp]>([
  ["ends in the middle of a message", "peer_unavailable", `stdin.once("data", () => { stdout.write(frameOf(["long enough"]).subarray(0, 6), () => process.exit(3)); });`, /ended with 3, in the middle of a message/],
  ["gives up and says why", "store_unavailable", `stdin.once("data", () => stdout.write(frameOf({ error: { code: "store_unavailable", message: "the disk is\\u001b[2J full", fix: "make room" } })));`, /west says: the disk is \[2J full/],
  ["announces a message larger than any", "too_large", `stdin.once("data", () => stdout.write(Buffer.alloc(8, 255)));`, /larger than any/],
  ["sends what can't be unpacked", "invalid_input", `stdin.once("data", () => stdout.write(Buffer.from([0, 0, 0, 2, 9, 9])));`, /can't be unpacked/],
])("a far end that %s, after its greeting", async (_, code, script, message) => {
  const far = await line(`stdout.write(GREETING); ${script}`);
  await expect(far.exchange(MESSAGE)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  await expect(far.exchange(MESSAGE)).rejects.toMatchObject({ code: expect.any(String) });
  await far.close();
});

test.concurrent("a bomb of zeros is never unpacked", async () => {
  const far = await line(`import { brotliCompressSync, constants } from "node:zlib"; stdout.write(GREETING);
    stdin.once("data", () => { const bomb = brotliCompressSync(Buffer.alloc(200 * 1024 * 1024), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }); const head = Buffer.alloc(4); head.writeUInt32BE(bomb.length); stdout.write(Buffer.concat([head, bomb])); });`);
  await expect(far.exchange(MESSAGE)).rejects.toMatchObject({ code: "too_large" });
  await far.close();
});

test.concurrent("silence ends with its time, before and after the greeting; so does the time for all of it", async () => {
  await expect(line("stdin.resume();", { greetingTimeoutMs: 50 })).rejects.toMatchObject({ code: "peer_unavailable", message: expect.stringContaining("did not begin a session within 0.05 s") });
  const slow = await line("stdout.write(GREETING); stdin.resume();", { messageTimeoutMs: 50 });
  await expect(slow.exchange(MESSAGE)).rejects.toMatchObject({ code: "peer_unavailable", message: expect.stringContaining("did not answer within 0.05 s") });
  await slow.close();
  const stop = new AbortController();
  const stopped = await line("stdout.write(GREETING); stdin.resume();", { signal: stop.signal });
  const answer = stopped.exchange(MESSAGE);
  stop.abort();
  await expect(answer).rejects.toMatchObject({ code: "peer_unavailable" });
  await stopped.close();
  await expect(line("", { program: "/nowhere/ssh" })).rejects.toMatchObject({ code: "peer_unavailable", message: expect.stringContaining("can't be started") });
});

const records = (from: number, to: number): LedgerRecord[] =>
  Array.from({ length: to - from }, (_, i) => recordOfMatch({ id: `m-${from + i}`, players: ["a", "b"], places: [1, 2], board: "hex8", numPlayers: 2, length: null, durationMs: null, at: NOW - 100_000 + from + i, origin: "n", tournament: null }));

async function ledgerOf(held: readonly LedgerRecord[]): Promise<MatchLedger> {
  const store = openMemoryStore().matches;
  await store.append(held);
  return openMatchLedger({ store, node: "n", strategy: "skip", clock: { now: () => NOW } });
}

test("a whole session over frames; what the far end can't read ends it, and it says so", async () => {
  const [near, far] = [await ledgerOf(records(0, 30)), await ledgerOf(records(20, 60))];
  const shelf = sessionShelf({ ledger: far, sketchKey: [1, 2], now: () => NOW });
  const [input, output] = [new PassThrough(), new PassThrough()];
  const served = serveStdio({ input, output, receive: (message) => shelf.receive("stdio", message) });
  const reader = frameReader();
  const answers: unknown[] = [];
  let wake = (): void => undefined;
  let greeting = "";
  output.on("data", (chunk: Buffer) => {
    const missing = GREETING.length - greeting.length;
    greeting += chunk.subarray(0, missing).toString();
    answers.push(...reader.read(chunk.subarray(missing)));
    wake();
  });
  const next = async (): Promise<unknown> => {
    while (answers.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return answers.shift();
  };
  const peer = {
    name: "far",
    transport: "ssh",
    connect: async () => ({
      exchange: async (message: unknown) => {
        input.write(frameOf(message));
        return next();
      },
      tell: async (message: unknown) => void input.write(frameOf(message)),
      bytes: () => ({ sent: 0, received: 0 }),
      close: async () => undefined,
    }),
  } as const;
  const { run } = await syncWith(near, peer, { runId: "r", now: () => NOW, signal: new AbortController().signal, scope: null });
  expect([greeting, run.equal, near.revision]).toEqual([GREETING, true, 60]);
  input.write(Buffer.from([0, 0, 0, 2, 9, 9]));
  expect(await next()).toMatchObject({ error: { code: "invalid_input" } });
  await expect(served).rejects.toMatchObject({ code: "invalid_input" });
  expect(far.revision).toBe(60);
});
