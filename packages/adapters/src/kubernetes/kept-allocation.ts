import { canonicalJson, checkAllocation, type Allocation } from "@gauntlet/core";

import type { KubeObject } from "./kube-object.ts";

/** What is written beside a split: the allocation it came from, the one before, and whether it was seen to be served. */
export interface KeptAllocation {
  readonly wanted: Allocation;
  /** In force until `wanted` is. */
  readonly before: Allocation | null;
  readonly isRealised: boolean;
}

const WANTED = "gauntlet.io/allocation";
const BEFORE = "gauntlet.io/allocation-before";
const REALISED = "gauntlet.io/realised-epoch";

/** null when there is none of this model, or none that can be read: who edits it makes us know nothing. */
export function keptAllocation({ metadata }: KubeObject, model: string): KeptAllocation | null {
  const { annotations = {} } = metadata;
  const wanted = allocationOf(annotations[WANTED], model);
  if (wanted === null) return null;
  return { wanted, before: allocationOf(annotations[BEFORE], model), isRealised: annotations[REALISED] === String(wanted.epoch) };
}

export function annotationsOf({ wanted, before, isRealised }: KeptAllocation): Readonly<Record<string, string>> {
  return {
    [WANTED]: canonicalJson(wanted),
    ...(before === null ? {} : { [BEFORE]: canonicalJson(before) }),
    ...(isRealised ? { [REALISED]: String(wanted.epoch) } : {}),
  };
}

function allocationOf(text: string | undefined, model: string): Allocation | null {
  if (text === undefined) return null;
  try {
    const allocation = JSON.parse(text) as Allocation;
    return allocation.model === model && checkAllocation(allocation).length === 0 ? allocation : null;
  } catch {
    return null;
  }
}
