import { parseConfig } from "@gauntlet/server";
import { Ajv2020 } from "ajv/dist/2020.js";
import { globSync, readFileSync } from "node:fs";

import { expect, test } from "vitest";
import { parse } from "yaml";

import { chartSchema } from "../../scripts/chart-schema.ts";
import { containersOf, expectBuildable, expectConfined, objectsIn, type KubeObject } from "./deployment.ts";

// A real helm, a real kustomize and a real API server judge the whole in test/real; here is what costs nothing.
const CHART = "deploy/helm/gauntlet";
const overlays = ["single", "replicas"].map((name) => ({ name, objects: globSync(`deploy/gauntlet/{base,overlays/${name}}/*.yaml`).filter((file) => !/(?:kustomization|gauntlet)\.yaml$/.test(file)).flatMap(objectsIn) }));
const containers = overlays.flatMap(({ name: overlay, objects }) => containersOf(objects).map((container) => ({ ...container, overlay })));
const valid = new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(readFileSync(`${CHART}/values.schema.json`, "utf8")) as object);

test("the schema of the chart's values is the one that gauntlet.yaml gives, and its own values keep to it", () => {
  expect(JSON.parse(readFileSync(`${CHART}/values.schema.json`, "utf8"))).toEqual(JSON.parse(JSON.stringify(chartSchema())));
  expect(valid(parse(readFileSync(`${CHART}/values.yaml`, "utf8"))), JSON.stringify(valid.errors)).toBe(true);
});

test.each([
  ["a database", { store: { kind: "postgres", url: "SECRET" } }, "postgresql://gauntlet:hunter2@db/gauntlet"],
  ["a registry", { registry: { kind: "mlflow", url: "http://mlflow:5000", token: "SECRET" } }, "hunter2"],
  ["a chat", { hooks: [{ name: "chat", kind: "slack", url: "SECRET" }] }, "https://hooks.example.com/hunter2"],
  ["a webhook's key", { hooks: [{ name: "ci", kind: "webhook", url: "${HOOK}", secrets: ["SECRET"] }] }, "whsec_aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMmh1bg=="],
  ["a stream", { streams: [{ kind: "nats", servers: ["nats://nats:4222"], stream: "s", user: "u", password: "SECRET" }] }, "hunter2"],
  ["addresses", { events: { emailSalt: "SECRET" } }, "hunter2 hunter2 hunter2"],
  ["a metrics server", { sources: { prom: { kind: "prometheus", url: "http://prometheus:9090", basic: { user: "u", password: "SECRET" }, metrics: {} } } }, "hunter2"],
  ["a warehouse", { sources: { lake: { kind: "postgres", url: "SECRET", query: "select 1", metrics: {} } } }, "postgresql://gauntlet:hunter2@lake/facts"],
])("a secret is refused where the values are checked, and a variable in its place is taken: %s", (_, config, secret) => {
  const withText = (text: string): unknown => ({ config: JSON.parse(JSON.stringify(config).replace("SECRET", text)) });
  expect(valid(withText("${OF_THE_ENVIRONMENT}")), JSON.stringify(valid.errors)).toBe(true);
  for (const text of [secret, "before ${IT} after", "${IT:-hunter2}"]) expect(valid(withText(text)), text).toBe(false);
});

test("every value that a template reads is in values.yaml, and every one of them is read", () => {
  const templates = globSync(`${CHART}/templates/*`).map((file) => readFileSync(file, "utf8")).join("\n");
  const read = new Set([...templates.matchAll(/(?:\.|\$)[Vv]alues\.(\w+)/g)].map((match) => match[1]));
  expect([...read].toSorted()).toEqual(Object.keys(parse(readFileSync(`${CHART}/values.yaml`, "utf8")) as object).toSorted());
});

test.each(containers)("$overlay, $name: nobody's root, nothing written outside its volumes, limits, probes where there is a port", (one) => {
  expectConfined(one);
  const { container, pod } = one;
  expect([pod["spec"].securityContext.runAsUser, container["ports"] !== undefined]).toEqual([10_001, container["args"][0] === "up"]);
  for (const [probe, path] of [["startupProbe", "/healthz"], ["readinessProbe", "/readyz"], ["livenessProbe", "/healthz"]] as const) expect(container[probe]?.httpGet.path).toBe(container["args"][0] === "up" ? path : undefined);
});

test.each(overlays)("$name: the configuration is one, is called by the Service's name, and takes its secrets from the environment", ({ name, objects }) => {
  const text = readFileSync(`deploy/gauntlet/overlays/${name}/gauntlet.yaml`, "utf8");
  const config = parseConfig(text, "gauntlet.yaml", { DATABASE_URL: "postgresql://db/gauntlet", MLFLOW_TOKEN: "t" });
  const given = containersOf(objects).map(({ container }) => (container["env"] as readonly KubeObject[]).filter((variable) => variable["valueFrom"] !== undefined).map((variable) => variable["name"]));
  for (const names of given) expect(names.toSorted()).toEqual([...text.matchAll(/\$\{(\w+)\}/g)].map((match) => match[1]).toSorted());
  const service = objects.find(({ kind }) => kind === "Service") as KubeObject;
  expect(config.allowedHosts).toContain(`${service["metadata"].name}.gauntlet.svc`);
  expect(config).toMatchObject({ listen: { host: "0.0.0.0", port: containersOf(objects)[0]?.container["ports"][0].containerPort } });
  for (const container of containersOf(objects)) expect(objects.filter((object) => object["kind"] === "PodDisruptionBudget" && object["spec"].selector.matchLabels["app.kubernetes.io/component"] === container.pod["metadata"].labels["app.kubernetes.io/component"])).toHaveLength(1);
});

test("no secret is here, and chart, images and workspace have one version", () => {
  for (const file of globSync("deploy/{gauntlet,helm}/**/*.yaml")) expect(readFileSync(file, "utf8"), file).not.toMatch(/^kind: Secret$/m);
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly version: string };
  const chart = parse(readFileSync(`${CHART}/Chart.yaml`, "utf8")) as { readonly version: string; readonly appVersion: string };
  const tags = globSync("deploy/gauntlet/overlays/*/kustomization.yaml").map((file) => (parse(readFileSync(file, "utf8")) as KubeObject)["images"][0].newTag as string);
  expect([chart.version, chart.appVersion, ...tags]).toEqual([version, version, version, version]);
});

test("the image is made of what is there, and of no example", () => {
  const roots = expectBuildable("deploy/gauntlet/Containerfile");
  expect([...roots].toSorted()).toEqual(["apps", "apps/cli", "apps/server", "package-lock.json", "package.json", "packages", "scripts", "tsconfig.base.json"]);
});
