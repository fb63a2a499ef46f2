import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../component.ts";
import { goModule } from "./install.ts";
import { startKubeApiServer, type KubeApiServer } from "./kube-api-server.ts";

export const GATEWAY_API = { module: "sigs.k8s.io/gateway-api@v1.3.0", file: "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml" } as const;

/** Definitions as their projects ship them, in their Go modules. */
const MODULES: readonly { readonly module: string; readonly file: string }[] = [
  GATEWAY_API,
  { module: "istio.io/api@v1.27.1", file: "kubernetes/customresourcedefinitions.gen.yaml" },
  { module: "github.com/kserve/kserve@v0.20.0", file: "config/crd/full/serving.kserve.io_inferenceservices.yaml" },
];

type Cluster = { readonly kind: "started"; readonly server: KubeApiServer } | { readonly kind: "missing"; readonly why: string };

/** The API server with the kinds of all serving systems, and a namespace for their objects. */
export function startCluster(context: Context): Promise<Cluster> {
  return context.once("kubernetes-cluster", async () => {
    const started = await startKubeApiServer(context);
    if (started.kind === "missing") return started;
    const { server } = started;
    for (const { module, file } of MODULES) {
      const found = await goModule(context, module);
      if (found.kind === "missing") return found;
      await server.applyCrds(await readFile(join(found.folder, file), "utf8"));
    }
    await server.applyCrds(await readFile(join(import.meta.dirname, "seldon-crds.yaml"), "utf8"));
    await server.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "models" } });
    return started;
  });
}
