import { Failure } from "@gauntlet/core";

import { fieldsOf, type Fields } from "../json/read-json.ts";
import { conditionOf, listOf, unseen, type KubeObject } from "../kubernetes/kube-object.ts";
import { lacking, type SplitMapping } from "../kubernetes/split-mapping.ts";
import { weightsOf, type Split } from "../kubernetes/split.ts";
import { requireTemplate, versionOf, type VersionNames } from "../kubernetes/version-names.ts";

/**
 * Percents of an InferenceService. In Knative mode it is canaryTrafficPercent, between the newest revision and the one
 * that was rolled out before; in Standard mode (once RawDeployment) it is trafficPercent of each entry of spec.canary.
 * `storageUris` says which version a predictor is.
 */
export function inferenceServiceSplit(storageUris: VersionNames): SplitMapping {
  requireTemplate(storageUris);
  return {
    resource: { group: "serving.kserve.io", version: "v1beta1", plural: "inferenceservices", kind: "InferenceService" },
    fields: (object, split) => {
      if (split.mirror !== null) throw new Failure("invalid_input", `an InferenceService copies no requests, so version ${split.mirror} can't be a shadow`, { fix: "write shadow: false in the policy" });
      return modeOf(object) === "knative" ? knativeFields(object, storageUris, split) : standardFields(object, storageUris, split);
    },
    pending: (object, split) => unseen(object) ?? (modeOf(object) === "knative" ? knativePending(object, storageUris, split) : standardPending(object, storageUris, split)),
  };
}

const MODES: Readonly<Record<string, "knative" | "standard">> = { Serverless: "knative", Knative: "knative", RawDeployment: "standard", Standard: "standard" };

/** As the object says, as its controller says, or as only a revision of Knative could have it. @throws Failure `traffic_refused` when nothing tells. */
function modeOf(object: KubeObject): "knative" | "standard" {
  const said = object.metadata.annotations?.["serving.kserve.io/deploymentMode"] ?? fieldsOf(object.status)["deploymentMode"];
  if (said === undefined && predictorStatus(object)["latestCreatedRevision"] !== undefined) return "knative";
  const mode = typeof said === "string" && Object.hasOwn(MODES, said) ? MODES[said] : undefined;
  if (mode !== undefined) return mode;
  throw lacking(object, said === undefined ? "does not say in which mode it is deployed" : `is deployed in the mode ${JSON.stringify(said)}, which splits nothing`, "annotate it with serving.kserve.io/deploymentMode: Knative, or Standard");
}

function knativeFields(object: KubeObject, storageUris: VersionNames, { shares }: Split): Fields {
  const newest = versionIn(object, storageUris, fieldsOf(object.spec["predictor"]));
  const live = [...shares].filter(([, share]) => share > 0).map(([version]) => version);
  const others = live.filter((version) => version !== newest);
  if (others.length > 1) {
    throw lacking(object, `can't give ${others.map((version) => `version ${version}`).join(" and ")} a part each: its newest revision is version ${newest}, and beside it only the one before can get something`, "deploy the challenger with canaryTrafficPercent: 0 first");
  }
  return { predictor: { canaryTrafficPercent: weightsOf(shares, 100).get(newest) ?? 0 } };
}

/** The status has the split as Knative routes it. */
function knativePending(object: KubeObject, storageUris: VersionNames, split: Split): string | null {
  const wanted = Number((knativeFields(object, storageUris, split)["predictor"] as Fields)["canaryTrafficPercent"]);
  const { latestReadyRevision, latestCreatedRevision, traffic } = predictorStatus(object);
  const isReady = latestReadyRevision !== undefined && latestReadyRevision === latestCreatedRevision;
  if (wanted > 0 && !isReady) return `its newest revision ${String(latestCreatedRevision ?? "")} isn't ready`;
  const newest = listOf(traffic).filter((part) => part["latestRevision"] === true).reduce((sum, part) => sum + Number(part["percent"] ?? 0), 0);
  if (newest !== wanted) return `its newest revision gets ${newest} %, not ${wanted} %`;
  // A newest revision that gets nothing may be broken: that is what a rollback is for.
  return isReady ? unready(object, "Ready") : null;
}

function standardFields(object: KubeObject, storageUris: VersionNames, { shares }: Split): Fields {
  const canaries = listOf(object.spec["canary"]);
  const predictor = fieldsOf(object.spec["predictor"]);
  const stable = versionIn(object, storageUris, predictor);
  const versions = canaries.map((canary) => versionIn(object, storageUris, fieldsOf(canary["predictor"])));
  const missing = [...shares.keys()].find((version) => version !== stable && !versions.includes(version));
  if (missing !== undefined) {
    const ignored = predictor["canaryTrafficPercent"] === undefined ? "" : ", where canaryTrafficPercent is ignored";
    throw lacking(object, `is deployed in Standard mode${ignored}, and lists no predictor of version ${missing} under spec.canary`, "list it there with trafficPercent: 0, which needs KServe 0.20");
  }
  if (canaries.length === 0) return {};
  const weights = weightsOf(shares, 100);
  return { canary: canaries.map((canary, index) => ({ ...canary, trafficPercent: weights.get(versions[index] ?? "") ?? 0 })) };
}

function standardPending(object: KubeObject, storageUris: VersionNames, split: Split): string | null {
  const statuses = listOf(fieldsOf(object.status)["canaryStatuses"]);
  for (const canary of listOf(standardFields(object, storageUris, split)["canary"])) {
    const name = String(fieldsOf(canary["predictor"])["name"]);
    const shown = statuses.find((status) => status["name"] === name);
    if (shown?.["trafficPercent"] !== canary["trafficPercent"]) return `the canary ${name} gets ${shown === undefined ? "nothing yet" : `${String(shown["trafficPercent"])} %`}, not ${String(canary["trafficPercent"])} %`;
    if (canary["trafficPercent"] !== 0 && shown?.["ready"] !== true) return `the canary ${name} isn't ready`;
  }
  // Those that get something are; canaries that get nothing may be broken, which Ready would count.
  return unready(object, conditionOf(object.status?.["conditions"], "PredictorReady") === null ? "Ready" : "PredictorReady");
}

function unready({ status }: KubeObject, type: "Ready" | "PredictorReady"): string | null {
  const ready = conditionOf(status?.["conditions"], type);
  return ready?.status === "True" ? null : `${type} is ${ready === null ? "not said yet" : `${ready.status}: ${ready.message}`}`;
}

function predictorStatus({ status }: KubeObject): Fields {
  return fieldsOf(fieldsOf(status?.["components"])["predictor"]);
}

/** Which version a predictor runs, from where its model is stored; older ones have it under their framework's name. */
function versionIn(object: KubeObject, storageUris: VersionNames, predictor: Fields): string {
  const uri = [fieldsOf(predictor["model"]), ...Object.values(predictor).map(fieldsOf)].map((part) => part["storageUri"]).find((value) => typeof value === "string");
  const version = typeof uri === "string" ? versionOf(storageUris, uri) : null;
  if (version !== null) return version;
  throw lacking(object, `has a predictor whose storageUri ${typeof uri === "string" ? JSON.stringify(uri) : "is absent"}, so nobody knows its version`, `store versions as ${storageUris.template}, or name this one under the target's versions`);
}
