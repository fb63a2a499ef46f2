import { allocate, type Share } from "@gauntlet/core";
import { expect, test } from "vitest";

import { httpRouteSplit } from "../gateway-api/http-route-split.ts";
import { virtualServiceSplit } from "../istio/virtual-service-split.ts";
import { inferenceServiceSplit } from "../kserve/inference-service-split.ts";
import { seldonDeploymentSplit } from "../seldon-v1/seldon-deployment-split.ts";
import { experimentSplit } from "../seldon-v2/experiment-split.ts";
import type { Fields } from "../json/read-json.ts";
import type { KubeObject } from "./kube-object.ts";
import { splitOf, type Split } from "./split.ts";

// What they do on a real API server, with the real kinds, is in test/real/kubernetes.

const NAMES = { template: "v{version}", named: {} };

function split(points: Readonly<Record<string, number>>, shadow = false): Split {
  const shares: Share[] = Object.entries(points).map(([version, basisPoints]) => ({ slot: version, version, basisPoints }));
  return splitOf(allocate({ model: "fraud", epoch: 1, seed: "s", shares, shadow }));
}

function object(spec: Fields, more: { readonly status?: Fields; readonly annotations?: Readonly<Record<string, string>> } = {}): KubeObject {
  return { apiVersion: "x/v1", kind: "Thing", metadata: { name: "fraud", namespace: "models", uid: "u", resourceVersion: "1", generation: 2, annotations: more.annotations ?? {} }, spec, ...(more.status === undefined ? {} : { status: more.status }) };
}

test("an HTTPRoute without weights gives everybody 1, which is said out", () => {
  const mapping = httpRouteSplit({ names: NAMES, rule: 0 });
  const rule = { backendRefs: [{ name: "v1", port: 80 }, { name: "v2", port: 80, kind: "Service" }, { name: "old", port: 80, weight: 0 }] };
  expect(mapping.fields(object({ rules: [rule] }), split({ "1": 9950, "2": 50 }))).toEqual({ rules: [{ backendRefs: [{ name: "v1", port: 80, weight: 9950 }, { name: "v2", port: 80, kind: "Service", weight: 50 }, { name: "old", port: 80, weight: 0 }] }] });
  expect(() => mapping.fields(object({ rules: [{ backendRefs: [{ name: "v1" }, { name: "fallback" }] }] }), split({ "1": 10_000 }))).toThrow(expect.objectContaining({ code: "traffic_refused", message: expect.stringContaining("also sends requests to fallback") }));
  expect(() => mapping.fields(object({ rules: [{ backendRefs: [{ name: "v1" }, { name: "v1" }] }] }), split({ "1": 10_000 }))).toThrow(expect.objectContaining({ message: expect.stringContaining("twice") }));
  expect(() => mapping.fields(object({ rules: [] }), split({ "1": 10_000 }))).toThrow(expect.objectContaining({ fix: expect.stringContaining("rule") }));
});

test("an HTTPRoute mirrors to a version and lets other filters be; every gateway must have seen the newest generation", () => {
  const mapping = httpRouteSplit({ names: NAMES, rule: 0 });
  const filter = { type: "RequestMirror", requestMirror: { backendRef: { name: "audit", port: 1 } } };
  const rule = { filters: [filter], backendRefs: [{ name: "v1", port: 80 }, { name: "v2", port: 80, weight: 0 }] };
  const shadowed = mapping.fields(object({ rules: [rule] }), split({ "1": 10_000, "2": 0 }, true));
  const ours = { type: "RequestMirror", requestMirror: { backendRef: { name: "v2", port: 80 } } };
  expect(shadowed["rules"]).toMatchObject([{ filters: [filter, ours] }]);
  expect(mapping.fields(object(shadowed), split({ "1": 8000, "2": 2000 }))["rules"]).toMatchObject([{ filters: [filter] }]);
  const parent = (name: string, observedGeneration: number, resolved = "True") => ({ parentRef: { name }, conditions: [{ type: "Accepted", status: "True", observedGeneration }, { type: "ResolvedRefs", status: resolved, message: "no such Service", observedGeneration }] });
  const pending = (...parents: readonly Fields[]) => mapping.pending(object({}, { status: { parents } }), split({ "1": 10_000 }));
  expect([pending(), pending(parent("a", 2), parent("b", 1)), pending(parent("a", 2, "False")), pending(parent("a", 2), parent("b", 2))]).toEqual(["no gateway has taken up the route", "b has not looked at generation 2 yet", "a says ResolvedRefs is False: no such Service", null]);
  const gone = { parentRef: { name: "a" }, conditions: [{ type: "Accepted", status: "True", observedGeneration: 2 }, { type: "ResolvedRefs", status: "False", message: "backend(s) not found: models/v2.", observedGeneration: 2 }] };
  const afterLoss = (points: Readonly<Record<string, number>>) => mapping.pending(object({}, { status: { parents: [gone] } }), split(points));
  expect([afterLoss({ "1": 8000, "2": 2000 }), afterLoss({ "1": 10_000 })]).toEqual([expect.stringContaining("models/v2"), null]);
});

