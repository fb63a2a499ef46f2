import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import type { KubeApiServer, KubeObject } from "./kube-api-server.ts";

export function objectsOf(yaml: string): readonly KubeObject[] {
  return parseAllDocuments(yaml).flatMap((document) => (document.toJS() === null ? [] : [document.toJS() as KubeObject]));
}

/** Creates or changes all of them, and lets admission judge every pod. Returns how many pods there were. */
export async function takesAll(server: KubeApiServer, objects: readonly KubeObject[]): Promise<number> {
  let pods = 0;
  // The namespace comes first, as kubectl sorts it.
  for (const object of objects.toSorted((one, other) => Number(other["kind"] === "Namespace") - Number(one["kind"] === "Namespace"))) await applyStrictly(server, object);
  for (const object of objects) for (const pod of podsOf(object)) pods += await tryPod(server, pod);
  return pods;
}

/** Created or changed, every field known: a name that is written wrongly is refused, not dropped. */
export async function applyStrictly(server: KubeApiServer, object: KubeObject): Promise<void> {
  const applied = await server.apply(object);
  const { apiVersion, kind, metadata } = object as { apiVersion: string; kind: string; metadata: { name: string; namespace?: string } };
  assert.deepEqual([applied["apiVersion"], applied["kind"], applied["metadata"].name, applied["metadata"].namespace], [apiVersion, kind, metadata.name, metadata.namespace]);
}

function podsOf(object: KubeObject): readonly KubeObject[] {
  const template = object["kind"] === "CronJob" ? object["spec"].jobTemplate.spec.template : ["Deployment", "StatefulSet"].includes(String(object["kind"])) ? object["spec"].template : null;
  if (template === null) return [];
  // A claim of a StatefulSet is a volume by the time that its pod is made.
  const claimed = ((object["spec"].volumeClaimTemplates ?? []) as readonly KubeObject[]).map(({ metadata }) => ({ name: metadata.name, persistentVolumeClaim: { claimName: `${metadata.name}-0` } }));
  const spec = { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claimed] };
  return [{ apiVersion: "v1", kind: "Pod", metadata: { name: `tried-${object["metadata"].name}`, namespace: object["metadata"].namespace, labels: template.metadata.labels }, spec }];
}

/** Admission judges pods as the namespace demands; nothing is kept. */
async function tryPod(server: KubeApiServer, pod: KubeObject): Promise<1> {
  const { status, json } = await server.call({ method: "POST", path: `/api/v1/namespaces/${pod["metadata"].namespace}/pods?dryRun=All&fieldValidation=Strict`, body: pod });
  assert.equal(status, 201, `${pod["metadata"].name}: ${json["message"]}`);
  return 1;
}

/** The server that takes everything proves nothing. */
export async function refusesWhatIsWrong(server: KubeApiServer, namespace: string): Promise<void> {
  const container = { name: "c", image: "gauntlet:0.1.0" };
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "careless", namespace }, spec: { containers: [container] } };
  await assert.rejects(tryPod(server, pod), /violates PodSecurity/);
  await assert.rejects(tryPod(server, { ...pod, spec: { containers: [{ ...container, readinesProbe: {} }] } }), /unknown field/);
  await assert.rejects(server.apply({ apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: "x", namespace }, spec: { maxUnavailble: 1 } }), /maxUnavailble/);
}
