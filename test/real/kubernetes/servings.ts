import { experimentSplit, httpRouteSplit, inferenceServiceSplit, seldonDeploymentSplit, virtualServiceSplit, type SplitMapping } from "@gauntlet/adapters";
import type { KubeObject } from "./kube-api-server.ts";

/** A serving system as its users set it up: an object with everything that isn't ours, and what its controller says of it. */
export interface Serving {
  readonly name: string;
  /** The file of deploy/kubernetes/rbac that says what Gauntlet may do to it. */
  readonly rbac: string;
  readonly mapping: SplitMapping;
  /** The same, as gauntlet.yaml has it. */
  readonly config: Readonly<Record<string, unknown>>;
  /** An object for the versions 1, 2 and, where the kind can, 3, everything to version 1. */
  object(name: string): KubeObject;
  /** What its controller writes once it serves the specification; null for one that writes nothing. */
  served(object: KubeObject): KubeObject | null;
  /** What its data plane does with requests: the share of each version, and who gets copies. */
  routes(object: KubeObject): { readonly weights: Readonly<Record<string, number>>; readonly mirror: string | null };
  /** The specification after somebody else gave version 2 half. */
  edited(spec: KubeObject): KubeObject;
  /** The specification after version 1 and 2 got half each, written as Gauntlet would. */
  halved(spec: KubeObject): KubeObject;
  /** Removes what a split sets, so that the rest can be compared. */
  rest(spec: KubeObject): KubeObject;
  readonly canMirror: boolean;
}

const NAMES = { template: "fraud-v{version}", named: {} };
const META = { labels: { team: "risk" }, annotations: { "example.com/owner": "risk" } };

/** Copies without the numbers, wherever they stand. */
function without(value: unknown, keys: readonly string[]): KubeObject {
  return JSON.parse(JSON.stringify(value, (key, inner: unknown) => (keys.includes(key) ? undefined : inner))) as KubeObject;
}

function httpRoute(): Serving {
  const rule = 1;
  const conditions = (generation: number) => ["Accepted", "ResolvedRefs"].map((type) => ({ type, status: "True", reason: type, message: "", observedGeneration: generation, lastTransitionTime: "2026-01-01T00:00:00Z" }));
  return {
    name: "Gateway API HTTPRoute",
    rbac: "gateway-api",
    canMirror: true,
    mapping: httpRouteSplit({ names: NAMES, rule }),
    config: { kind: "gateway-api", service: NAMES.template, rule },
    object: (name) => ({
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name, namespace: "models", ...META },
      spec: {
        parentRefs: [{ name: "public" }],
        hostnames: ["fraud.example.com"],
        rules: [
          { matches: [{ path: { type: "PathPrefix", value: "/health" } }], backendRefs: [{ name: "health", port: 80 }] },
          {
            matches: [{ path: { type: "PathPrefix", value: "/score" }, headers: [{ name: "x-tenant", value: "a" }] }],
            filters: [{ type: "RequestHeaderModifier", requestHeaderModifier: { set: [{ name: "x-route", value: "fraud" }] } }],
            timeouts: { request: "2s" },
            backendRefs: ["1", "2", "3"].map((version) => ({ name: `fraud-v${version}`, port: 8080, weight: version === "1" ? 1 : 0 })),
          },
        ],
      },
    }),
    served: ({ metadata }) => ({ parents: [{ parentRef: { name: "public" }, controllerName: "example.com/gateway", conditions: conditions(metadata.generation) }] }),
    routes: ({ spec }) => ({
      weights: Object.fromEntries((spec.rules[rule].backendRefs as KubeObject[]).map((ref) => [String(ref["name"]).slice(7), ref["weight"] ?? 1])),
      mirror: ((spec.rules[rule].filters ?? []) as KubeObject[]).find(({ type }) => type === "RequestMirror")?.["requestMirror"].backendRef.name.slice(7) ?? null,
    }),
    edited: (spec) => ({ rules: (spec["rules"] as KubeObject[]).map((own, index) => (index === rule ? { ...own, backendRefs: own["backendRefs"].map((ref: KubeObject) => ({ ...ref, weight: 50 })) } : own)) }),
    halved: (spec) => ({ rules: (spec["rules"] as KubeObject[]).map((own, index) => (index === rule ? { ...own, backendRefs: own["backendRefs"].map((ref: KubeObject, place: number) => ({ ...ref, weight: place < 2 ? 50 : 0 })) } : own)) }),
    rest: (spec) => without({ ...spec, rules: spec["rules"].map((own: KubeObject) => ({ ...own, filters: (own["filters"] ?? []).filter(({ type }: KubeObject) => type !== "RequestMirror") })) }, ["weight"]),
  };
}

