import { fieldsOf, type Fields } from "../json/read-json.ts";
import { conditionOf, listOf, unseen, type KubeObject } from "../kubernetes/kube-object.ts";
import { lacking, type SplitMapping } from "../kubernetes/split-mapping.ts";
import { readableWeights, type Split } from "../kubernetes/split.ts";
import { nameOf, requireTemplate, versionOf, type VersionNames } from "../kubernetes/version-names.ts";

export interface ExperimentSplitOptions {
  /** Names of the candidates: Models, or Pipelines. */
  readonly names: VersionNames;
  /** Names of the copies that are mirrored to, as no name may stand in an Experiment twice; null: nothing is mirrored. */
  readonly mirrorNames: VersionNames | null;
}

/** Weights of an Experiment's candidates, and its mirror. Its default stays what it is. */
export function experimentSplit({ names, mirrorNames }: ExperimentSplitOptions): SplitMapping {
  requireTemplate(names);
  if (mirrorNames !== null) requireTemplate(mirrorNames);
  return {
    resource: { group: "mlops.seldon.io", version: "v1alpha1", plural: "experiments", kind: "Experiment" },
    fields: (object, split) => {
      const candidates = weighted(object, names, split);
      const chosen = object.spec["default"];
      if (chosen !== undefined && !candidates.some(({ name }) => name === chosen)) throw lacking(object, `has the default ${String(chosen)}, which is no candidate`, "list it among the candidates, with weight 0");
      return { candidates, ...mirrorOf(object, { mirrorNames, split }) };
    },
    pending,
  };
}

function weighted(object: KubeObject, names: VersionNames, { shares }: Split): readonly Fields[] {
  const candidates = listOf(object.spec["candidates"]);
  const weights = readableWeights(shares);
  for (const version of weights.keys()) {
    const name = nameOf(names, version);
    const found = candidates.filter((candidate) => candidate["name"] === name).length;
    // An editor of this field is known to have appended what it should have replaced.
    if (found !== 1) throw lacking(object, `lists the candidate ${name} of version ${version} ${found === 0 ? "nowhere" : "twice"}`, `list ${name} once among the candidates, with weight 0`);
  }
  return candidates.map((candidate) => {
    const version = versionOf(names, String(candidate["name"]));
    if (version !== null) return { ...candidate, weight: weights.get(version) ?? 0 };
    if ((candidate["weight"] ?? 0) === 0) return candidate;
    throw lacking(object, `also sends requests to the candidate ${String(candidate["name"])}, which is no version's`, "take it out, or give it weight 0");
  });
}

/** Without a mirror the field is left out, and the server takes away what we had set. */
function mirrorOf(object: KubeObject, { mirrorNames, split }: { readonly mirrorNames: VersionNames | null; readonly split: Split }): Fields {
  if (split.mirror === null) return {};
  if (mirrorNames === null) throw lacking(object, `can't copy requests to version ${split.mirror}: no name of a copy is configured`, "deploy the challenger a second time under another name, and give that as the target's mirror");
  return { mirror: { name: nameOf(mirrorNames, split.mirror), percent: 100 } };
}

function pending(object: KubeObject, { mirror }: Split): string | null {
  const late = unseen(object);
  if (late !== null) return late;
  const { conditions } = fieldsOf(object.status);
  for (const type of ["ExperimentReady", "CandidatesReady", ...(mirror === null ? [] : ["MirrorReady"])]) {
    const condition = conditionOf(conditions, type);
    if (condition?.status !== "True") return condition === null ? `${type} isn't said yet` : `${type} is ${condition.status}: ${condition.message}`;
  }
  return null;
}
