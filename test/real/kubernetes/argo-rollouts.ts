import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../component.ts";
import { freePort } from "../processes.ts";
import { buildCommand, goModule } from "./install.ts";
import type { KubeApiServer } from "./kube-api-server.ts";
import { writeKubeconfig } from "./kubeconfig.ts";

export const ARGO_ROLLOUTS_VERSION = "1.8.3";
const MODULE = "github.com/argoproj/argo-rollouts";

type Started = { readonly kind: "started" } | { readonly kind: "missing"; readonly why: string };

/** Argo Rollouts' own controller, built from its Go module into the cache (minutes at the first time), on an API server that is given its kinds. */
export async function startArgoRollouts(context: Context, server: KubeApiServer): Promise<Started> {
  const module = await goModule(context, `${MODULE}@v${ARGO_ROLLOUTS_VERSION}`);
  if (module.kind === "missing") return module;
  const built = await buildCommand(context, { name: "rollouts-controller", version: ARGO_ROLLOUTS_VERSION, module: `${MODULE}@v${ARGO_ROLLOUTS_VERSION}`, goMod: goModOf, args: ["-ldflags", "-s -w", `${MODULE}/cmd/rollouts-controller`] });
  if (built.kind === "missing") return built;
  const crds = join(module.folder, "manifests/crds");
  for (const file of (await readdir(crds)).filter((name) => name.endsWith("-crd.yaml"))) await server.applyCrds(await readFile(join(crds, file), "utf8"));
  const kubeconfig = await writeKubeconfig(context, "argo-rollouts", server);
  const [metricsPort, healthzPort] = [await freePort(), await freePort()];
  await context.processes.start({
    command: built.command,
    args: ["--kubeconfig", kubeconfig, "--leader-elect=false", "--loglevel", "warn", `--metricsport=${metricsPort}`, `--healthzPort=${healthzPort}`],
    isReady: async () => (await fetch(`http://127.0.0.1:${healthzPort}/healthz`)).ok,
    readyMs: 120_000,
  });
  return { kind: "started" };
}

/** A module's replacements hold for itself only, so that ours repeats them. */
function goModOf(original: string): string {
  const go = /^go .*$/m.exec(original)?.[0] ?? "go 1.23.4";
  const replaced = /^replace \([^]*?^\)$/m.exec(original)?.[0] ?? "";
  return `module rollouts-controller\n\n${go}\n\nrequire ${MODULE} v${ARGO_ROLLOUTS_VERSION}\n\n${replaced}\n`;
}
