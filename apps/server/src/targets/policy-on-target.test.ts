import { parsePolicy, paths } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

import { parseConfig } from "../config/parse-config.ts";
import { policyText } from "../testing/stream.ts";
import { startTestServer } from "../testing/test-server.ts";
import { requireOnTarget } from "./policy-on-target.ts";

const KINDS: Readonly<Record<string, string>> = {
  "gateway-api": 'service: "v{version}"',
  istio: 'subset: "v{version}"',
  "seldon-v1": 'predictor: "v{version}"',
  "seldon-v2": 'candidate: "v{version}"',
  mirrored: 'candidate: "v{version}", mirror: "copy-{version}"',
  kserve: 'storageUri: "s3://m/{version}"',
};

/** What is said of a policy with these lines instead of its own; null: it may begin. */
function said(kind: string, change: Readonly<Record<string, string | null>>): Failure | null {
  const lines = policyText("fraud").split("\n").filter((line) => !Object.keys(change).some((key) => line.startsWith(`${key}:`)));
  const text = [...lines, ...Object.entries(change).flatMap(([key, value]) => (value === null ? [] : [`${key}: ${value}`]))].filter((line) => line.trim() !== "").join("\n");
  const { targets } = parseConfig(`targets: { fraud: { kind: ${kind === "mirrored" ? "seldon-v2" : kind}, namespace: models, name: fraud-route, ${KINDS[kind] ?? ""} } }`, "test", {});
  try {
    requireOnTarget({ policy: parsePolicy(text, "p.yaml"), text, source: "p.yaml" }, targets);
    return null;
  } catch (error) {
    return error as Failure;
  }
}

const BOTH = "{ champion: 80%, challenger: 20% }";
test("a policy that says nothing of its shadow is refused on every target, with the key, a line and two ways out", () => {
  for (const kind of Object.keys(KINDS)) {
    const found = said(kind, { shadow: null, split: BOTH });
    expect(found).toMatchObject({ code: "policy_invalid", problems: [{ pointer: "/shadow" }] });
    expect(found?.message).toMatch(/^p\.yaml can't be carried out: \/shadow line \d+: nothing is said of shadow, which then is true\. both versions are to answer every request, at 80 % to 20 %; the target of fraud, \S+ models\/fraud-route,/);
    expect(found?.fix).toMatch(/^write shadow: false, .*; or take fraud out of targets and let Gauntlet's own gateway split it/);
    expect(said(kind, { shadow: "false", split: BOTH })).toBeNull();
  }
});

test("what is said stands at its own line, and what the target can copy is told", () => {
  const found = Object.keys(KINDS).map((kind) => said(kind, { shadow: "true", split: BOTH })?.message ?? "");
  for (const message of found) expect(message).toMatch(/^p\.yaml can't be carried out: \/shadow line \d+: both versions/);
  expect(found.map((message) => /gives each request to one of them, and (.*)$/.exec(message)?.[1])).toEqual([...Array.from({ length: 3 }, () => "copies only to a version that answers none itself"), "copies none without a mirror", "copies only to a version that answers none itself", "copies none"]);
});

test("parts of a percent are refused where only whole ones are taken; a model without a target takes all", () => {
  const odd = { shadow: "false", split: "{ champion: 99.5%, challenger: 0.5% }" };
  expect(said("seldon-v1", odd)).toMatchObject({ problems: [{ pointer: "/split" }], message: expect.stringContaining("0.5 %") as string });
  expect(said("istio", odd)).toBeNull();
  const text = policyText("fraud");
  expect(() => requireOnTarget({ policy: parsePolicy(text, "p"), text, source: "p" }, {})).not.toThrow();
});

test("a stage of a ramp is named by its place and line", () => {
  const text = readFileSync("docs/examples/meals.yaml", "utf8").replace("allocation: 10%", "allocation: 0.5%");
  const policy = parsePolicy(text, "meals.yaml");
  const on = (kind: string, of: string): void => requireOnTarget({ policy, text, source: "meals.yaml" }, parseConfig(`targets: { meals: { kind: ${kind}, namespace: models, name: meals, ${of} } }`, "test", {}).targets);
  expect(() => on("seldon-v1", 'predictor: "v{version}"')).toThrow("meals.yaml can't be carried out: /stages/0 line 6: the challenger is to get 0.5 %; the target of meals, seldon-v1 models/meals, splits by whole percents");
  expect(() => on("istio", 'subset: "v{version}"')).not.toThrow();
});

test("a server refuses it too, before anything is written down", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gauntlet-target-"));
  const kubeconfig = join(folder, "kubeconfig");
  writeFileSync(kubeconfig, "{ current-context: c, contexts: [{ name: c, context: { cluster: k } }], clusters: [{ name: k, cluster: { server: 'https://127.0.0.1:1' } }] }");
  const { targets, kubernetes } = parseConfig(`{ kubernetes: { kubeconfig: ${kubeconfig} }, targets: { fraud: { kind: istio, namespace: models, name: fraud-route, subset: "v{version}" } } }`, "test", {});
  const server = await startTestServer({ config: { targets, kubernetes } });
  const policy = policyText("fraud");
  for (const path of [paths.rollouts("fraud"), paths.preview("fraud")]) {
    const { status, json } = await server.call("POST", path, { key: path.slice(-16), body: { policy, challenger: "2" } });
    expect([status, json]).toMatchObject([422, { code: "policy_invalid", detail: expect.stringMatching(/^the policy can't be carried out: \/shadow line \d+: nothing is said of shadow/) as string, fix: expect.stringContaining("write shadow: false") as string }]);
  }
  expect((await server.call("GET", paths.models)).json).toMatchObject({ models: [] });
  await server.close();
  rmSync(folder, { recursive: true });
});
