import { failureAnalysis, Failure, type FailureAnalysis, type LedgerEntry } from "@gauntlet/core";

import type { Controller } from "../controller.ts";
import { findDecision, readChain } from "../find-decision.ts";
import { readAnalysisFiles } from "./read-analysis-files.ts";

/**
 * Why a decision came out as it did, from its ledger entry and the files of the challenger's run. Only reads.
 * @throws Failure `invalid_input` when a file is damaged, which is no missing file; it names all of them.
 */
export async function analyseDecision(controller: Pick<Controller, "artifacts" | "registry">, entry: LedgerEntry): Promise<FailureAnalysis> {
  const event = decisionIn(entry);
  const { files, damaged } = await readAnalysisFiles(controller, event.observation.rollout);
  const [first, ...others] = damaged;
  if (first === undefined) return failureAnalysis(event, files);
  if (others.length === 0) throw first;
  throw new Failure("invalid_input", damaged.map(({ message }) => message).join("; "), { problems: damaged.flatMap(({ problems }) => problems), ...(first.fix === null ? {} : { fix: first.fix }) });
}

export function decisionIn({ event, seq, chain }: LedgerEntry): Extract<LedgerEntry["event"], { kind: "decision" }> {
  if (event.kind === "decision") return event;
  throw new Failure("invalid_input", `entry ${seq} of ${chain} holds no decision`, { fix: "name a decision, or a rollout that has one" });
}

/**
 * The newest decision of a rollout. A rollout is named by model and number, such as `fraud-3`.
 * @throws Failure `not_found` without such a rollout, or while it has no decision.
 */
export async function newestDecisionOf(store: Controller["store"], model: string, rolloutId: string): Promise<LedgerEntry> {
  const state = (await store.ledger.head(model))?.state;
  if (state?.rollout?.id === rolloutId && state.decision !== null) return findDecision(store, model, state.decision.id);
  let newest: LedgerEntry | null = null;
  for await (const entry of readChain(store, model)) {
    if (entry.event.kind === "decision" && entry.event.decision.rolloutId === rolloutId) newest = entry;
  }
  if (newest !== null) return newest;
  throw new Failure("not_found", `${model} has no rollout ${rolloutId} with a decision`, { fix: "list them with `gauntlet ledger list`" });
}
