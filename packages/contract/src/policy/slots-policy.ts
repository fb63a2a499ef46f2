import type { SlotsPolicy } from "@gauntlet/core";

import { artifactRulesOf } from "./artifact-schema.ts";
import type { SlotsFile } from "./slots-schema.ts";

/** The policy that a file of kind `slots` means, every default filled in. */
export function slotsPolicyOf(file: SlotsFile): SlotsPolicy {
  const strict = file.mode === "strict";
  return {
    kind: "slots",
    name: file.name,
    model: file.model,
    mode: file.mode,
    metrics: { [file.win]: "moments", ...(file.accuracy === null ? {} : { [file.accuracy]: "rate" }) },
    bucketMs: file.bucket,
    approval: file.approval,
    effects: file.effects,
    impact: null,
    ...artifactRulesOf(file),
    // Its length was checked with its shape.
    slots: file.slots as unknown as SlotsPolicy["slots"],
    win: file.win,
    accuracy: file.accuracy,
    split: file.split,
    minGames: file.minGames ?? (strict ? 50 : 3),
    maxGames: file.maxGames,
    alpha: file.alpha ?? (strict ? { parts: 1, of: 20 } : { parts: 1, of: 5 }),
    spending: file.spending,
    srmAlpha: file.srmAlpha,
    reorder: file.reorder,
    checks: [],
  };
}
