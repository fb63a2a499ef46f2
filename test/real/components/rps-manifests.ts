import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { Component, Context } from "../component.ts";
import { startKubeApiServer, type KubeApiServer, type KubeObject } from "../kubernetes/kube-api-server.ts";
import { installKustomize, KUSTOMIZE_VERSION } from "../kubernetes/kustomize.ts";
import { lastLines } from "../processes.ts";

const DEPLOY = join(import.meta.dirname, "../../../deploy/rps");

/** What is deployed of the platform, rendered by a real kustomize and taken by a real API server: every field is known, and pods keep the strictest security profile. */
export const component: Component = {
  name: "Manifests of rock, paper, scissors",
  required: true,
  async run(context) {
    const kustomize = await installKustomize(context);
    if (kustomize.kind === "missing") return { kind: "skipped", version: KUSTOMIZE_VERSION, why: kustomize.why };
    const started = await startKubeApiServer(context);
    if (started.kind === "missing") return { kind: "skipped", version: KUSTOMIZE_VERSION, why: started.why };
    const { server } = started;
    const overlays = await readdir(join(DEPLOY, "overlays"));
    let [objects, pods] = [0, 0];
    for (const overlay of overlays) {
      const rendered = objectsOf(await render(context, kustomize.command, overlay));
      // The namespace comes first, as kubectl sorts it.
      for (const object of rendered.toSorted((one, other) => Number(other["kind"] === "Namespace") - Number(one["kind"] === "Namespace"))) await applyStrictly(server, object);
      for (const object of rendered) for (const pod of podsOf(object)) pods += await tryPod(server, pod);
      objects += rendered.length;
    }
    await applyStrictly(server, objectsOf(await readFile(join(DEPLOY, "secrets.example.yaml"), "utf8"))[0] ?? {});
    await refusesWhatIsWrong(server);
    return { kind: "passed", version: `${KUSTOMIZE_VERSION}, ${server.version}`, note: `${objects} objects of ${overlays.length} overlays, ${pods} pods under the profile "restricted"` };
  },
};

async function render(context: Context, command: string, overlay: string): Promise<string> {
  const { code, stdout, stderr } = await context.processes.run({ command, args: ["build", join(DEPLOY, "overlays", overlay)], timeoutMs: 60_000 });
  if (code !== 0) throw new Error(`kustomize build ${overlay} ended with ${code}\n${lastLines(stderr, 20)}`);
  assert.equal(stderr, "", `kustomize warns of ${overlay}`);
  return stdout;
}

function objectsOf(yaml: string): readonly KubeObject[] {
  return parseAllDocuments(yaml).flatMap((document) => (document.toJS() === null ? [] : [document.toJS() as KubeObject]));
}

/** Created or changed, every field known: a name that is written wrongly is refused, not dropped. */
async function applyStrictly(server: KubeApiServer, object: KubeObject): Promise<void> {
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
async function refusesWhatIsWrong(server: KubeApiServer): Promise<void> {
  const container = { name: "c", image: "gauntlet-rps:0.1.0" };
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "careless", namespace: "mlops-poc" }, spec: { containers: [container] } };
  await assert.rejects(tryPod(server, pod), /violates PodSecurity/);
  await assert.rejects(tryPod(server, { ...pod, spec: { containers: [{ ...container, readinesProbe: {} }] } }), /unknown field/);
  await assert.rejects(server.apply({ apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: "x", namespace: "mlops-poc" }, spec: { maxUnavailible: 1 } }), /maxUnavailible/);
}
