import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";

import { newFolder, POLICY, prepareModel, spawnCli } from "../testing/run-cli.ts";
import { runHere } from "../testing/run-here.ts";

const action = resolve(import.meta.dirname, "../../../../deploy/github-action");
const folder = newFolder();
const up = { url: "", token: "", end: async (): Promise<void> => undefined };

beforeAll(async () => {
  await prepareModel(folder, "fraud");
  // Where reads need a token, as they do on every address that isn't the loopback's.
  writeFileSync(join(folder, "gauntlet.yaml"), "listen: { host: 0.0.0.0, port: 0 }\n");
  writeFileSync(join(folder, "policy.yaml"), POLICY);
  const child = spawnCli(folder, ["up", "--json"]);
  up.end = async () => {
    child.kill("SIGTERM");
    await once(child, "close");
  };
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  up.url = `http://127.0.0.1:${new URL((JSON.parse(line.toString()) as { url: string }).url).port}`;
  up.token = /shown this once: (\S+)/.exec(log)?.[1] ?? "";
  expect(await gauntlet("start", "policy.yaml", "--challenger", "2")).toMatchObject({ code: 0 });
});
afterAll(() => up.end());

const gauntlet = (...args: readonly string[]) => runHere(folder, args, { GAUNTLET_TOKEN: up.token });

/** The script as the action's step runs it, and what it leaves for later steps. */
function startScript(given: Readonly<Record<string, string>> = {}) {
  const output = join(newFolder(), "output");
  const env = { PATH: process.env["PATH"], GAUNTLET_URL: up.url, GAUNTLET_TOKEN: up.token, MODEL: "fraud", CHALLENGER: "2", MINUTES: "0", POLL_SECONDS: "0.05", GITHUB_OUTPUT: output, ...given };
  const child = spawn(join(action, "wait-for-verdict.sh"), { env, stdio: ["ignore", "pipe", "pipe"] });
  const end = async () => {
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close") as Promise<[number | null]>]);
    return { code, out, err, left: existsSync(output) ? readFileSync(output, "utf8") : "" };
  };
  return { child, ended: end() };
}

const runScript = (given: Readonly<Record<string, string>> = {}) => startScript(given).ended;

const canary = readFileSync(join(action, "../flagger/canary.yaml"), "utf8");

