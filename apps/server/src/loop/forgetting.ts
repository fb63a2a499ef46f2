import { asFailure, forgetOld, forgetOldKeys, type Controller } from "@gauntlet/controller";
import { ROOT_CHAIN, type Failure } from "@gauntlet/core";

const EVERY_MS = 3_600_000;

/**
 * Begins to forget what is too old, at most once an hour of the controller's clock for each model, while other work goes
 * on. What is cut short by the end of the process is done after its next start.
 */
export function forgetting(controller: Controller, failed: (model: string, failure: Failure) => void): (models: readonly string[]) => void {
  const doneAt = new Map<string, number>();
  let running = false;

  async function forget(models: readonly string[]): Promise<void> {
    // Keys are begun by the machine's clock, also in a simulated world.
    await attempt(ROOT_CHAIN, () => forgetOldKeys(controller, Date.now()));
    for (const model of models) await attempt(model, () => forgetOld(controller, model));
  }

  async function attempt(name: string, work: () => Promise<unknown>): Promise<void> {
    const now = controller.clock.now();
    if (now - (doneAt.get(name) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return;
    doneAt.set(name, now);
    try {
      await work();
    } catch (error) {
      failed(name, asFailure(error));
    }
  }

  return (models) => {
    if (running) return;
    running = true;
    void forget(models).finally(() => {
      running = false;
    });
  };
}
