import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../component.ts";
import { freePort } from "../processes.ts";
import { GATEWAY_API } from "./cluster.ts";
import { buildCommand, goModule } from "./install.ts";
import type { KubeApiServer } from "./kube-api-server.ts";
import { writeKubeconfig } from "./kubeconfig.ts";

export const FLAGGER_VERSION = "1.41.0";
const MODULE = "github.com/fluxcd/flagger";

/** Its controller, in one namespace; `url` is where its metrics are. */
type Started = { readonly kind: "started"; readonly url: string } | { readonly kind: "missing"; readonly why: string };

/**
 * Flagger's own controller, built from its Go module into the cache (minutes at the first time), on an API server that is
 * given its kinds and the Gateway API's. No metrics server is behind it: an analysis without metrics asks none.
 */
export async function startFlagger(context: Context, server: KubeApiServer, namespace: string): Promise<Started> {
  const module = await goModule(context, `${MODULE}@v${FLAGGER_VERSION}`);
  if (module.kind === "missing") return module;
  const gatewayApi = await goModule(context, GATEWAY_API.module);
  if (gatewayApi.kind === "missing") return gatewayApi;
  const built = await buildCommand(context, { name: "flagger", version: FLAGGER_VERSION, module: `${MODULE}@v${FLAGGER_VERSION}`, goMod: goModOf, args: ["-ldflags", "-s -w", `${MODULE}/cmd/flagger`] });
  if (built.kind === "missing") return built;
  for (const file of [join(module.folder, "artifacts/flagger/crd.yaml"), join(gatewayApi.folder, GATEWAY_API.file)]) await server.applyCrds(await readFile(file, "utf8"));
  const kubeconfig = await writeKubeconfig(context, "flagger", server);
  const [port, nobody] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  await context.processes.start({
    command: built.command,
    args: [`-kubeconfig=${kubeconfig}`, `-namespace=${namespace}`, "-log-level=info", "-control-loop-interval=200ms", `-port=${port}`, `-metrics-server=http://127.0.0.1:${nobody}`],
    isReady: async () => (await fetch(`${url}/healthz`)).ok,
    readyMs: 120_000,
  });
  return { kind: "started", url };
}

function goModOf(original: string): string {
  const go = /^go .*$/m.exec(original)?.[0] ?? "go 1.24.0";
  return `module flagger\n\n${go}\n\nrequire ${MODULE} v${FLAGGER_VERSION}\n`;
}
