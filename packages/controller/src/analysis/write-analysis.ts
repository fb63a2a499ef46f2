import { drawAnalysis, Failure, renderAnalysis, type LedgerEntry, type ModelState } from "@gauntlet/core";
import { stringify } from "yaml";

import type { Controller } from "../controller.ts";
import { findDecision } from "../find-decision.ts";
import { analyseDecision } from "./analyse-decision.ts";

type Ports = Pick<Controller, "store" | "artifacts" | "registry">;

/**
 * Writes why a rollout that ended badly did so into the challenger's run, once nothing of its plan is left to do: a rollback
 * waits for nobody's files. It is written once for each decision, and may be called at any time.
 * @returns the decision that was looked into; null when there is none to look into.
 */
export async function writeAnalysis(ports: Ports, state: ModelState): Promise<string | null> {
  const { rollout, decision, pending } = state;
  const runId = rollout?.challenger.runId ?? null;
  if (rollout === null || decision === null || runId === null || pending !== null || !endedBadly(state)) return null;
  if (rollout.policy.kind === "rating" || rollout.policy.kind === "slots" || !rollout.policy.effects.includes("document")) return null;
  // The last of the files: with it, all are there.
  if ((await ports.artifacts.read(runId, YAML))?.includes(decision.id) === true) return decision.id;
  for (const [path, content] of await filesOf(ports, await findDecision(ports.store, state.model, decision.id), decision.id)) await ports.artifacts.write(runId, path, content);
  return decision.id;
}

function endedBadly({ rollout, decision }: ModelState): boolean {
  return rollout?.status === "rolled_back" || (rollout?.status === "retained" && decision?.reason === "worse");
}

const YAML = "failure_analysis.yaml";

async function filesOf(ports: Ports, entry: LedgerEntry, decisionId: string): Promise<readonly (readonly [path: string, content: string])[]> {
  try {
    const analysis = await analyseDecision(ports, entry);
    return [
      ["failure_analysis.md", renderAnalysis(analysis)],
      ["failure_analysis.svg", drawAnalysis(analysis)],
      [YAML, stringify(analysis, { aliasDuplicateObjects: false })],
    ];
  } catch (error) {
    // A damaged file is told where the analysis would be; what can't be reached is tried again.
    if (!(error instanceof Failure) || (error.code !== "invalid_input" && error.code !== "not_found")) throw error;
    const says = `Not analysed: ${error.message.replaceAll(/\s+/g, " ")}`;
    return [
      ["failure_analysis.md", `# Not analysed\n\n    ${says}\n\n    ${error.fix ?? ""}\n`],
      [YAML, stringify({ decision: { id: decisionId }, primary: "undetermined", says, fix: error.fix })],
    ];
  }
}