/** The status of what is behind a webhook of deploy/flagger, called as Flagger does: the name and password of a URL are sent as Basic. */
async function gate(type: "confirm-promotion" | "rollback", { token = up.token, version = "2" } = {}): Promise<string> {
  const shown = new RegExp(`type: ${type}\\n +url: (\\S+)`).exec(canary)?.[1] ?? "";
  const url = shown.replace("TOKEN", token).replace("gauntlet.gauntlet.svc:4400", new URL(up.url).host).replace("MODEL", "fraud").replace("VERSION", version);
  const child = spawn("curl", ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--header", "Content-Type: application/json", "--data", '{"name":"fraud","namespace":"default","phase":"Progressing"}', url], { stdio: ["ignore", "pipe", "ignore"] });
  return text(child.stdout);
}

test("while it runs: 3, each gate is shut, and another version or a wrong token is refused", async () => {
  const [told, script, other, stranger, ...gates] = await Promise.all([
    gauntlet("verdict", "fraud", "--challenger", "2", "--wait", "--timeout", "0s", "--json"),
    runScript(),
    runScript({ CHALLENGER: "a b/é" }),
    runScript({ GAUNTLET_TOKEN: "gauntlet_wrong" }),
    gate("confirm-promotion"),
    gate("rollback"),
    gate("rollback", { token: "gauntlet_wrong" }),
  ]);
  expect([told.code, told.json.outcome]).toEqual([3, "running"]);
  expect(script).toMatchObject({ code: 3, left: "outcome=running\n", out: expect.stringMatching(/^fraud version 2: running\./) as string });
  expect(other).toMatchObject({ code: 1, out: "", left: "", err: expect.stringContaining("409: the newest rollout of fraud is about version 2, not a b/é") as string });
  expect(stranger).toMatchObject({ code: 1, out: "", err: expect.stringContaining("answered 401") as string });
  expect(gates).toEqual(["409", "409", "401"]);
  expect((await gauntlet("verdict", "fraud", "--challenger", "3")).err).toContain("about version 2, not 3");
  expect((await gauntlet("verdict", "fraud", "--wait", "--timeout", "5")).code).toBe(2);
});

test("who waits is told of the promotion, and the gate of it opens", async () => {
  const step = startScript({ MINUTES: "1" });
  // As on another machine than the server's.
  const waiting = runHere(newFolder(), ["verdict", "fraud", "--challenger", "2", "--url", up.url, "--wait", "--timeout", "1m"], { GAUNTLET_TOKEN: up.token });
  await once(step.child.stdout, "data");
  expect((await gauntlet("promote", "fraud", "--force", "--reason", "seen by hand")).code).toBe(0);
  const [told, script] = await Promise.all([waiting, step.ended]);
  expect([told.code, told.out]).toEqual([0, expect.stringMatching(/^fraud version 2, fraud-1: promoted; promote \(/)]);
  expect(script).toMatchObject({ code: 0, left: "outcome=promoted\n", err: "", out: expect.stringMatching(/version 2: running\.[^]*version 2: promoted\./) as string });
  expect(await Promise.all([gate("confirm-promotion"), gate("confirm-promotion", { version: "3" }), gate("rollback")])).toEqual(["200", "409", "409"]);
});

test("after a rollback the step fails, and the other gate opens", async () => {
  expect((await gauntlet("rollback", "fraud", "--reason", "alarm")).code).toBe(0);
  const [script, told, ...gates] = await Promise.all([runScript({ MINUTES: "60" }), gauntlet("verdict", "fraud", "--wait"), gate("confirm-promotion"), gate("rollback")]);
  expect(script).toMatchObject({ code: 1, left: "outcome=rolled_back\n" });
  expect(told.code).toBe(3);
  expect(gates).toEqual(["409", "200"]);
});

const RETAINED = { model: "fraud", rollout: "fraud-1", champion: "1", challenger: "2", outcome: "retained", verdict: "retain", reason: '","outcome":"promoted","', sentence: 'they say "outcome":"promoted"', decision: null };

/** The address of a server that says these in turn, null being a connection that breaks; and what it has not said yet. */
async function serveInTurn(bodies: readonly (object | null)[]) {
  const left = [...bodies];
  const server = createServer((_, response) => {
    const body = left.shift();
    if (body == null) response.destroy();
    else response.writeHead("status" in body ? 503 : 200, { "content-type": "application/json" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, left };
}

test("a server that is away is asked again, and what it says in a text is no outcome", async () => {
  const [first, second] = await Promise.all([serveInTurn([null, { status: 503 }, { detail: "half an answer" }, RETAINED]), serveInTurn([null, null, null, { status: 503 }, RETAINED])]);
  const [script, told, nobody, refused] = await Promise.all([
    runScript({ GAUNTLET_URL: first.url, MINUTES: "1" }),
    gauntlet("verdict", "fraud", "--url", second.url, "--wait", "--timeout", "2s", "--json"),
    runScript({ GAUNTLET_URL: "http://127.0.0.1:9" }),
    gauntlet("verdict", "fraud", "--url", "nonsense", "--wait"),
  ]);
  expect(script).toMatchObject({ code: 1, left: "outcome=retained\n" });
  expect(script.out).toMatch(/no answer from \S+ \(000\)\nno answer from \S+ \(503\)\n[^]*retained\. they say/);
  expect([told.code, told.json]).toEqual([3, RETAINED]);
  expect(nobody).toMatchObject({ code: 3, left: "outcome=unknown\n" });
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("no address of a server") as string });
  expect([first.left, second.left]).toEqual([[], []]);
});
