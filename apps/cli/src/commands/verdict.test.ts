import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
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

const definition = readFileSync(join(action, "action.yml"), "utf8");
// As where a runner's own folder has a space in its name.
const actionPath = join(newFolder(), "an action");
symlinkSync(action, actionPath);

/** The action's step as a runner does it with these inputs, and what it leaves for later steps. */
function startStep(given: Readonly<Record<string, string>> = {}) {
  const output = join(newFolder(), "output");
  const inputs: Readonly<Record<string, string>> = { url: up.url, token: up.token, model: "fraud", challenger: "2", "timeout-minutes": "0", ...given };
  const named = [...definition.matchAll(/^ +([A-Z_]+): \$\{\{ inputs\.([a-z-]+) \}\}$/gm)].map(([, name = "", input = ""]) => [name, inputs[input] ?? ""]);
  const env = { PATH: process.env["PATH"], ...Object.fromEntries(named), GITHUB_ACTION_PATH: actionPath, GITHUB_OUTPUT: output, POLL_SECONDS: "0.05" };
  const child = spawn("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", /^ +run: (.+)$/m.exec(definition)?.[1] ?? ""], { env, stdio: ["ignore", "pipe", "pipe"] });
  const end = async () => {
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close") as Promise<[number | null]>]);
    return { code, out, err, left: existsSync(output) ? readFileSync(output, "utf8") : "" };
  };
  return { child, ended: end() };
}

const runStep = (given: Readonly<Record<string, string>> = {}) => startStep(given).ended;

const canary = readFileSync(join(action, "../flagger/canary.yaml"), "utf8");

/** The status of what is behind a webhook of deploy/flagger, called as Flagger does: the name and password of a URL are sent as Basic. */
async function gate(type: "confirm-promotion" | "rollback", { token = up.token, version = "2" } = {}): Promise<string> {
  const shown = new RegExp(`type: ${type}\\n +url: (\\S+)`).exec(canary)?.[1] ?? "";
  const url = shown.replace("TOKEN", token).replace("gauntlet.gauntlet.svc:4400", new URL(up.url).host).replace("MODEL", "fraud").replace("VERSION", version);
  const child = spawn("curl", ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--header", "Content-Type: application/json", "--data", '{"name":"fraud","namespace":"default","phase":"Progressing"}', url], { stdio: ["ignore", "pipe", "ignore"] });
  return text(child.stdout);
}

test("while it runs: 3, each gate is shut, and another version or a wrong token is refused", async () => {
  const [told, step, other, stranger, ...gates] = await Promise.all([
    gauntlet("verdict", "fraud", "--challenger", "2", "--wait", "--timeout", "0s", "--json"),
    runStep(),
    runStep({ challenger: "a b/é" }),
    runStep({ token: "gauntlet_wrong" }),
    gate("confirm-promotion"),
    gate("rollback"),
    gate("rollback", { token: "gauntlet_wrong" }),
  ]);
  expect([told.code, told.json.outcome]).toEqual([3, "running"]);
  expect(step).toMatchObject({ code: 3, left: "outcome=running\n", out: expect.stringMatching(/^fraud version 2: running\./) as string });
  expect(other).toMatchObject({ code: 1, out: "", left: "", err: expect.stringContaining("409: the newest rollout of fraud is about version 2, not a b/é") as string });
  expect(stranger).toMatchObject({ code: 1, out: "", err: expect.stringContaining("answered 401") as string });
  expect(gates).toEqual(["409", "409", "401"]);
  expect((await gauntlet("verdict", "fraud", "--challenger", "3")).err).toContain("about version 2, not 3");
  expect((await gauntlet("verdict", "fraud", "--wait", "--timeout", "5")).code).toBe(2);
});

test("who waits is told of the promotion, and the gate of it opens", async () => {
  const step = startStep({ "timeout-minutes": "1" });
  // As on another machine than the server's.
  const waiting = runHere(newFolder(), ["verdict", "fraud", "--challenger", "2", "--url", up.url, "--wait", "--timeout", "1m"], { GAUNTLET_TOKEN: up.token });
  await once(step.child.stdout, "data");
  expect((await gauntlet("promote", "fraud", "--force", "--reason", "seen by hand")).code).toBe(0);
  const [told, ended] = await Promise.all([waiting, step.ended]);
  expect([told.code, told.out]).toEqual([0, expect.stringMatching(/^fraud version 2, fraud-1: promoted; promote \(/)]);
  expect(ended).toMatchObject({ code: 0, left: "outcome=promoted\n", err: "", out: expect.stringMatching(/version 2: running\.[^]*version 2: promoted\./) as string });
  expect(await Promise.all([gate("confirm-promotion"), gate("confirm-promotion", { version: "3" }), gate("rollback")])).toEqual(["200", "409", "409"]);
});

test("after a rollback the step fails, and the other gate opens", async () => {
  expect((await gauntlet("rollback", "fraud", "--reason", "alarm")).code).toBe(0);
  const [step, told, ...gates] = await Promise.all([runStep({ "timeout-minutes": "60" }), gauntlet("verdict", "fraud", "--wait"), gate("confirm-promotion"), gate("rollback")]);
  expect(step).toMatchObject({ code: 1, left: "outcome=rolled_back\n" });
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
  const [step, told, nobody, refused] = await Promise.all([
    runStep({ url: first.url, "timeout-minutes": "1" }),
    gauntlet("verdict", "fraud", "--url", second.url, "--wait", "--timeout", "2s", "--json"),
    runStep({ url: "http://127.0.0.1:9" }),
    gauntlet("verdict", "fraud", "--url", "nonsense", "--wait"),
  ]);
  expect(step).toMatchObject({ code: 1, left: "outcome=retained\n" });
  expect(step.out).toMatch(/no answer from \S+ \(000\)\nno answer from \S+ \(503\)\n[^]*retained\. they say/);
  expect([told.code, told.json]).toEqual([3, RETAINED]);
  expect(nobody).toMatchObject({ code: 3, left: "outcome=unknown\n" });
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("no address of a server") as string });
  expect([first.left, second.left]).toEqual([[], []]);
});
