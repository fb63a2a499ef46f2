import { fieldsOf, type Fields } from "../json/read-json.ts";
import { listOf, unseen, type KubeObject } from "../kubernetes/kube-object.ts";
import { lacking, type SplitMapping } from "../kubernetes/split-mapping.ts";
import { weightsOf } from "../kubernetes/split.ts";
import { nameOf, requireTemplate, versionOf, type VersionNames } from "../kubernetes/version-names.ts";

/** `traffic` and `shadow` of a SeldonDeployment's predictors; graphs, containers and replicas stay as they are. */
export function seldonDeploymentSplit(names: VersionNames): SplitMapping {
  requireTemplate(names);
  return {
    resource: { group: "machinelearning.seldon.io", version: "v1", plural: "seldondeployments", kind: "SeldonDeployment" },
    fields: (object, { shares, mirror }) => {
      const predictors = listOf(object.spec["predictors"]);
      const weights = weightsOf(shares, 100);
      for (const version of weights.keys()) {
        const name = nameOf(names, version);
        if (!predictors.some((predictor) => predictor["name"] === name)) throw lacking(object, `has no predictor ${name} for version ${version}`, `add the predictor ${name} with its graph and traffic: 0`);
      }
      return { predictors: predictors.map((predictor) => withTraffic(object, { predictor, version: versionOf(names, String(predictor["name"])), weights, mirror })) };
    },
    pending,
  };
}

interface Predictor {
  readonly predictor: Fields;
  readonly version: string | null;
  readonly weights: ReadonlyMap<string, number>;
  readonly mirror: string | null;
}

function withTraffic(object: KubeObject, { predictor, version, weights, mirror }: Predictor): Fields {
  const { shadow, ...rest } = predictor;
  if (version === null) {
    if (shadow === true || (predictor["traffic"] ?? 0) === 0) return predictor;
    throw lacking(object, `also sends requests to the predictor ${String(predictor["name"])}, which is no version's`, "take it out, or give it traffic: 0");
  }
  // Of a shadow the traffic is the part that is copied to it.
  if (version === mirror) return { ...rest, shadow: true, traffic: 100 };
  return { ...rest, ...(shadow === undefined ? {} : { shadow: false }), traffic: weights.get(version) ?? 0 };
}

/** The operator routes anew once the pods of every predictor are there, of one with traffic 0 too, and says Available then. */
function pending(object: KubeObject): string | null {
  const { state, description } = fieldsOf(object.status);
  const late = unseen(object);
  if (late !== null) return late;
  if (state === "Available") return null;
  return state === undefined ? "its operator has not looked at it yet" : `its state is ${String(state)}${typeof description === "string" && description !== "" ? `: ${description}` : ""}`;
}
