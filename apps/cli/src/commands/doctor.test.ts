import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { POLICY } from "../testing/run-cli.ts";
import { runHere } from "../testing/run-here.ts";
import { selfSigned } from "../testing/self-signed.ts";

const folder = mkdtempSync(join(tmpdir(), "gauntlet-doctor-"));
/** What the API server was asked about rights: verb, group, kind and object. */
const asked: string[] = [];
let api: Server;
const mlflow = createHttp((request, response) => {
  const known = request.headers.authorization === `Basic ${Buffer.from("ada:secret-word").toString("base64")}`;
  if (request.url === "/health") return void response.end("OK");
  response.writeHead(known ? 200 : 401, { "content-type": "application/json" }).end(known ? "{}" : '{"error_code":"UNAUTHENTICATED","message":"who?"}');
});

/** An API server of Kubernetes, as far as a target needs it: two HTTPRoutes, of which "scores" may not be patched. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const say = (status: number, json: unknown) => void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
    if (request.headers.authorization !== "Bearer known") return say(401, { message: "Unauthorized" });
    const name = request.url?.split("/").at(-1) ?? "";
    if (request.method === "GET") return say(200, { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", metadata: { name, namespace: "models", uid: "u", resourceVersion: "1" }, spec: { rules: [] } });
    const { spec } = JSON.parse(Buffer.concat(chunks).toString()) as { readonly spec: { readonly resourceAttributes: Readonly<Record<string, string>> } };
    const { verb, group, resource, namespace, name: object } = spec.resourceAttributes;
    asked.push(`${verb} ${resource}.${group} ${namespace}/${object}`);
    if (object === "secrets") return say(403, { message: "no reviews" });
    const allowed = object !== "scores" || verb === "get";
    say(201, { status: { allowed, ...(allowed ? {} : { reason: "no RBAC policy matched" }) } });
  });
}

async function listening(server: { listen(port: number, host: string, done: () => void): unknown; address(): unknown }): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  const { cert, key } = selfSigned(Date.now());
  const pair = generateKeyPairSync("ed25519");
  writeFileSync(join(folder, "signing.pem"), pair.privateKey.export({ type: "pkcs8", format: "pem" }));
  writeFileSync(join(folder, "release.pub.pem"), pair.publicKey.export({ type: "spki", format: "pem" }));
  api = createServer({ key, cert }, answer);
  const user = (name: string, token: string) => `{ name: ${name}, user: { token: ${token} } }`;
  const port = await listening(api);
  writeFileSync(join(folder, "kubeconfig"), `{ current-context: c, contexts: [{ name: c, context: { cluster: k, user: u } }], clusters: [{ name: k, cluster: { server: "https://127.0.0.1:${port}", certificate-authority-data: ${Buffer.from(cert).toString("base64")} } }], users: [${user("u", "known")}] }\n`);
  const at = await listening(mlflow);
  const target = (name: string) => `{ kind: gateway-api, namespace: models, name: ${name}, service: "v{version}" }`;
  const registry = (password: string) => `registry: { kind: mlflow, url: "http://127.0.0.1:${at}", user: ada, password: ${password} }`;
  const rest = [
    "kubernetes: { kubeconfig: kubeconfig }",
    `targets: { fraud: ${target("fraud")}, scores: ${target("scores")}, hidden: ${target("secrets")} }`,
    "hooks:",
    "  - { name: near, kind: slack, url: 'http://127.0.0.1:9/SECRET' }",
    "  - { name: lost, kind: slack, url: 'https://nobody.invalid/SECRET' }",
  ];
  writeFileSync(join(folder, "gauntlet.yaml"), [registry("secret-word"), "signing: { keyFile: signing.pem }", "modelKeys: { release: release.pub.pem, wrong: signing.pem }", ...rest].join("\n"));
  writeFileSync(join(folder, "wrong.yaml"), [registry("other-word"), "signing: { keyFile: nowhere.pem }"].join("\n"));
  mkdirSync(join(folder, "policies"));
  writeFileSync(join(folder, "policies/fraud.yaml"), POLICY.split("\n").filter((line) => !line.startsWith("shadow:")).join("\n"));
});
afterAll(async () => {
  for (const server of [api, mlflow]) await new Promise<void>((resolve) => void server.close(() => resolve()));
  rmSync(folder, { recursive: true, force: true });
});

interface Found {
  readonly what: string;
  readonly status: string;
  readonly says: string;
  readonly fix: string | null;
}

async function findings(...options: readonly string[]): Promise<ReadonlyMap<string, Found>> {
  const ran = await runHere(folder, ["doctor", "--json", ...options]);
  expect([ran.code, ran.out.includes("SECRET"), ran.out.includes("secret-word")]).toEqual([1, false, false]);
  return new Map((ran.json as { readonly findings: readonly Found[] }).findings.map((one) => [one.what, one]));
}

test("rights on each target are asked of the API server, hooks are resolved alone, and each finding says how to mend it", async () => {
  const found = await findings();
  expect(found.get("target of fraud")).toMatchObject({ status: "ok" });
  expect(found.get("rights on the target of fraud")).toMatchObject({ status: "ok", says: "may get and patch HTTPRoute models/fraud" });
  expect(found.get("rights on the target of scores")).toEqual({
    what: "rights on the target of scores",
    status: "fail",
    says: "may not patch HTTPRoute models/scores: no RBAC policy matched",
    fix: "give its user or service account a Role in the namespace models with the rule {apiGroups: [gateway.networking.k8s.io], resources: [httproutes], resourceNames: [scores], verbs: [get, patch]}; deploy/kubernetes/rbac has one for each kind",
  });
  expect(found.get("rights on the target of hidden")).toMatchObject({ status: "fail", says: "the API server does not tell this login what it may do with HTTPRoute models/secrets: no reviews", fix: expect.stringContaining("system:basic-user") as string });
  expect(asked.filter((line) => !line.endsWith("secrets")).toSorted()).toEqual(["get httproutes.gateway.networking.k8s.io models/fraud", "get httproutes.gateway.networking.k8s.io models/scores", "patch httproutes.gateway.networking.k8s.io models/fraud", "patch httproutes.gateway.networking.k8s.io models/scores"]);
  expect(found.get("hook near")).toMatchObject({ status: "ok", says: "is on this machine" });
  expect(found.get("hook lost")).toMatchObject({ status: "fail", says: expect.stringMatching(/^its name does not resolve: (ENOTFOUND|EAI_AGAIN)$/) as string, fix: expect.stringContaining("correct its url") as string });
  expect(found.get("signing key")?.says).toMatch(/^documents are signed with \S{16,}$/);
  expect([found.get("model key release")?.status, found.get("model key wrong")?.says]).toEqual(["ok", 'the model key "wrong" is a private key; the public one verifies']);
  expect(found.get("registry login")).toMatchObject({ status: "ok", says: "the user ada may read registered models" });
});

test("a policy that its target can't carry out is found before anything begins, by doctor, config validate and start", async () => {
  const found = (await findings()).get("policy policies/fraud.yaml");
  expect(found).toMatchObject({ status: "fail", says: expect.stringMatching(/^policies\/fraud\.yaml can't be carried out: \/shadow line \d+: nothing is said of shadow, which then is true/) as string, fix: expect.stringMatching(/^write shadow: false/) as string });
  const validated = await runHere(folder, ["config", "validate", "policies/fraud.yaml"]);
  expect([validated.code, /\/shadow line \d+: .*To mend it: write shadow: false/.test(validated.out)]).toEqual([1, true]);
  writeFileSync(join(folder, "policies/mended.yaml"), `${readFileSync(join(folder, "policies/fraud.yaml"), "utf8")}\nshadow: false\n`);
  const mended = await runHere(folder, ["config", "validate", "policies/mended.yaml"]);
  expect([mended.code, mended.err.includes("expect that many requests: the model's target gives no pairs"), mended.err.includes("set shadow: true, so that")]).toEqual([0, true, false]);
  expect((await findings()).get("policy policies/mended.yaml")).toMatchObject({ status: "ok", says: "the target of fraud can carry it out" });
  for (const command of ["start", "plan"]) expect(await runHere(folder, [command, "policies/fraud.yaml", "--challenger", "2"])).toMatchObject({ code: 1, err: expect.stringContaining("write shadow: false") as string });
});

test("a login that the registry does not know and a key that is not there are found", async () => {
  const found = await findings("--config", "wrong.yaml");
  expect(found.get("registry login")).toMatchObject({ status: "fail", says: expect.stringContaining("401") as string, fix: expect.stringContaining("token or password") as string });
  expect(found.get("signing key")).toMatchObject({ status: "fail", fix: "correct signing.keyFile in gauntlet.yaml" });
});
