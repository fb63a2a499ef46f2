import { asFailure, deliverHooks, followLedger, type Controller, type Hook } from "@gauntlet/controller";
import { ROOT_CHAIN, type Failure } from "@gauntlet/core";

/**
 * Hooks are told beside ticks, so that a slow one delays nobody; what is due stands in the store. Asked again while it
 * works, it looks once more: what was just decided is not left to the next round.
 */
export function tellHooks({ store, clock }: Controller, hooks: ReadonlyMap<string, Hook>, failed: (model: string, failure: Failure) => void): () => void {
  let running = false;
  let asked = false;

  async function tell(): Promise<void> {
    try {
      await followLedger({ store, clock, hooks: [...hooks.values()] });
    } catch (error) {
      failed(ROOT_CHAIN, asFailure(error));
    }
    await deliverHooks({ store, clock, hooks });
  }

  return function again(): void {
    asked = true;
    if (running) return;
    running = true;
    asked = false;
    void tell()
      .catch((error: unknown) => failed(ROOT_CHAIN, asFailure(error)))
      .finally(() => {
        running = false;
        if (asked && hooks.size > 0) again();
      });
  };
}
