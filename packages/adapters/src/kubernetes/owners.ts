import { FIELD_MANAGER } from "./kube-client.ts";
import { fieldsOf, type Fields } from "../json/read-json.ts";
import type { KubeObject } from "./kube-object.ts";

/** Whether fields of the specification are ours: what we own alone and don't apply again, the server takes away. */
export function isOurs({ metadata }: KubeObject): boolean {
  return (metadata.managedFields ?? []).some(({ manager, fieldsV1 }) => manager === FIELD_MANAGER && fieldsV1?.["f:spec"] !== undefined);
}

/** Who else wrote these fields of the specification last, as the server keeps account of it; null when it was us alone. */
export function lastEditor({ metadata }: KubeObject, fields: Fields): string | null {
  const others = (metadata.managedFields ?? []).filter(({ manager, subresource, fieldsV1 }) => manager !== FIELD_MANAGER && subresource === undefined && owns(fieldsOf(fieldsV1?.["f:spec"]), fields));
  const last = others.toSorted((a, b) => (b.time ?? "").localeCompare(a.time ?? ""))[0];
  return last === undefined ? null : `${last.manager ?? "somebody"}${last.time === undefined ? "" : ` at ${last.time}`}`;
}

function owns(owned: Fields, fields: Fields): boolean {
  return Object.entries(fields).some(([key, value]) => {
    const inner = owned[`f:${key}`];
    const below = fieldsOf(value);
    return inner !== undefined && (Object.keys(below).length === 0 || owns(fieldsOf(inner), below));
  });
}

/** The tool that keeps an object as it is in Git, and what it has to be told so that it leaves the split alone; null without one. */
export function gitOwner({ kind, metadata }: KubeObject, changed: Fields): { readonly tool: string; readonly fix: string } | null {
  const { annotations = {}, labels = {}, managedFields = [] } = metadata;
  const fields = Object.keys(changed).map((key) => `.spec.${key}`).join(", ");
  if ("argocd.argoproj.io/tracking-id" in annotations || managedFields.some(({ manager }) => manager === "argocd-controller")) {
    return { tool: "Argo CD", fix: `in its Application ignore the differences of ${kind} at ${fields} (ignoreDifferences with managedFieldsManagers: [${FIELD_MANAGER}]) and set the sync option RespectIgnoreDifferences=true` };
  }
  if ("kustomize.toolkit.fluxcd.io/name" in labels || "helm.toolkit.fluxcd.io/name" in labels) {
    return { tool: "Flux", fix: `leave ${fields} of this ${kind} out of the manifests, or annotate it with kustomize.toolkit.fluxcd.io/ssa: IfNotPresent` };
  }
  return null;
}
