import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Component } from "../component.ts";
import { startKubeApiServer } from "../kubernetes/kube-api-server.ts";
import { installKustomize, kustomizeBuild, KUSTOMIZE_VERSION } from "../kubernetes/kustomize.ts";
import { applyStrictly, objectsOf, refusesWhatIsWrong, takesAll } from "../kubernetes/manifests.ts";

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
      const rendered = objectsOf(await kustomizeBuild(context, kustomize.command, join(DEPLOY, "overlays", overlay)));
      pods += await takesAll(server, rendered);
      objects += rendered.length;
    }
    await applyStrictly(server, objectsOf(await readFile(join(DEPLOY, "secrets.example.yaml"), "utf8"))[0] ?? {});
    await refusesWhatIsWrong(server, "mlops-poc");
    return { kind: "passed", version: `${KUSTOMIZE_VERSION}, ${server.version}`, note: `${objects} objects of ${overlays.length} overlays, ${pods} pods under the profile "restricted"` };
  },
};