test("a VirtualService tells versions by subset or by host, and keeps another's mirror", () => {
  const route = { name: "score", route: [{ destination: { host: "v1" } }, { destination: { host: "v2" }, weight: 0 }], mirror: { host: "audit" }, mirrorPercentage: { value: 5 } };
  const mapping = virtualServiceSplit({ names: NAMES, by: "host", route: "score" });
  expect(mapping.fields(object({ http: [{ name: "other" }, route] }), split({ "1": 8000, "2": 2000 }))).toEqual({ http: [{ name: "other" }, { ...route, route: [{ destination: { host: "v1" }, weight: 80 }, { destination: { host: "v2" }, weight: 20 }] }] });
  expect(mapping.fields(object({ http: [route] }), split({ "1": 10_000, "2": 0 }, true))["http"]).toMatchObject([{ mirror: { host: "v2" }, mirrorPercentage: { value: 100 } }]);
  expect(() => mapping.fields(object({ http: [{ name: "other" }] }), split({ "1": 10_000 }))).toThrow(expect.objectContaining({ message: expect.stringContaining("no http route score") }));
});

test("a SeldonDeployment's traffic is explicit for every version, 0 too, and a shadow is out of the sum", () => {
  const mapping = seldonDeploymentSplit(NAMES);
  const predictors = [{ name: "v1", graph: { name: "a" } }, { name: "v2", graph: { name: "b" }, shadow: true, traffic: 100 }, { name: "v3", graph: { name: "c" }, traffic: 40 }];
  expect(mapping.fields(object({ predictors }), split({ "1": 10_000, "2": 0 }))).toEqual({ predictors: [{ name: "v1", graph: { name: "a" }, traffic: 100 }, { name: "v2", graph: { name: "b" }, shadow: false, traffic: 0 }, { name: "v3", graph: { name: "c" }, traffic: 0 }] });
  expect(mapping.fields(object({ predictors }), split({ "1": 10_000, "3": 0 }, true))["predictors"]).toMatchObject([{ traffic: 100 }, { shadow: false, traffic: 0 }, { shadow: true, traffic: 100 }]);
  expect(() => mapping.fields(object({ predictors }), split({ "1": 9950, "2": 50 }))).toThrow(expect.objectContaining({ code: "invalid_input" }));
  const pending = (status: Fields) => mapping.pending(object({}, { status }), split({ "1": 10_000 }));
  expect([pending({}), pending({ state: "Available", observedGeneration: 1 }), pending({ state: "Failed", description: "no image" }), pending({ state: "Available", observedGeneration: 2 })]).toEqual(["its operator has not looked at it yet", "its controller has seen generation 1 of 2", "its state is Failed: no image", null]);
});

test("an Experiment's default must be a candidate, and no name may stand in it twice", () => {
  const mapping = experimentSplit({ names: NAMES, mirrorNames: null });
  const candidates = [{ name: "v1", weight: 100 }, { name: "v2", weight: 0 }];
  expect(mapping.fields(object({ default: "v1", candidates }), split({ "1": 9950, "2": 50 }))).toEqual({ candidates: [{ name: "v1", weight: 9950 }, { name: "v2", weight: 50 }] });
  expect(() => mapping.fields(object({ default: "v9", candidates }), split({ "1": 10_000 }))).toThrow(expect.objectContaining({ message: expect.stringContaining("default v9") }));
  expect(() => mapping.fields(object({ candidates: [...candidates, { name: "v2", weight: 20 }] }), split({ "1": 8000, "2": 2000 }))).toThrow(expect.objectContaining({ message: expect.stringContaining("twice") }));
  expect(() => mapping.fields(object({ candidates }), split({ "1": 10_000, "2": 0 }, true))).toThrow(expect.objectContaining({ fix: expect.stringContaining("mirror") }));
  expect(experimentSplit({ names: NAMES, mirrorNames: { template: "v{version}-copy", named: {} } }).fields(object({ candidates }), split({ "1": 10_000, "2": 0 }, true))).toMatchObject({ mirror: { name: "v2-copy", percent: 100 } });
});

