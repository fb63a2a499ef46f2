import type { ModelDetail } from "@gauntlet/contract";
import { nameOf } from "@gauntlet/adapters";
import type { Allocation, ModelState, Rollout } from "@gauntlet/core";

import type { Config } from "../config/config.ts";

type Targets = Config["targets"];
type Target = Targets[string];

/**
 * The version that a finished rollout left without requests, since when, and what its owner may scale down; null while one
 * runs or is being applied, and where the rollout moved no traffic. From the ledger: a split counts once it was read back.
 */
export function retiredView({ rollout, pending, settled }: ModelState, targets: Targets): ModelDetail["retired"] {
  if (rollout === null || rollout.status === "running" || pending !== null || settled === null || !movedOwnSplit(rollout)) return null;
  const { version } = rollout.status === "promoted" ? rollout.champion : rollout.challenger;
  const traffic = settled.plan.effects.find((effect) => effect.kind === "traffic");
  // The promotion that ends a watch moves no traffic: it was all moved when the watch began.
  const since = traffic === undefined ? (rollout.stage?.since ?? null) : settled.at;
  if (since === null || serves(traffic?.allocation ?? rollout.allocation, version)) return null;
  const { model } = rollout;
  return { version, since, scale: scaleWords(Object.hasOwn(targets, model) ? targets[model] : undefined, version), before: beforeWords(rollout) };
}

/** Matches and slots are no split of requests, and an experiment's is the experiment's. */
function movedOwnSplit({ policy }: Rollout): boolean {
  return policy.effects.includes("traffic") && (policy.kind === "abtest" || (policy.kind === "ramp" && policy.experiment === null));
}

function serves({ arms, shadow }: Allocation, version: string): boolean {
  return arms.some((arm) => arm.version === version && (shadow || arm.ranges.length > 0));
}

/** What can be scaled down, by the names that the target has for the version. */
function scaleWords(target: Target | undefined, version: string): string {
  if (target === undefined) return "what answers for it can be scaled to 0";
  const { namespace, name, versions: named } = target;
  const called = (template: string): string => nameOf({ template, named }, version);
  switch (target.kind) {
    case "gateway-api":
      return `the Deployment behind Service ${namespace}/${called(target.service)} can be scaled to 0`;
    case "istio":
      return target.subset === undefined ? `the Deployment behind host ${called(target.host ?? "")} can be scaled to 0` : `the Deployment behind subset ${called(target.subset)} of VirtualService ${namespace}/${name} can be scaled to 0`;
    case "seldon-v1":
      return `predictor ${called(target.predictor)} of SeldonDeployment ${namespace}/${name} needs no more replicas than keep it ready`;
    case "seldon-v2":
      return `${called(target.candidate)}, a Model or Pipeline in ${namespace}, needs no more replicas than keep it ready`;
    case "kserve":
      return `InferenceService ${namespace}/${name} needs no replicas for it: in Knative mode they go by themselves; in Standard mode make the version that serves its spec.predictor, without a canary`;
  }
}

/** What to know before: who would come back to it. */
function beforeWords({ status, policy }: Rollout): string {
  if (status !== "promoted") return "Nothing goes back to it.";
  const cold = "A rollback goes back to it, and waits until it is up again where it was scaled down";
  return policy.monitor?.mode === "rollback" ? `${cold}. The monitor may ask for one by itself: keep a replica while it watches.` : `${cold}.`;
}