function virtualService(): Serving {
  return {
    name: "Istio VirtualService",
    rbac: "istio",
    canMirror: true,
    mapping: virtualServiceSplit({ names: NAMES, by: "subset", route: "score" }),
    config: { kind: "istio", subset: NAMES.template, route: "score" },
    object: (name) => ({
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name, namespace: "models", ...META },
      spec: {
        hosts: ["fraud"],
        gateways: ["mesh"],
        http: [
          { name: "health", match: [{ uri: { prefix: "/health" } }], route: [{ destination: { host: "health" } }] },
          {
            name: "score",
            timeout: "2s",
            retries: { attempts: 2, perTryTimeout: "500ms" },
            route: ["1", "2", "3"].map((version) => ({ destination: { host: "fraud", subset: `fraud-v${version}`, port: { number: 8080 } }, headers: { response: { set: { "x-version": version } } }, ...(version === "1" ? { weight: 100 } : { weight: 0 }) })),
          },
        ],
      },
    }),
    served: () => null,
    routes: ({ spec }) => ({
      weights: Object.fromEntries(spec.http[1].route.map((entry: KubeObject) => [String(entry["destination"].subset).slice(7), entry["weight"] ?? 0])),
      mirror: spec.http[1].mirror?.subset.slice(7) ?? null,
    }),
    edited: (spec) => ({ http: [spec["http"][0], { ...spec["http"][1], route: spec["http"][1].route.map((entry: KubeObject) => ({ ...entry, weight: 50 })) }] }),
    halved: (spec) => ({ http: [spec["http"][0], { ...spec["http"][1], route: spec["http"][1].route.map((entry: KubeObject, place: number) => ({ ...entry, weight: place < 2 ? 50 : 0 })) }] }),
    rest: (spec) => without(spec, ["weight", "mirror", "mirrorPercentage"]),
  };
}

function seldonDeployment(): Serving {
  return {
    name: "Seldon v1 SeldonDeployment",
    rbac: "seldon-v1",
    canMirror: true,
    mapping: seldonDeploymentSplit(NAMES),
    config: { kind: "seldon-v1", predictor: NAMES.template },
    object: (name) => ({
      apiVersion: "machinelearning.seldon.io/v1",
      kind: "SeldonDeployment",
      metadata: { name, namespace: "models", ...META },
      spec: {
        name,
        protocol: "v2",
        annotations: { "seldon.io/rest-timeout": "2000" },
        predictors: ["1", "2", "3"].map((version) => ({
          name: `fraud-v${version}`,
          replicas: 2,
          traffic: version === "1" ? 100 : 0,
          graph: { name: "classifier", implementation: "MLFLOW_SERVER", modelUri: `s3://models/fraud/${version}`, envSecretRefName: "s3", children: [], logger: { mode: "all" } },
          componentSpecs: [{ spec: { containers: [{ name: "classifier", resources: { requests: { memory: "1Gi" } } }] } }],
        })),
      },
    }),
    served: ({ metadata }) => ({ state: "Available", observedGeneration: metadata.generation }),
    routes: ({ spec }) => ({
      weights: Object.fromEntries(spec.predictors.filter(({ shadow }: KubeObject) => shadow !== true).map((predictor: KubeObject) => [String(predictor["name"]).slice(7), predictor["traffic"] ?? 0])),
      mirror: spec.predictors.find(({ shadow }: KubeObject) => shadow === true)?.name.slice(7) ?? null,
    }),
    edited: (spec) => ({ predictors: spec["predictors"].map((predictor: KubeObject) => ({ ...predictor, traffic: 50 })) }),
    halved: (spec) => ({ predictors: spec["predictors"].map((predictor: KubeObject, place: number) => ({ ...predictor, traffic: place < 2 ? 50 : 0 })) }),
    rest: (spec) => without(spec, ["traffic", "shadow"]),
  };
}

function experiment(): Serving {
  return {
    name: "Seldon v2 Experiment",
    rbac: "seldon-v2",
    canMirror: true,
    mapping: experimentSplit({ names: NAMES, mirrorNames: { template: "fraud-v{version}-copy", named: {} } }),
    config: { kind: "seldon-v2", candidate: NAMES.template, mirror: "fraud-v{version}-copy" },
    object: (name) => ({
      apiVersion: "mlops.seldon.io/v1alpha1",
      kind: "Experiment",
      metadata: { name, namespace: "models", ...META },
      spec: { default: "fraud-v1", resourceType: "model", candidates: ["1", "2", "3"].map((version) => ({ name: `fraud-v${version}`, weight: version === "1" ? 100 : 0 })) },
    }),
    served: ({ metadata, spec }) => ({ observedGeneration: metadata.generation, conditions: ["ExperimentReady", "CandidatesReady", ...(spec.mirror === undefined ? [] : ["MirrorReady"])].map((type) => ({ type, status: "True" })) }),
    routes: ({ spec }) => ({ weights: Object.fromEntries(spec.candidates.map(({ name, weight }: KubeObject) => [String(name).slice(7), weight])), mirror: spec.mirror?.name.slice(7).replace("-copy", "") ?? null }),
    edited: (spec) => ({ candidates: spec["candidates"].map((candidate: KubeObject) => ({ ...candidate, weight: 50 })) }),
    halved: (spec) => ({ candidates: spec["candidates"].map((candidate: KubeObject, place: number) => ({ ...candidate, weight: place < 2 ? 50 : 0 })) }),
    rest: (spec) => without(spec, ["weight", "mirror"]),
  };
}

