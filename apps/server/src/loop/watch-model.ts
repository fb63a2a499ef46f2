import { asFailure, tick, watchPromoted, type Controller, type Hook, type TickResult } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";

interface Watching {
  readonly controller: Controller;
  readonly hooks: ReadonlyMap<string, Hook>;
  readonly failed: (model: string, failure: Failure) => void;
}

/**
 * What follows a tick of a model that was promoted: a look, and where that asks for a rollback, the tick that answers it.
 * A look that fails fails no tick; it is told when it begins to fail, not at every look.
 */
export function watchModel({ controller, hooks, failed }: Watching): (model: string, ticked: TickResult) => Promise<TickResult> {
  const failing = new Map<string, string>();

  function report(model: string, failure: Failure | null): void {
    if (failure !== null && failing.get(model) !== failure.message) failed(model, failure);
    if (failure === null) failing.delete(model);
    else failing.set(model, failure.message);
  }

  /** Whether a rollback is asked for. */
  async function look(model: string): Promise<boolean> {
    try {
      const result = await watchPromoted({ controller, hooks: [...hooks.values()] }, model);
      report(model, result.kind === "unavailable" ? new Failure("evidence_unavailable", `${model} can't be watched: ${result.detail}`) : null);
      return result.kind === "looked" && result.rules.mode === "rollback" && result.state.triggered !== null;
    } catch (error) {
      report(model, asFailure(error));
      return false;
    }
  }

  return async (model, ticked) => {
    if (ticked.kind !== "idle" && ticked.kind !== "applied") return ticked;
    if (!(await look(model))) return ticked;
    const answered = await tick(controller, model);
    if (answered.kind === "applied") await look(model);
    return answered;
  };
}
