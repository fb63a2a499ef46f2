import type { Fields } from "../json/read-json.ts";
import { conditionOf, listOf, type KubeObject } from "../kubernetes/kube-object.ts";
import { lacking, type SplitMapping } from "../kubernetes/split-mapping.ts";
import { readableWeights, type Split } from "../kubernetes/split.ts";
import { nameOf, requireTemplate, versionOf, type VersionNames } from "../kubernetes/version-names.ts";

export interface HttpRouteSplitOptions {
  /** Names of the backends' Services. */
  readonly names: VersionNames;
  /** Which rule of the route, from 0. */
  readonly rule: number;
}

/** Weights of a rule's backendRefs, and its RequestMirror filter. */
export function httpRouteSplit({ names, rule }: HttpRouteSplitOptions): SplitMapping {
  requireTemplate(names);
  return {
    resource: { group: "gateway.networking.k8s.io", version: "v1", plural: "httproutes", kind: "HTTPRoute" },
    fields: (object, split) => {
      const rules = listOf(object.spec["rules"]);
      const own = rules[rule];
      if (own === undefined) throw lacking(object, `has no rule ${rule}`, "correct the target's rule in gauntlet.yaml; the first is 0");
      const changed = { ...own, backendRefs: weighted(object, { names, refs: listOf(own["backendRefs"]), split }) };
      return { rules: rules.map((other, index) => (index === rule ? mirrored(object, { names, rule: changed, split }) : other)) };
    },
    pending: (object, split) => pending(object, names, split),
  };
}

interface Backends {
  readonly names: VersionNames;
  readonly refs: readonly Fields[];
  readonly split: Split;
}

function weighted(object: KubeObject, { names, refs, split }: Backends): readonly Fields[] {
  const weights = readableWeights(split.shares);
  for (const version of weights.keys()) {
    const name = nameOf(names, version);
    const found = refs.filter((ref) => ref["name"] === name).length;
    if (found !== 1) throw lacking(object, `lists the backend ${name} of version ${version} ${found === 0 ? "nowhere" : "twice"} in its rule`, `list ${name} once among the rule's backendRefs, with weight 0`);
  }
  return refs.map((ref) => {
    const version = versionOf(names, String(ref["name"]));
    if (version !== null) return { ...ref, weight: weights.get(version) ?? 0 };
    if (ref["weight"] === 0) return ref;
    throw lacking(object, `also sends requests to ${String(ref["name"])}, which is no version's backend`, "take it out of the rule, or give it weight 0");
  });
}

/** Only mirrors to versions are ours; every other filter stays. */
function mirrored(object: KubeObject, { names, rule, split }: { readonly names: VersionNames; readonly rule: Fields; readonly split: Split }): Fields {
  const { filters, ...rest } = rule;
  const before = listOf(filters);
  const refOf = (filter: Fields): Fields => (filter["requestMirror"] as { readonly backendRef?: Fields } | undefined)?.backendRef ?? {};
  const isOurs = (filter: Fields): boolean => filter["type"] === "RequestMirror" && versionOf(names, String(refOf(filter)["name"])) !== null;
  const others = before.filter((filter) => !isOurs(filter));
  if (split.mirror === null) return others.length === 0 ? rest : { ...rest, filters: others };
  const name = nameOf(names, split.mirror);
  const present = before.filter(isOurs);
  // As it is, if it is so already: the server has added defaults to it.
  if (present.length === 1 && present[0] !== undefined && refOf(present[0])["name"] === name && copiesAll(present[0])) return rule;
  const { weight: _, filters: __, ...backendRef } = listOf(rest["backendRefs"]).find((ref) => ref["name"] === name) ?? {};
  if (backendRef["name"] === undefined) throw lacking(object, `lists no backend ${name}`, `list ${name} among the rule's backendRefs, with weight 0`);
  return { ...rest, filters: [...others, { type: "RequestMirror", requestMirror: { backendRef } }] };
}

function copiesAll(filter: Fields): boolean {
  const { percent, fraction } = (filter["requestMirror"] ?? {}) as Fields;
  return (percent === undefined || percent === 100) && fraction === undefined;
}

/** Every gateway that the route belongs to must have taken up its newest generation. */
function pending({ metadata, status }: KubeObject, names: VersionNames, { shares }: Split): string | null {
  const parents = listOf(status?.["parents"]);
  if (parents.length === 0) return "no gateway has taken up the route";
  for (const parent of parents) {
    for (const type of ["Accepted", "ResolvedRefs"]) {
      const condition = conditionOf(parent["conditions"], type);
      const gateway = String((parent["parentRef"] as { readonly name?: string } | undefined)?.name ?? "its gateway");
      if (condition === null || (condition.observedGeneration ?? 0) < (metadata.generation ?? 0)) return `${gateway} has not looked at generation ${metadata.generation ?? 0} yet`;
      if (type === "ResolvedRefs" && isOfIdle(condition.message, names, shares)) continue;
      if (condition.status !== "True") return `${gateway} says ${type} is ${condition.status}: ${condition.message}`;
    }
  }
  return null;
}

/**
 * A backend that gets nothing may be gone: a rollback must not wait for it. The message is all that tells which it is, so
 * that it counts only if it names one of those, and no other.
 */
function isOfIdle(message: string, names: VersionNames, shares: ReadonlyMap<string, number>): boolean {
  if ([...shares].some(([version, share]) => share > 0 && message.includes(nameOf(names, version)))) return false;
  return (message.match(/[\w-]+(?:\.[\w-]+)*/g) ?? []).some((word) => versionOf(names, word) !== null);
}