const STORED = { template: "s3://models/fraud/{version}", named: {} };

function knativeService(): Serving {
  return {
    name: "KServe InferenceService, Knative mode",
    rbac: "kserve",
    canMirror: false,
    mapping: inferenceServiceSplit(STORED),
    config: { kind: "kserve", storageUri: STORED.template },
    // Version 2 was deployed over version 1, which keeps everything.
    object: (name) => ({
      apiVersion: "serving.kserve.io/v1beta1",
      kind: "InferenceService",
      metadata: { name, namespace: "models", labels: META.labels, annotations: { ...META.annotations, "serving.kserve.io/deploymentMode": "Knative" } },
      spec: { predictor: { canaryTrafficPercent: 0, minReplicas: 1, serviceAccountName: "models", model: { modelFormat: { name: "xgboost" }, protocolVersion: "v2", storageUri: "s3://models/fraud/2", resources: { requests: { memory: "1Gi" } } } } },
    }),
    served: ({ metadata, spec }) => {
      const percent = spec.predictor.canaryTrafficPercent ?? 100;
      const before = percent < 100 ? [{ revisionName: "fraud-predictor-00001", latestRevision: false, percent: 100 - percent, tag: "prev" }] : [];
      return {
        observedGeneration: metadata.generation,
        conditions: [{ type: "Ready", status: "True" }],
        components: { predictor: { latestCreatedRevision: "fraud-predictor-00002", latestReadyRevision: "fraud-predictor-00002", latestRolledoutRevision: percent === 100 ? "fraud-predictor-00002" : "fraud-predictor-00001", previousRolledoutRevision: "fraud-predictor-00001", traffic: [{ revisionName: "fraud-predictor-00002", latestRevision: true, percent }, ...before] } },
      };
    },
    routes: ({ spec }) => ({ weights: { "1": 100 - (spec.predictor.canaryTrafficPercent ?? 100), "2": spec.predictor.canaryTrafficPercent ?? 100 }, mirror: null }),
    edited: () => ({ predictor: { canaryTrafficPercent: 50 } }),
    halved: () => ({ predictor: { canaryTrafficPercent: 50 } }),
    rest: (spec) => without(spec, ["canaryTrafficPercent"]),
  };
}

function standardService(): Serving {
  const predictor = (version: string) => ({ name: `v${version}`, minReplicas: 1, model: { name: "", modelFormat: { name: "xgboost" }, storageUri: `s3://models/fraud/${version}` } });
  return {
    name: "KServe InferenceService, Standard mode",
    rbac: "kserve",
    canMirror: false,
    mapping: inferenceServiceSplit(STORED),
    config: { kind: "kserve", storageUri: STORED.template },
    object: (name) => ({
      apiVersion: "serving.kserve.io/v1beta1",
      kind: "InferenceService",
      metadata: { name, namespace: "models", labels: META.labels, annotations: { ...META.annotations, "serving.kserve.io/deploymentMode": "Standard" } },
      spec: { predictor: predictor("1"), canary: [{ trafficPercent: 0, predictor: predictor("2") }, { trafficPercent: 0, predictor: predictor("3") }] },
    }),
    served: ({ metadata, spec }) => ({
      observedGeneration: metadata.generation,
      deploymentMode: "Standard",
      conditions: [{ type: "Ready", status: "True" }],
      canaryStatuses: spec.canary.map((canary: KubeObject) => ({ name: canary["predictor"].name, ready: true, trafficPercent: canary["trafficPercent"] })),
    }),
    routes: ({ spec }) => {
      const parts = Object.fromEntries(spec.canary.map((canary: KubeObject) => [String(canary["predictor"].name).slice(1), canary["trafficPercent"]])) as Record<string, number>;
      return { weights: { "1": 100 - Object.values(parts).reduce((sum, part) => sum + part, 0), ...parts }, mirror: null };
    },
    edited: (spec) => ({ canary: spec["canary"].map((canary: KubeObject, index: number) => ({ ...canary, trafficPercent: index === 0 ? 50 : 0 })) }),
    halved: (spec) => ({ canary: spec["canary"].map((canary: KubeObject, index: number) => ({ ...canary, trafficPercent: index === 0 ? 50 : 0 })) }),
    rest: (spec) => without(spec, ["trafficPercent"]),
  };
}

export const SERVINGS: readonly Serving[] = [httpRoute(), virtualService(), seldonDeployment(), experiment(), knativeService(), standardService()];
