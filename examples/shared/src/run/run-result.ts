import { existsSync } from "node:fs";
import { join } from "node:path";

import type { Api } from "../api/open-api.ts";

/** How a rollout of a world ended, as every world prints it. */
export interface RunResult {
  readonly name: string;
  readonly mode: string;
  readonly verdict: string;
  readonly reason: string;
  readonly decisionId: string;
  /** The decision document, where the registry keeps it. */
  readonly document: string;
}

interface Ended {
  readonly name: string;
  readonly mode: string;
  readonly model: string;
  /** Folder of the challenger's registry run, below the artifact folder; the documents are written there. */
  readonly folder: string;
}

/** The last decision of a model, and when it was made. @throws Error when there is none, or no document of it. */
export async function resultOf({ name, mode, model, folder }: Ended, api: Api, dataDir: string): Promise<{ readonly result: RunResult; readonly at: number }> {
  const { decision } = await api.models.get(model);
  if (decision === null) throw new Error(`${model} was never decided`);
  const document = join(dataDir, "artifacts", folder, "decision.md");
  if (!existsSync(document)) throw new Error(`the decision document of ${model} is not at ${document}`);
  return { result: { name, mode, verdict: decision.verdict, reason: decision.reason, decisionId: decision.id, document }, at: decision.at };
}
