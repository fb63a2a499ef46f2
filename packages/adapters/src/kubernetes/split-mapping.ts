import { Failure } from "@gauntlet/core";

import type { Fields } from "../json/read-json.ts";
import type { KubeObject, Resource } from "./kube-object.ts";
import type { Split } from "./split.ts";

/**
 * How one kind of object says a split. All of them follow one rule: what can be served stands in the object already, put
 * there by its owner, and only numbers are moved. Nothing is added and nothing is taken out, so a version that gets
 * nothing stays warm.
 */
export interface SplitMapping {
  readonly resource: Resource;
  /**
   * The fields under `spec` that say the split; a list is given whole, with everything in it that isn't ours as it is.
   *
   * @throws Failure `invalid_input` for a split that this kind can't say, `traffic_refused` for an object that lacks something.
   */
  fields(object: KubeObject, split: Split): Fields;
  /** Why the split isn't served yet, as far as the status tells; null when it is, or when nothing tells. */
  pending(object: KubeObject, split: Split): string | null;
}

/** The object lacks something that only its owner can give. */
export function lacking({ kind, metadata }: KubeObject, what: string, fix: string): Failure {
  return new Failure("traffic_refused", `${kind} ${metadata.namespace}/${metadata.name} ${what}`, { fix });
}