test("an InferenceService in Knative mode gives its newest revision a percent, and its status must show it", () => {
  const mapping = inferenceServiceSplit({ template: "s3://m/{version}", named: {} });
  const spec = { predictor: { model: { storageUri: "s3://m/2" } } };
  const status = (percent: number, ready = "r2") => ({ observedGeneration: 2, conditions: [{ type: "Ready", status: "True" }], components: { predictor: { latestCreatedRevision: "r2", latestReadyRevision: ready, traffic: [{ latestRevision: true, percent }, { revisionName: "r1", percent: 100 - percent }] } } });
  const percent = (points: Readonly<Record<string, number>>) => mapping.fields(object(spec, { status: status(0) }), split(points));
  expect([percent({ "1": 8000, "2": 2000 }), percent({ "2": 10_000 }), percent({ "1": 10_000 }), percent({ "1": 10_000, "2": 0 })]).toEqual([20, 100, 0, 0].map((canaryTrafficPercent) => ({ predictor: { canaryTrafficPercent } })));
  expect(() => percent({ "1": 6000, "3": 4000 })).toThrow(expect.objectContaining({ code: "traffic_refused", message: expect.stringContaining("newest revision is version 2") }));
  const pending = (shown: Fields) => mapping.pending(object(spec, { status: shown }), split({ "1": 8000, "2": 2000 }));
  expect([pending(status(0)), pending(status(20, "r1")), pending(status(20))]).toEqual(["its newest revision gets 0 %, not 20 %", "its newest revision r2 isn't ready", null]);
  const broken = { ...status(0, "r1"), conditions: [{ type: "Ready", status: "False" }] };
  expect(mapping.pending(object(spec, { status: broken }), split({ "1": 10_000 }))).toBeNull();
  expect(() => mapping.fields(object({ predictor: { sklearn: { storageUri: "gs://other" } } }, { status: status(0) }), split({ "1": 10_000 }))).toThrow(expect.objectContaining({ message: expect.stringContaining("gs://other") }));
});

test("an InferenceService in Standard mode needs its canaries listed; a mode nobody knows is refused", () => {
  const mapping = inferenceServiceSplit({ template: "s3://m/{version}", named: {} });
  const stored = (version: string) => ({ name: `v${version}`, model: { storageUri: `s3://m/${version}` } });
  const mode = (deploymentMode: string) => ({ annotations: { "serving.kserve.io/deploymentMode": deploymentMode } });
  const spec = { predictor: stored("1"), canary: [{ trafficPercent: 0, predictor: stored("2") }] };
  expect(mapping.fields(object(spec, mode("Standard")), split({ "1": 8000, "2": 2000 }))).toEqual({ canary: [{ trafficPercent: 20, predictor: stored("2") }] });
  expect(mapping.fields(object({ predictor: stored("1") }, mode("RawDeployment")), split({ "1": 10_000 }))).toEqual({});
  expect(() => mapping.fields(object({ predictor: { ...stored("2"), canaryTrafficPercent: 20 } }, mode("RawDeployment")), split({ "1": 8000, "2": 2000 }))).toThrow(expect.objectContaining({ code: "traffic_refused", message: expect.stringContaining("ignored") }));
  expect(() => mapping.fields(object(spec, mode("ModelMesh")), split({ "1": 10_000 }))).toThrow(expect.objectContaining({ message: expect.stringContaining("ModelMesh") }));
  expect(() => mapping.fields(object(spec), split({ "1": 10_000 }))).toThrow(expect.objectContaining({ fix: expect.stringContaining("deploymentMode") }));
  expect(() => mapping.fields(object(spec, mode("Knative")), split({ "1": 10_000, "2": 0 }, true))).toThrow(expect.objectContaining({ code: "invalid_input" }));
  const status = (trafficPercent: number, ready: boolean) => ({ conditions: [{ type: "Ready", status: "True" }], canaryStatuses: [{ name: "v2", trafficPercent, ready }] });
  const pending = (shown: Fields) => mapping.pending(object(spec, { ...mode("Standard"), status: shown }), split({ "1": 8000, "2": 2000 }));
  expect([pending({}), pending(status(10, true)), pending(status(20, false)), pending(status(20, true))]).toEqual(["the canary v2 gets nothing yet, not 20 %", "the canary v2 gets 10 %, not 20 %", "the canary v2 isn't ready", null]);
  const broken = { ...status(0, false), conditions: [{ type: "Ready", status: "False" }, { type: "PredictorReady", status: "True" }] };
  expect(mapping.pending(object(spec, { ...mode("Standard"), status: broken }), split({ "1": 10_000 }))).toBeNull();
});
