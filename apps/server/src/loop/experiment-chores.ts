import { aggregateEvents, asFailure, deliverTags, forgetOldEvents, type Controller } from "@gauntlet/controller";
import { ROOT_CHAIN, type Failure } from "@gauntlet/core";

import type { Log } from "../log.ts";

const FORGET_EVERY_MS = 3_600_000;

/**
 * What experiments need beside ticks, while other work goes on: tags of the registry that are not set yet, and aggregates of
 * hours and days that are due. What is to be done stands in the store, so that any process does it after any stop.
 */
export function experimentChores(controller: Controller, failed: (model: string, failure: Failure) => void): () => void {
  let running = false;
  let forgottenAt = Number.NEGATIVE_INFINITY;

  async function forgetSometimes(): Promise<void> {
    const now = controller.clock.now();
    if (now - forgottenAt < FORGET_EVERY_MS) return;
    forgottenAt = now;
    await forgetOldEvents(controller);
  }

  return () => {
    if (running) return;
    running = true;
    const attempts = [() => deliverTags(controller), () => aggregateEvents(controller), forgetSometimes].map((work) => work().catch((error: unknown) => failed(ROOT_CHAIN, asFailure(error))));
    void Promise.all(attempts).finally(() => {
      running = false;
    });
  };
}

/** Right after a change, so that the registry follows at once; what fails here, the loop tries again. */
export async function deliverQuietly({ controller, log }: { readonly controller: Controller; readonly log: Log }): Promise<void> {
  try {
    await deliverTags(controller);
  } catch (error) {
    log({ level: "warn", message: `the registry's tags wait: ${asFailure(error).message}` });
  }
}
