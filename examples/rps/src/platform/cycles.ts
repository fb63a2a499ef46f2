import type { GauntletClient, ModelDetail } from "@gauntlet/client";
import { Failure } from "@gauntlet/core";
import { readFileSync } from "node:fs";

import type { ModelType } from "../policies/bot-policy.ts";
import { MODEL_NAMES } from "../serving/slots.ts";

export const MODES = ["strict", "compat"] as const;
export type Mode = (typeof MODES)[number];

/** One rollout of a family after another: B against Production, by the policy of the mode. */
export interface Cycles {
  /** False before the first cycle too. */
  isRunning(type: ModelType): Promise<boolean>;
  /** Begins a cycle unless one runs. @throws Failure `conflict` with the time to wait, shortly after two plans that moved aliases */
  begin(type: ModelType): Promise<void>;
  /** Lets Gauntlet decide now. @returns where the family stands then */
  look(type: ModelType): Promise<Standing>;
}

interface Standing {
  /** A decision that ends the cycle is followed by its effects; it runs until those are applied. */
  readonly isRunning: boolean;
  readonly detail: ModelDetail;
}

export function createCycles(client: Pick<GauntletClient, "models" | "rollouts">, mode: Mode, maxGames: number | null = null): Cycles {
  const text = readFileSync(new URL(`../../policies/${mode}.yaml`, import.meta.url), "utf8");
  const policy = maxGames === null ? text : text.replace(/^maxGames: .*$/m, `maxGames: ${maxGames}`);
  const standing = async (type: ModelType): Promise<Standing> => {
    const detail = await client.models.get(MODEL_NAMES[type]);
    return { isRunning: detail.summary.status === "running" || detail.summary.applying, detail };
  };
  const isRunning = async (type: ModelType): Promise<boolean> => (await client.models.list()).models.some(({ model, status, applying }) => model === MODEL_NAMES[type] && (status === "running" || applying));
  return {
    isRunning,
    async begin(type) {
      if (await isRunning(type)) return;
      const model = MODEL_NAMES[type];
      await client.rollouts.start(model, { policy: policy.replace(/^model: .*$/m, `model: ${model}`) });
    },
    async look(type) {
      await client.rollouts.tick(MODEL_NAMES[type]);
      return standing(type);
    },
  };
}

interface Waiting {
  readonly say: (line: string) => void;
  readonly pause: (ms: number) => Promise<unknown>;
}

/** Begins a cycle as soon as Gauntlet lets it: after two plans at once it asks for some time. @throws Failure for any other reason; what `pause` throws. */
export async function beginWhenLet(cycles: Pick<Cycles, "begin">, type: ModelType, { say, pause }: Waiting): Promise<void> {
  for (;;) {
    try {
      return await cycles.begin(type);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "conflict" || error.retryAfterMs === null) throw error;
      say(`the cycle of ${type} begins in ${Math.ceil(error.retryAfterMs / 1000)} s: ${error.message}`);
      await pause(error.retryAfterMs);
    }
  }
}
