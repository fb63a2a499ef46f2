import { Failure, type Allocation } from "@gauntlet/core";
import type { Config } from "@gauntlet/server";

import { finding, required, type Finding } from "./finding.ts";

/**
 * Whether Gauntlet can log in, and two lines for each serving system: whether its object can be read and which split is in
 * force, and whether it may be changed, by the API server's own word.
 */
export async function targetFindings(config: Config): Promise<readonly Finding[]> {
  if (Object.keys(config.targets).length === 0) return [];
  const { openTargets } = await import("@gauntlet/server");
  const edits: string[] = [];
  let found: readonly Finding[] = [];
  const login = await finding("kubernetes", async () => {
    const { targets, rights, close } = await openTargets(config, { allocations: null, report: (text) => edits.push(text) });
    const each = await Promise.all([...targets].map(([model, target]) => Promise.all([finding(`target of ${model}`, async () => splitOf(model, await target.read(model), edits)), required(`rights on the target of ${model}`, () => rights(model))])));
    found = each.flat();
    close();
    return config.kubernetes.kubeconfig ?? "the pod's service account";
  });
  return [login, ...found];
}

function splitOf(model: string, allocation: Allocation | null, edits: readonly string[]): string {
  const edit = edits.find((text) => text.includes(` of ${model} isn't `));
  if (edit !== undefined) throw new Failure("foreign_move", edit);
  return allocation === null ? "its object is there, and Gauntlet has split nothing on it yet" : `epoch ${allocation.epoch} is in force`;
}
