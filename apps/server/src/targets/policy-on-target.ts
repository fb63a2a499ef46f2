import { policyLineOf } from "@gauntlet/contract";
import { Failure, type AbtestPolicy, type Policy, type Problem } from "@gauntlet/core";

import type { Config } from "../config/config.ts";

type Targets = Config["targets"];
type Target = Targets[string];

export interface PolicyFile {
  readonly policy: Policy;
  readonly text: string;
  /** Named in the error, such as the file's path. */
  readonly source: string;
}

/**
 * A policy whose split the target of its model can't say is refused here, before anything begins: its first effect would
 * fail. @throws Failure `policy_invalid` with the key, its line and how to mend it.
 */
export function requireOnTarget({ policy, text, source }: PolicyFile, targets: Targets): void {
  const target = Object.hasOwn(targets, policy.model) ? targets[policy.model] : undefined;
  const found = target === undefined || !policy.effects.includes("traffic") ? null : problemOf(policy, target);
  if (found === null) return;
  const { pointer, detail, fix } = found;
  const line = policyLineOf(text, [pointer, "/split", "/kind"]);
  const isSaid = pointer !== "/shadow" || policyLineOf(text, [pointer]) !== null;
  const place = `${line === null ? "" : `line ${line}: `}${isSaid ? "" : "nothing is said of shadow, which then is true. "}`;
  throw new Failure("policy_invalid", `${source} can't be carried out: ${pointer} ${place}${detail}`, { problems: [{ pointer, detail: `${place}${detail}. To mend it: ${fix}` }], fix });
}

type Found = Problem & { readonly fix: string };

function problemOf(policy: Policy, target: Target): Found | null {
  if (policy.kind === "abtest") return shadowProblem(policy, target) ?? wholePercentProblem(policy, target, [{ pointer: "/split", basisPoints: policy.split.challenger }]);
  // The split of an experiment is the experiment's.
  if (policy.kind !== "ramp" || policy.experiment !== null) return null;
  return wholePercentProblem(policy, target, policy.stages.map(({ basisPoints }, index) => ({ pointer: `/stages/${index}`, basisPoints })));
}

/** A shadow answers whatever the other version answers live, and both have a live part: only the gateway can send a request to both. */
function shadowProblem({ model, shadow, split }: AbtestPolicy, target: Target): Found | null {
  if (!shadow) return null;
  return {
    pointer: "/shadow",
    detail: `both versions are to answer every request, at ${split.champion / 100} % to ${split.challenger / 100} %; the target of ${model}, ${sayTarget(target)}, gives each request to one of them, and ${copiesOf(target)}`,
    fix: `write shadow: false, and each version is judged by the requests that it is given; or take ${model} out of targets and let Gauntlet's own gateway split it, which alone answers each request with both`,
  };
}

function copiesOf(target: Target): string {
  if (target.kind === "kserve") return "copies none";
  return target.kind === "seldon-v2" && target.mirror === undefined ? "copies none without a mirror" : "copies only to a version that answers none itself";
}

/** Rounded, it would be another split than the one that is tested. */
function wholePercentProblem({ model }: Policy, target: Target, shares: readonly { readonly pointer: string; readonly basisPoints: number }[]): Found | null {
  const odd = shares.find(({ basisPoints }) => basisPoints % 100 !== 0);
  if ((target.kind !== "kserve" && target.kind !== "seldon-v1") || odd === undefined) return null;
  return { pointer: odd.pointer, detail: `the challenger is to get ${odd.basisPoints / 100} %; the target of ${model}, ${sayTarget(target)}, splits by whole percents`, fix: "use whole percents, or a target that takes others (gateway-api, istio, seldon-v2)" };
}

function sayTarget({ kind, namespace, name }: Target): string {
  return `${kind} ${namespace}/${name}`;
}
