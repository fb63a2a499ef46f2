import type { BatchAnswer, Failure, GauntletClient } from "@gauntlet/client";

import { BOT_POLICIES, type BotPolicy } from "../policies/bot-policy.ts";
import { MODEL_NAMES } from "../serving/slots.ts";
import type { GameOutbox } from "./game-outbox.ts";
import { outcomesOf } from "./outcomes-of-games.ts";

export interface ReporterOptions {
  readonly outbox: GameOutbox;
  readonly client: Pick<GauntletClient, "outcomes" | "models">;
  readonly newId: () => string;
  /** Told of outcomes that Gauntlet refuses; they are not sent again. */
  readonly onRefused: (model: string, refused: BatchAnswer["rejected"]) => void;
}

interface Reported {
  readonly games: number;
  readonly outcomes: number;
}

/** Tells Gauntlet of every game that is over, each batch until it is acknowledged, under one id. */
export interface Reporter {
  /** Tells what there is; who asks meanwhile waits. @throws Failure when Gauntlet can't be reached: nothing is lost, and the next call goes on. */
  report(): Promise<Reported>;
}

/** About 40 outcomes each. */
const GAMES_A_BATCH = 100;

export function createReporter(options: ReporterOptions): Reporter {
  let last: Promise<unknown> = Promise.resolve();
  const all = async (): Promise<Reported> => {
    const total = { games: 0, outcomes: 0 };
    for (const policy of BOT_POLICIES) {
      const { games, outcomes } = await reportPolicy(options, policy);
      total.games += games;
      total.outcomes += outcomes;
    }
    return total;
  };
  return {
    report: () => {
      const next = last.then(all, all);
      last = next.catch(() => undefined);
      return next;
    },
  };
}

async function reportPolicy({ outbox, client, newId, onRefused }: ReporterOptions, { name, model: type }: BotPolicy): Promise<Reported> {
  const model = MODEL_NAMES[type];
  const total = { games: 0, outcomes: 0 };
  for (;;) {
    const batch = await outbox.next(name);
    if (batch === null) {
      const epoch = await epochOf(client, model);
      // Before its first cycle nobody asks how a model plays.
      if (epoch === null || (await outbox.fill(name, { id: newId(), epoch, limit: GAMES_A_BATCH })) === 0) return total;
      continue;
    }
    const outcomes = outcomesOf(model, batch);
    if (outcomes.length > 0) {
      const { accepted, rejected } = await client.outcomes.record(outcomes, { key: batch.id });
      if (rejected.length > 0) onRefused(model, rejected);
      total.outcomes += accepted;
    }
    await outbox.sent(batch.id);
    total.games += batch.games.length;
  }
}

/** Null while the model has had no cycle. */
async function epochOf({ models }: Pick<GauntletClient, "models">, model: string): Promise<number | null> {
  try {
    return (await models.get(model)).state.rollout?.allocation.epoch ?? null;
  } catch (error) {
    if ((error as Failure).code === "not_found") return null;
    throw error;
  }
}
