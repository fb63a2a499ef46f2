import { parseConfig } from "@gauntlet/server";
import { existsSync, globSync, readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { readServeSettings, readTrainSettings } from "../../examples/rps/src/deployed/settings.ts";
import { readServingSettings } from "../../examples/rps/src/serving/serving-settings.ts";
import { containersOf, expectBuildable, expectConfined, objectsIn, type KubeObject } from "./deployment.ts";

// A real kustomize and a real API server judge the whole in test/real; here is what neither of them knows.
const read = (file: string): string => readFileSync(`deploy/rps/${file}`, "utf8");
const objects = globSync("deploy/rps/{base,overlays/*}/*.yaml")
  .filter((file) => !/kustomization\.yaml$|gauntlet-config\.yaml$/.test(file))
  .flatMap(objectsIn);
const secret = objectsIn("deploy/rps/secrets.example.yaml")[0] as KubeObject;
const containers = containersOf(objects);

/** Pairs of name and value, or of name and secret key. */
const environmentOf = (container: KubeObject) => (container["env"] ?? []) as readonly { readonly name: string; readonly value?: string; readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } } }[];

test.each(containers)("$name: nobody's root, nothing written outside its volumes, limits, and probes where it serves", (one) => {
  expectConfined(one);
  for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) expect(one.container[probe] !== undefined).toBe(one.isService);
});

test("no secret has a value here, and every one that is asked for is in the example, but for the trial's database", () => {
  expect(Object.values(secret["stringData"] as Record<string, string>)).toEqual(["", "", ""]);
  const asked = containers.flatMap(({ container }) => environmentOf(container)).flatMap(({ valueFrom }) => (valueFrom === undefined ? [] : [`${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}`]));
  expect([...new Set(asked)].toSorted()).toEqual([...Object.keys(secret["stringData"] as object).map((key) => `rps/${key}`), "rps/postgres-password"].toSorted());
  expect(objects.filter(({ kind }) => kind === "Secret")).toEqual([]);
  for (const { container } of containers) for (const { name, value } of environmentOf(container)) if (/TOKEN|PASSWORD|SECRET|DATABASE_URL/.test(name)) expect(value, name).toBeUndefined();
});

test("app and trainer start with what the manifests give them: every variable is read, and none that is needed is missing", () => {
  const secrets: Readonly<Record<string, string>> = { "gauntlet-token": "t", "api-token": "of-the-environment-0123456789", "database-url": "postgresql://rps@db/rps" };
  for (const [file, readers] of [["serve-main.ts", [readServeSettings, readServingSettings]], ["train-main.ts", [readTrainSettings]]] as const) {
    const { container } = containers.find((one) => one.container["args"]?.[0] === `examples/rps/src/deployed/${file}`)!;
    const env = Object.fromEntries(environmentOf(container).map(({ name, value, valueFrom }) => [name, value ?? secrets[valueFrom?.secretKeyRef.key ?? ""]]));
    const asked = new Set<string>();
    const watched = new Proxy(env, { get: (target, name) => (asked.add(String(name)), target[String(name)]) });
    for (const reader of readers) expect(reader(watched)).toBeTruthy();
    expect(Object.keys(env).filter((name) => !asked.has(name)), file).toEqual([]);
  }
});

test("ports, names and selectors agree", () => {
  const services = objects.filter(({ kind }) => kind === "Service");
  for (const { spec, metadata } of services.filter(({ spec: { selector } }) => selector !== undefined)) {
    const behind = containers.filter(({ pod }) => pod["metadata"].labels.app === spec.selector.app);
    expect(behind.length, metadata.name).toBe(1);
    for (const { targetPort } of spec.ports) expect((behind[0]!.container["ports"] as readonly { name: string }[]).map(({ name }) => name)).toContain(targetPort);
  }
  const app = containers.find(({ name }) => name === "rps-app")?.container;
  expect(environmentOf(app!).find(({ name }) => name === "RPS_PORT")?.value).toBe(String(app?.["ports"][0].containerPort));
  for (const { name } of containers.filter(({ isService }) => isService)) expect(objects.filter((object) => object["kind"] === "PodDisruptionBudget" && object["spec"].selector.matchLabels.app === name), name).toHaveLength(1);
  for (const { name } of containers) expect(objects.some((object) => object["kind"] === "NetworkPolicy" && object["spec"].podSelector.matchLabels?.app === name), name).toBe(true);
});

test("the trainer comes each half hour, one at a time: a step that does not divide the hour would come hourly", () => {
  const { spec } = objects.find(({ kind }) => kind === "CronJob")!;
  const step = Number(/^\*\/(\d+) \* \* \* \*$/.exec(spec.schedule)?.[1]);
  expect(60 % step).toBe(0);
  expect([step, spec.concurrencyPolicy, spec.successfulJobsHistoryLimit, spec.failedJobsHistoryLimit, spec.jobTemplate.spec.template.spec.restartPolicy]).toEqual([30, "Forbid", 1, 2, "Never"]);
  // One that hangs is over before the next but one.
  expect(spec.jobTemplate.spec.activeDeadlineSeconds).toBeLessThan(step * 60);
});

test("Gauntlet's configuration is one, and lets the app call it by the name that it uses", () => {
  const config = parseConfig(read("base/gauntlet-config.yaml"), "gauntlet-config.yaml", {});
  const { container } = containers.find(({ name }) => name === "gauntlet")!;
  expect(config).toMatchObject({ dataDir: "/var/lib/gauntlet", listen: { host: "0.0.0.0", port: container["ports"][0].containerPort } });
  expect(container["volumeMounts"]).toContainEqual({ name: "data", mountPath: config.dataDir });
  for (const { container: caller } of containers) {
    const url = environmentOf(caller).find(({ name }) => name === "GAUNTLET_URL")?.value;
    if (url !== undefined) expect([...config.allowedHosts]).toContain(new URL(url).hostname);
  }
});

test("the image is made of what is there, and runs what is there", () => {
  const roots = expectBuildable("deploy/rps/Containerfile");
  // Every workspace is in it, or npm would not find it.
  for (const workspace of (JSON.parse(readFileSync("package.json", "utf8")) as { readonly workspaces: readonly string[] }).workspaces) expect(roots).toContain(workspace.replace("/*", ""));
  const run = [...containers.flatMap(({ container }) => container["args"]?.[0] ?? []), /^CMD \["(.*)"\]$/m.exec(read("Containerfile"))?.[1]];
  for (const file of run) expect(existsSync(file as string), file as string).toBe(true);
  for (const { name, pod } of containers) if (name !== "postgres") expect(pod["spec"].securityContext.runAsUser).toBe(10_001);
});
