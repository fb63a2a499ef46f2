import { asFailure, writeAnalysis, type Controller, type TickResult } from "@gauntlet/controller";
import type { Failure } from "@gauntlet/core";

const MINUTE_MS = 60_000;
/** The waits double up to six hours; after so many tries, in some nine days, nobody mends a file any more. */
const WAIT_MAX_MS = 360 * MINUTE_MS;
const TRIES_MAX = 45;

interface Attempts {
  readonly decisionId: string;
  readonly tries: number;
  /** When it is tried next; null: never, until this process starts again. */
  readonly nextAt: number | null;
}

/**
 * What follows a tick of a model whose rollout ended badly: why, beside its model. What fails fails no tick. What failed, and
 * what lacked files, is tried again, ever more seldom: a mended file is found by its digest.
 */
export function analyseEnded(controller: Controller, failed: (model: string, failure: Failure) => void): (model: string, ticked: TickResult) => Promise<void> {
  const attempts = new Map<string, Attempts>();
  return async (model, ticked) => {
    if (ticked.kind === "led_elsewhere") return;
    const { decision, pending, rollout } = ticked.state;
    // A rollout that goes on has the same newest decision for days.
    if (decision === null || pending !== null || rollout?.status === "running") return;
    const known = attempts.get(model);
    const before = known?.decisionId === decision.id ? known : { decisionId: decision.id, tries: 0, nextAt: 0 };
    if (before.nextAt === null || controller.clock.now() < before.nextAt) return;
    const done = await attempt(controller, ticked, (failure) => failed(model, failure));
    attempts.set(model, done ? { ...before, nextAt: null } : again(before, controller.clock.now()));
  };
}

/** Whether there is nothing more to be had. */
async function attempt(controller: Controller, { state }: Exclude<TickResult, { kind: "led_elsewhere" }>, failed: (failure: Failure) => void): Promise<boolean> {
  try {
    return (await writeAnalysis(controller, state))?.complete ?? true;
  } catch (error) {
    const failure = asFailure(error);
    failed(failure);
    // A run that is gone comes back no more.
    return failure.code === "not_found";
  }
}

function again({ decisionId, tries }: Attempts, now: number): Attempts {
  const nextAt = tries + 1 >= TRIES_MAX ? null : now + Math.min(WAIT_MAX_MS, MINUTE_MS * 2 ** tries);
  return { decisionId, tries: tries + 1, nextAt };
}
