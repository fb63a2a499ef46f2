import { asFailure, sealRoot, tick, type Controller, type Hook, type TickResult } from "@gauntlet/controller";
import { ROOT_CHAIN, type Failure } from "@gauntlet/core";

import { experimentChores } from "./experiment-chores.ts";
import { forgetting } from "./forgetting.ts";
import type { LedgerGuard } from "./ledger-guard.ts";
import { tellHooks } from "./tell-hooks.ts";
import { analyseEnded } from "./analyse-ended.ts";
import { watchModel } from "./watch-model.ts";

export interface ControllerLoop {
  /**
   * One tick of one model, after those of it that were asked for before; then the root is sealed when a plan was applied. What
   * is promoted and watched is checked instead, and rolled back at once when the check asks for it.
   */
  tick(model: string): Promise<TickResult>;
  /** A tick of one model soon, without waiting for it: something outside says that it changed. Those that ask before it begins share it. */
  look(model: string): void;
  /** Ticks every model with a rollout again and again, until `stop`. */
  start(): void;
  /** Waits for the ticks that run, and seals the root. */
  stop(): Promise<void>;
}

export interface LoopOptions {
  readonly controller: Controller;
  readonly guard: LedgerGuard;
  /** Who is told what happens, by name. */
  readonly hooks: ReadonlyMap<string, Hook>;
  readonly everyMs: number;
  readonly stopwatch: () => number;
  readonly observe: LoopObserver;
}

interface LoopObserver {
  ticked(model: string, result: TickResult, durationMs: number): void;
  failed(model: string, failure: Failure, durationMs: number): void;
}

export function controllerLoop(options: LoopOptions): ControllerLoop {
  const { controller, guard, hooks, everyMs, stopwatch, observe } = options;
  const inTurn = turnsByModel();
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  const failedBeside = (model: string, failure: Failure): void => {
    if (!stopped) observe.failed(model, failure, 0);
  };
  const [forget, doChores] = [forgetting(controller, failedBeside), experimentChores(controller, failedBeside)];
  const tell = tellHooks(controller, hooks, failedBeside);
  const analyse = analyseEnded(controller, failedBeside);
  const watch = watchModel({ controller, hooks, failed: failedBeside });

  async function tickNow(model: string): Promise<TickResult> {
    const from = stopwatch();
    try {
      await guard.requireSound();
      const result = await watch(model, await tick(controller, model));
      if (result.kind === "applied") await sealQuietly();
      await analyse(model, result);
      observe.ticked(model, result, stopwatch() - from);
      tell();
      return result;
    } catch (error) {
      observe.failed(model, asFailure(error), stopwatch() - from);
      throw error;
    }
  }

  /** The next seal covers what this one missed. */
  async function sealQuietly(): Promise<void> {
    try {
      await sealRoot(controller);
    } catch (error) {
      const failure = asFailure(error);
      if (failure.code !== "ledger_conflict") observe.failed(ROOT_CHAIN, failure, 0);
    }
  }

  async function round(): Promise<void> {
    const heads = await controller.store.ledger.heads();
    doChores();
    tell();
    const models = heads.filter((head) => head.state?.rollout != null).map((head) => head.chain);
    forget(models);
    const left = models.values();
    const some = async (): Promise<void> => {
      for (const model of left) {
        if (stopped) return;
        // A model whose tick fails must not keep the others from theirs.
        await inTurn.run(model, () => tickNow(model)).catch(() => undefined);
      }
    };
    await Promise.all(Array.from({ length: TICKS_AT_ONCE }, some));
  }

  async function run(): Promise<void> {
    try {
      if (guard.status() !== "broken") await round();
    } catch (error) {
      observe.failed(ROOT_CHAIN, asFailure(error), 0);
    }
    if (!stopped) timer = setTimeout(() => void run(), everyMs);
  }

  return {
    tick: (model) => inTurn.run(model, () => tickNow(model)),
    look: sharedUntilBegun(inTurn.run, tickNow, () => stopped),
    start: () => void run(),
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await inTurn.ended();
      if (guard.status() === "verified") await sealQuietly();
    },
  };
}

/** So many registries and serving systems may be slow, and the other models still have their ticks. */
const TICKS_AT_ONCE = 8;

interface Turns {
  run<T>(model: string, work: () => Promise<T>): Promise<T>;
  /** When all that was asked for is over. */
  ended(): Promise<void>;
}

/**
 * What is asked for of one model is done one after another: leases keep processes apart, not the calls of one process. Models
 * don't wait for each other: a rollback must not queue behind a registry that is slow to answer for another.
 */
function turnsByModel(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return {
    run(model, work) {
      const next = (last.get(model) ?? Promise.resolve()).then(work);
      const over = next.then(() => undefined, () => undefined).then(() => {
        if (last.get(model) === over) last.delete(model);
      });
      last.set(model, over);
      return next;
    },
    async ended() {
      while (last.size > 0) await Promise.all(last.values());
    },
  };
}

/** Whoever asks before the tick of a model begins shares it. What failed was told, and the loop's next turn tries again. */
function sharedUntilBegun(inTurn: Turns["run"], tickNow: (model: string) => Promise<unknown>, isStopped: () => boolean): (model: string) => void {
  const asked = new Set<string>();
  return (model) => {
    if (isStopped() || asked.has(model)) return;
    asked.add(model);
    const begin = async (): Promise<void> => {
      asked.delete(model);
      if (!isStopped()) await tickNow(model);
    };
    inTurn(model, begin).catch(() => undefined);
  };
}
