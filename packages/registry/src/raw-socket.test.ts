import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listen } from "./listen.ts";
import { createRegistry } from "./registry.ts";

// Clients tidy paths before they send them; an attacker doesn't. These bytes go out as they stand.
let dir: string;
let port: number;
let stop: () => Promise<void>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "gauntlet-raw-"));
  await writeFile(join(dir, "secret.txt"), "the secret");
  const registry = await createRegistry({ database: join(dir, "registry.db"), artifactsDir: join(dir, "artifacts"), now: Date.now, newId: () => crypto.randomUUID() });
  const server = await listen(registry, 0);
  port = Number(new URL(server.url).port);
  stop = async () => {
    await server.close();
    registry.close();
  };
});
afterAll(async () => {
  await stop();
  await rm(dir, { recursive: true, force: true });
});

function send(head: string, body = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(`${head} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`));
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString())).once("close", () => resolve(answer)).once("error", reject);
  });
}

const FILES = "/api/2.0/mlflow-artifacts/artifacts";
const CLIMBS = [
  "../secret.txt", "a/../../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "%2e%2e%2fsecret.txt", "%252e%252e%252fsecret.txt", "%25252e%25252e/secret.txt",
  "..%5csecret.txt", "..\\secret.txt", "/secret.txt", "//secret.txt", "%2fsecret.txt", "%2f..%2fsecret.txt", "a%00/../../secret.txt", "a/%2e%2e%2f%2e%2e%2fsecret.txt", "%c0%ae%c0%ae/secret.txt", ".%2e/secret.txt",
];

test.each(CLIMBS)("GET …/%s shows nothing", async (path) => {
  const answer = await send(`GET ${FILES}/${path}`);
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d/);
  expect(answer).not.toContain("the secret");
});

test.each(CLIMBS)("PUT and DELETE …/%s touch nothing", async (path) => {
  await send(`PUT ${FILES}/${path}`, "overwritten");
  await send(`DELETE ${FILES}/${path}`);
  expect((await readdir(dir)).filter((name) => !name.startsWith("registry.db")).toSorted()).toEqual(["artifacts", "secret.txt"]);
});

test.each(["..", "../..", "%2e%2e", "%252e%252e", "/", "a/../..", "a%5c..", "%00"])("listing %s shows nothing", async (path) => {
  const answer = await send(`GET ${FILES}?path=${path}`);
  expect(answer).toMatch(/^HTTP\/1\.1 400/);
  expect(answer).not.toContain("secret.txt");
});

test.each(["a/../b.txt", "a/%2e%2e/b.txt", "./b.txt", "a/%2E/b.txt", "a/.%2e", "1/run/artifacts/../b.txt"])("PUT …/%s is refused, and written nowhere else", async (path) => {
  expect(await send(`PUT ${FILES}/${path}`, "x")).toMatch(/^HTTP\/1\.1 400[^]*INVALID_PARAMETER_VALUE/);
  expect(await send(`GET ${FILES}/b.txt`)).toMatch(/^HTTP\/1\.1 404/);
});

test.each(["a..b/.hidden", "..."])("%s is a name like any other", async (path) => {
  expect(await send(`PUT ${FILES}/${path}`, "x")).toMatch(/^HTTP\/1\.1 200/);
});
