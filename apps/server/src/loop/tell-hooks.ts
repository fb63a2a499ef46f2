import { asFailure, deliverHooks, type Controller, type Hook } from "@gauntlet/controller";
import { ROOT_CHAIN, type Failure } from "@gauntlet/core";

/** Hooks are told beside ticks, so that a slow one delays nobody; what is due stands in the store. */
export function tellHooks({ store, clock }: Controller, hooks: ReadonlyMap<string, Hook>, failed: (model: string, failure: Failure) => void): () => void {
  let running = false;
  return () => {
    if (running) return;
    running = true;
    void deliverHooks({ store, clock, hooks })
      .catch((error: unknown) => failed(ROOT_CHAIN, asFailure(error)))
      .finally(() => {
        running = false;
      });
  };
}
