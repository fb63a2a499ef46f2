import { createKubeClient, experimentSplit, httpRouteSplit, inferenceServiceSplit, kubeconfigLogin, kubernetesTraffic, podLogin, requireRights, seldonDeploymentSplit, virtualServiceSplit, type KubeLogin, type SplitMapping } from "@gauntlet/adapters";
import type { AllocationStore, TrafficTarget } from "@gauntlet/controller";
import { Failure, type Problem } from "@gauntlet/core";

import type { Config } from "../config/config.ts";

type TargetConfig = Config["targets"][string];

export interface OpenTargets {
  readonly targets: ReadonlyMap<string, TrafficTarget>;
  /** What the login may do with a model's object, by the API server's word. @throws Failure `traffic_refused`, `traffic_unavailable` */
  rights(model: string): Promise<string>;
  close(): void;
}

/** The configuration's targets by model. Nothing is called yet. `allocations` null: for reading alone. @throws Failure `invalid_input` for the login. */
export async function openTargets({ targets, kubernetes }: Pick<Config, "targets" | "kubernetes">, around: { readonly allocations: AllocationStore | null; readonly report: (text: string) => void }): Promise<OpenTargets> {
  if (Object.keys(targets).length === 0) return { targets: new Map(), rights: unknownTarget, close: () => undefined };
  const { kubeconfig, context, timeoutMs } = kubernetes;
  const login: KubeLogin = kubeconfig === undefined ? await podLogin(process.env) : await kubeconfigLogin(kubeconfig, context ?? null);
  const client = createKubeClient({ login, timeoutMs });
  const opened = Object.entries(targets).map(([model, target]): [string, TrafficTarget] => {
    const { namespace, name, numbers, readyMs } = target;
    const traffic = kubernetesTraffic({ model, client, namespace, name, mapping: splitMapping(target), numbers, readyMs, pollMs: POLL_MS, report: around.report });
    return [model, around.allocations === null ? traffic : shown(traffic, around.allocations)];
  });
  const rights = async (model: string): Promise<string> => {
    const target = Object.hasOwn(targets, model) ? targets[model] : undefined;
    return target === undefined ? unknownTarget(model) : requireRights(client, { resource: splitMapping(target).resource, namespace: target.namespace, name: target.name });
  };
  return { targets: new Map(opened), rights, close: client.close };
}

async function unknownTarget(model: string): Promise<never> {
  throw new Failure("not_found", `${model} has no target`, { fix: "name one under targets in gauntlet.yaml" });
}

const POLL_MS = 250;

/** Pages read splits from the store; what serves is the target alone. */
function shown(target: TrafficTarget, allocations: AllocationStore): TrafficTarget {
  return {
    read: target.read,
    apply: async (allocation) => {
      await target.apply(allocation);
      await allocations.put(allocation);
    },
  };
}

export function splitMapping(target: TargetConfig): SplitMapping {
  const named = target.versions;
  switch (target.kind) {
    case "gateway-api":
      return httpRouteSplit({ names: { template: target.service, named }, rule: target.rule });
    case "istio":
      return virtualServiceSplit({ names: { template: target.subset ?? target.host ?? "", named }, by: target.subset === undefined ? "host" : "subset", route: target.route });
    case "seldon-v1":
      return seldonDeploymentSplit({ template: target.predictor, named });
    case "seldon-v2":
      return experimentSplit({ names: { template: target.candidate, named }, mirrorNames: target.mirror === undefined ? null : { template: target.mirror, named: {} } });
    case "kserve":
      return inferenceServiceSplit({ template: target.storageUri, named });
  }
}

/** What the shape of `targets` can't say: each object is one model's, and a wait ends before a lease. */
export function targetProblems({ targets, tick }: Pick<Config, "targets" | "tick">): readonly Problem[] {
  const owners = new Map<string, string>();
  return Object.entries(targets).flatMap(([model, { kind, namespace, name, readyMs }]) => {
    const pointer = `/targets/${model.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const object = `${kind} ${namespace}/${name}`;
    const owner = owners.get(object);
    owners.set(object, model);
    return [
      ...(owner === undefined ? [] : [{ pointer: `${pointer}/name`, detail: `${object} already splits "${owner}"; the allocation is kept on the object, so that one object has one model` }]),
      ...(readyMs + WRITES_MS < tick.leaseMs ? [] : [{ pointer: `${pointer}/readyMs`, detail: `${readyMs} and ${WRITES_MS} for writing are not below tick.leaseMs, which is ${tick.leaseMs}: another controller would take over meanwhile` }]),
    ];
  });
}

/** What two writes take at most while others write too. */
const WRITES_MS = 10_000;
